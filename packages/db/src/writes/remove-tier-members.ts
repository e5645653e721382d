import { plainArray } from '../array-text.ts'
import type { Db } from '../connect.ts'
import { UNIVERSE_CHANNEL } from '../notify.ts'

const REMOVE = `with gone as (
  delete from universe_members where tier = $1 and instrument_id = any ($2::int[]) returning instrument_id
)
select count(*) as members, pg_notify('${UNIVERSE_CHANNEL}', $1) from gone`

/** Takes members out of a tier; they stay in their other tiers, and their prices on the tape. @returns how many. */
export async function removeTierMembers(
  db: Db,
  o: { tier: string; instrumentIds: readonly number[] },
): Promise<number> {
  const { rows } = await db.pool.query(REMOVE, [o.tier, plainArray(o.instrumentIds, (id) => id)])
  return rows[0].members
}
