import type { Db } from '../connect.ts'

const CLAIM = `insert into leases as l (name, holder, expires_at)
select name, $2, $3::timestamptz from unnest($1::text[]) as wanted (name) order by name
on conflict (name) do update set holder = excluded.holder, expires_at = excluded.expires_at
where l.holder = excluded.holder or l.expires_at <= $4::timestamptz
returning name`

/**
 * Claims what is nobody's any more, and renews what the holder has. Time is the server's, the same for all processes.
 * @returns the names that the holder has now, for `ttlMs`.
 */
export async function claimLeases(
  db: Db,
  o: { names: readonly string[]; holder: string; ttlMs: number },
): Promise<string[]> {
  if (o.names.length === 0) return []
  const { rows: clock } = await db.pool.query(
    `select t::text as now, (t + make_interval(secs => $1 / 1000.0))::text as until from budget_clock() as t`,
    [o.ttlMs],
  )
  const { now, until } = clock[0]
  const { rows } = await db.pool.query(CLAIM, [[...new Set(o.names)], o.holder, until, now])
  return rows.map((row) => row.name)
}
