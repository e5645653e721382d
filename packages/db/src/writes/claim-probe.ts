import type { Db } from '../connect.ts'

const CLAIM = `update source_health set probe_until = $3::timestamptz
where source = $1 and state <> 'closed' and coalesce(probe_until, '-infinity') <= $2::timestamptz
returning source`

/**
 * Whether this process may make the one probe of a source whose breaker is open; the claim ends with the lease, or
 * when the probe's outcome is written. Wall time, by the server's clock.
 */
export async function claimProbe(db: Db, source: string, leaseMs: number): Promise<boolean> {
  const { rows: clock } = await db.pool.query(
    `select t::text as now, (t + make_interval(secs => $1 / 1000.0))::text as until from budget_clock() as t`,
    [leaseMs],
  )
  const { rows } = await db.pool.query(CLAIM, [source, clock[0].now, clock[0].until])
  return rows.length > 0
}
