import type { Db } from '../connect.ts'
import { TIER_MEMBERS } from '../tier-members-sql.ts'

const READ = `select t.name, t.frequency_s as "frequencyS", t.priority, t.enabled, count(m.instrument_id) as members
from universe_tiers t left join ${TIER_MEMBERS} m on m.tier = t.name
group by t.name order by t.priority, t.name`

export interface Tier {
  name: string
  frequencyS: number
  /** 1 is the most urgent. */
  priority: number
  enabled: boolean
  members: number
}

/** The tiers by urgency, with how many instruments each holds. */
export async function readTiers(db: Db): Promise<Tier[]> {
  const { rows } = await db.pool.query<Tier>(READ)
  return rows
}
