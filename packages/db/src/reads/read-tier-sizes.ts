import type { AssetClass } from '@onetape/market'
import type { Db } from '../connect.ts'

/** How many instruments of an asset class a tier holds; each is in one tier, its fastest. */
export async function readTierSizes(
  db: Db,
): Promise<{ tier: string; assetClass: AssetClass; members: number }[]> {
  const { rows } = await db.pool.query(
    `select m.tier, i.asset_class as "assetClass", count(*)::int as members
     from universe_members m join instruments i on i.id = m.instrument_id
     group by m.tier, i.asset_class order by m.tier, i.asset_class`,
  )
  return rows
}
