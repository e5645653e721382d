import type { AssetClass, Micros } from '@onetape/market'
import type { Db } from '../connect.ts'
import { gapScans } from '../schema/index.ts'

export interface GapScanView {
  tier: string
  assetClass: AssetClass
  judgedTo: Micros
  instrumentsTo: number
}

/** Up to where the slots of each tier and asset class were held against the ledger. */
export async function readGapScans(db: Db): Promise<GapScanView[]> {
  return await db.drizzle.select().from(gapScans)
}
