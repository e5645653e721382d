// Coarse buckets, made anew from the few fine ones in them: these are disjoint in time, so the fold is the plain one.
import type { Basis } from '@onetape/market'
import type { Queryable } from '../transaction.ts'
import { type BatchSpan, boundValues, EVENTS, spanValues, withinSpan } from './batch-span.ts'
import { bucketOf, COARSE, columnsOf, FINE } from './timeframes.ts'

/** Of rows that lie within a bucket, each at a ts of its own. */
export const FOLDED = `min(p.open_ts) as open_ts, max(p.close_ts) as close_ts, (array_agg(p.open order by p.ts))[1] as open,
      max(p.high) as high, min(p.low) as low, (array_agg(p.close order by p.ts))[count(*)] as close, sum(p.volume) as volume,
      max(p.cumulative) as cumulative`

const TOUCHED = `touched as materialized (
  select instrument_id, source_id, ${bucketOf(COARSE, 'ts')} as ts, max(write_id) as write_id
  from (${EVENTS}) e group by 1, 2, 3
)`

const MADE = `made as materialized (
  select k.instrument_id, k.source_id, k.ts, k.write_id, s.basis, b.*
  from touched k cross join unnest($6::basis[]) as s (basis) cross join lateral (
    select ${FOLDED}
    from market_data_rollups p
    where p.instrument_id = k.instrument_id and p.timeframe = '${FINE.timeframe}' and p.source_id = k.source_id
      and p.basis = s.basis and p.ts >= k.ts and p.ts < k.ts + interval '${COARSE.interval}' and ${withinSpan('p.ts')}
  ) b
  where b.open_ts is not null
)`

const VALUES = 'open_ts, close_ts, open, high, low, close, volume, cumulative'

const FOLD = `with ${TOUCHED}, ${MADE},
written as (
  insert into market_data_rollups as r (timeframe, instrument_id, source_id, ts, basis, write_id, ${VALUES})
  select '${COARSE.timeframe}', instrument_id, source_id, ts, basis, write_id, ${VALUES}
  from made order by ts, instrument_id, source_id, basis
  on conflict (instrument_id, timeframe, ts, source_id, basis) do update
  set (write_id, ${VALUES}) = row (greatest(r.write_id, excluded.write_id), ${columnsOf('excluded', VALUES)})
  where (${columnsOf('r', VALUES)}) is distinct from (${columnsOf('excluded', VALUES)})
  returning 1
)
select count(*)::int as written from written`

/** Only where a fine bucket vanished may a coarse one have become empty. */
const CLEAR = `with ${TOUCHED},
gone as (
  delete from market_data_rollups r using touched k
  where r.instrument_id = k.instrument_id and r.timeframe = '${COARSE.timeframe}' and r.ts = k.ts
    and r.source_id = k.source_id and ${withinSpan('r.ts')} and not exists (
      select from market_data_rollups p
      where p.instrument_id = r.instrument_id and p.timeframe = '${FINE.timeframe}' and p.source_id = r.source_id
        and p.basis = r.basis and p.ts >= r.ts and p.ts < r.ts + interval '${COARSE.interval}'
        and ${withinSpan('p.ts')})
  returning 1
)
select count(*)::int as gone from gone`

/** @returns how many buckets changed. */
export async function foldBuckets(
  client: Queryable,
  span: BatchSpan,
  bases: readonly Basis[],
): Promise<number> {
  const { rows } = await client.query(FOLD, [
    ...spanValues(span),
    ...boundValues(span),
    `{${bases.join(',')}}`,
  ])
  return rows[0].written
}

export async function clearBuckets(client: Queryable, span: BatchSpan): Promise<void> {
  await client.query(CLEAR, [...spanValues(span), ...boundValues(span)])
}
