import type { AssetClass } from '@onetape/market'
import type { Db } from '../connect.ts'
import { TIER_MEMBERS } from '../tier-members-sql.ts'

/** How many instruments of an asset class are swept by a tier: each by the fastest one that holds it and is on. */
export async function readTierSizes(
  db: Db,
): Promise<{ tier: string; assetClass: AssetClass; members: number }[]> {
  const { rows } = await db.pool.query(
    `select own.tier, i.asset_class as "assetClass", count(*)::int as members
     from (
       select distinct on (m.instrument_id) m.instrument_id, m.tier
       from ${TIER_MEMBERS} m join universe_tiers t on t.name = m.tier
       where t.enabled
       order by m.instrument_id, t.frequency_s, t.priority
     ) own join instruments i on i.id = own.instrument_id
     group by own.tier, i.asset_class order by own.tier, i.asset_class`,
  )
  return rows
}
