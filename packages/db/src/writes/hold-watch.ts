import type { Db } from '../connect.ts'
import { UNIVERSE_CHANNEL } from '../notify.ts'

/** The tier that watched instruments belong to while somebody watches them. */
export const WATCHLIST_TIER = 'user_watchlist'

// Daemons are told at once when an instrument is watched that nobody watched before; that one is not any more they see
// by themselves when the lease has run out. Leases that ran out are removed by whoever holds the next one.
const HOLD = `with live as (
  select distinct unnest(instrument_ids) as id from watched_symbols where expires_at > $3::timestamptz
),
news as (select 1 from unnest($2::int[]) as w (id) where w.id not in (select id from live) limit 1),
gone as (delete from watched_symbols where expires_at <= $3::timestamptz and lease_id <> $1),
held as (
  insert into watched_symbols (lease_id, instrument_ids, expires_at) values ($1, $2::int[], $4::timestamptz)
  on conflict (lease_id) do update set instrument_ids = excluded.instrument_ids, expires_at = excluded.expires_at
)
select pg_notify('${UNIVERSE_CHANNEL}', '${WATCHLIST_TIER}') from news`

/** Says which instruments a list that is shown holds, for `ttlMs` of the server's time. Called again to renew. */
export async function holdWatch(
  db: Db,
  o: { leaseId: string; instrumentIds: readonly number[]; ttlMs: number },
): Promise<void> {
  const { rows } = await db.pool.query(
    `select t::text as now, (t + make_interval(secs => $1 / 1000.0))::text as until from budget_clock() as t`,
    [o.ttlMs],
  )
  const { now, until } = rows[0]
  await db.pool.query(HOLD, [o.leaseId, o.instrumentIds, now, until])
}
