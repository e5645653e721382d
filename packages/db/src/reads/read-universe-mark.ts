import type { Db } from '../connect.ts'
import { WATCHED_MARK } from '../tier-members-sql.ts'

// Counts and extremes that any edit of a row moves, whoever makes it; an edit that swaps one member for another in the
// same microsecond is caught by the sum.
const READ = `select concat_ws(' ',
  (select string_agg(concat_ws(' ', name, frequency_s, priority, enabled), ',' order by name) from universe_tiers),
  (select concat_ws(' ', count(*), sum(instrument_id), max(added_at)) from universe_members),
  ${WATCHED_MARK},
  (select concat_ws(' ', count(*), max(id)) from instruments)) as mark`

/** Changes when tiers, members or instruments do, for much less than reading them costs. */
export async function readUniverseMark(db: Db): Promise<string> {
  const { rows } = await db.pool.query(READ)
  return rows[0].mark
}
