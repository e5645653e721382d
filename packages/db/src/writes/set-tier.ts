import type { Db } from '../connect.ts'
import { UNIVERSE_CHANNEL } from '../notify.ts'

const UPDATE = `with changed as (
  update universe_tiers t
  set frequency_s = coalesce($2, t.frequency_s), priority = coalesce($3, t.priority), enabled = coalesce($4, t.enabled)
  where t.name = $1
  returning t.name
)
select name, pg_notify('${UNIVERSE_CHANNEL}', name) from changed`

export interface TierChange {
  frequencyS?: number
  /** 1 is the most urgent. */
  priority?: number
  enabled?: boolean
}

/** Changes what is given of a tier; daemons hear of it at once. @returns false when there is no such tier. */
export async function setTier(db: Db, name: string, change: TierChange): Promise<boolean> {
  const { frequencyS, priority, enabled } = change
  const { rows } = await db.pool.query(UPDATE, [name, frequencyS ?? null, priority ?? null, enabled ?? null])
  return rows.length > 0
}
