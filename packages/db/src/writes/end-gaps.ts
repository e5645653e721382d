import type { Db } from '../connect.ts'
import type { GapState } from '../gaps.ts'

const END = `update data_gaps
set state = $2, reason = coalesce($3, reason), last_error = coalesce($4, last_error), not_before = $5::timestamptz,
  ended_at = case when $2 in ('open', 'filling') then null else $6::timestamptz end
where id = any ($1) and state in ('open', 'filling')
returning id`

/**
 * What became of gaps: they are over, or wanted again after a pause. A gap that is over stays as it is.
 * @returns those that this call changed, so that one of several processes tells of it.
 */
export async function endGaps(
  db: Db,
  o: {
    gapIds: readonly number[]
    state: GapState
    reason?: string
    error?: string
    /** With `open`: how long it is left alone. */
    pauseMs?: number
  },
): Promise<number[]> {
  const { rows: clock } = await db.pool.query(
    `select t::text as now, (t + make_interval(secs => $1 / 1000.0))::text as until from budget_clock() as t`,
    [o.pauseMs ?? 0],
  )
  const { now, until } = clock[0]
  const { rows } = await db.pool.query<{ id: number }>(END, [
    o.gapIds,
    o.state,
    o.reason ?? null,
    o.error ?? null,
    o.pauseMs === undefined ? null : until,
    now,
  ])
  return rows.map((row) => row.id)
}
