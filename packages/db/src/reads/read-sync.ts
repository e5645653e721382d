import type { Micros } from '@onetape/market'
import { asc } from 'drizzle-orm'
import type { Db } from '../connect.ts'
import { marketDataSync } from '../schema/index.ts'

export interface SyncView {
  environment: string
  scope: string
  lastSync: Micros | null
  nextSync: Micros | null
  status: string
  rowsBehind: number | null
  secondsBehind: number | null
  detail: unknown
}

/** How far each scope of each environment has come. */
export async function readSync(db: Db): Promise<SyncView[]> {
  return await db.drizzle
    .select()
    .from(marketDataSync)
    .orderBy(asc(marketDataSync.environment), asc(marketDataSync.scope))
}
