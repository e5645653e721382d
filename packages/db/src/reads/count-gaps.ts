import type { Db } from '../connect.ts'
import type { GapState } from '../gaps.ts'

/** How many gaps are in each state. */
export async function countGaps(db: Db): Promise<Record<GapState, number>> {
  const { rows } = await db.pool.query<{ state: GapState; n: number }>(
    'select state, count(*) as n from data_gaps group by state',
  )
  const counts = { open: 0, filling: 0, filled: 0, unfillable: 0, no_data: 0 }
  for (const { state, n } of rows) counts[state] = n
  return counts
}
