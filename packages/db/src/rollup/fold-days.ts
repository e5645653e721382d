// Days, made anew from the coarse buckets of their session. What a venue's session is, the calendar says.
import type { Basis } from '@onetape/market'
import type { Queryable } from '../transaction.ts'
import { type BatchSpan, EVENTS, spanValues } from './batch-span.ts'
import { FOLDED } from './fold-buckets.ts'
import { sessionValues } from './session-table.ts'
import { bucketOf, COARSE, columnsOf } from './timeframes.ts'

/** $4 to $8 are `sessionValues`, $9 and $10 what they span. */
const SESSIONS = `sessions as materialized (
  select * from unnest($4::asset_class[], $5::date[], $6::date[], $7::timestamptz[], $8::timestamptz[])
    as s (asset_class, utc_date, session_date, open, close)
)`

const WITHIN_SESSIONS = 'p.ts >= $9::timestamptz and p.ts < $10::timestamptz'

// First the distinct coarse buckets, of which there are few, then the sessions that they lie in.
const TOUCHED = `touched as materialized (
  select k.instrument_id, k.source_id, s.session_date, s.open, s.close, max(k.write_id) as write_id
  from (
    select instrument_id, source_id, ${bucketOf(COARSE, 'ts')} as ts, max(write_id) as write_id
    from (${EVENTS}) e group by 1, 2, 3
  ) k
  join instruments i on i.id = k.instrument_id
  join sessions s on s.asset_class = i.asset_class and s.utc_date = (k.ts at time zone 'UTC')::date and k.ts >= s.open and k.ts < s.close
  group by 1, 2, 3, 4, 5
)`

const MADE = `made as materialized (
  select k.instrument_id, k.source_id, k.session_date, k.write_id, b.basis, d.open_ts, d.close_ts, d.open, d.high,
    d.low, d.close, greatest(d.volume, d.cumulative) as volume
  from touched k cross join unnest($11::basis[]) as b (basis) cross join lateral (
    select ${FOLDED}
    from market_data_rollups p
    where p.instrument_id = k.instrument_id and p.timeframe = '${COARSE.timeframe}' and p.source_id = k.source_id
      and p.basis = b.basis and p.ts >= k.open and p.ts < k.close and ${WITHIN_SESSIONS}
  ) d
  where d.open_ts is not null
)`

const VALUES = 'open_ts, close_ts, open, high, low, close, volume'
const NEW = columnsOf('excluded', VALUES)

// A day that the vendor gave as a whole has no open_ts: its open is the session's, and it is only widened. A settled
// one is not touched at all.
const FOLD = `with ${SESSIONS}, ${TOUCHED}, ${MADE},
written as (
  insert into market_data_daily as d (instrument_id, session_date, source_id, basis, write_id, ${VALUES}, settled)
  select instrument_id, session_date, source_id, basis, write_id, ${VALUES}, false
  from made order by instrument_id, session_date, source_id, basis
  on conflict (instrument_id, session_date, source_id, basis) do update
  set write_id = greatest(d.write_id, excluded.write_id),
    open = case when d.open_ts is null then d.open else excluded.open end,
    open_ts = case when d.open_ts is null then null else excluded.open_ts end,
    high = case when d.open_ts is null then greatest(d.high, excluded.high) else excluded.high end,
    low = case when d.open_ts is null then least(d.low, excluded.low) else excluded.low end,
    close = case when d.open_ts is null and excluded.close_ts <= d.close_ts then d.close else excluded.close end,
    close_ts = case when d.open_ts is null then greatest(d.close_ts, excluded.close_ts) else excluded.close_ts end,
    volume = case when d.open_ts is null then greatest(d.volume, excluded.volume) else excluded.volume end
  where not d.settled and case when d.open_ts is null then
      excluded.high > d.high or excluded.low < d.low or excluded.close_ts > coalesce(d.close_ts, '-infinity')
      or (excluded.volume is not null and (d.volume is null or excluded.volume > d.volume))
    else (${columnsOf('d', VALUES)}) is distinct from (${NEW}) end
  returning 1
)
select count(*)::int as written from written`

/** Only where a fine bucket vanished may a day have become empty. */
const CLEAR = `with ${SESSIONS}, ${TOUCHED},
gone as (
  delete from market_data_daily d using touched k
  where d.instrument_id = k.instrument_id and d.session_date = k.session_date and d.source_id = k.source_id
    and not d.settled and d.open_ts is not null and not exists (
      select from market_data_rollups p
      where p.instrument_id = d.instrument_id and p.timeframe = '${COARSE.timeframe}' and p.source_id = d.source_id
        and p.basis = d.basis and p.ts >= k.open and p.ts < k.close and ${WITHIN_SESSIONS})
  returning 1
)
select count(*)::int as gone from gone`

/** @returns how many days changed. */
export async function foldDays(client: Queryable, span: BatchSpan, bases: readonly Basis[]): Promise<number> {
  const { rows } = await client.query(FOLD, [...valuesOf(span), `{${bases.join(',')}}`])
  return rows[0].written
}

export async function clearDays(client: Queryable, span: BatchSpan): Promise<void> {
  await client.query(CLEAR, valuesOf(span))
}

const valuesOf = (span: BatchSpan): string[] => [
  ...spanValues(span),
  ...sessionValues(span.minTs, span.maxTs),
]
