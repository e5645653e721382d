import type { Db } from '../connect.ts'
import { TIER_MEMBERS } from '../tier-members-sql.ts'

const READ = `select distinct on (m.instrument_id) m.instrument_id as "instrumentId", m.tier
from ${TIER_MEMBERS} m join universe_tiers t on t.name = m.tier
where t.enabled
order by m.instrument_id, t.frequency_s, t.priority, m.tier`

/** The fastest enabled tier of each instrument; between equals the more urgent one. */
export async function readMembers(db: Db): Promise<{ instrumentId: number; tier: string }[]> {
  const { rows } = await db.pool.query<{ instrumentId: number; tier: string }>(READ)
  return rows
}
