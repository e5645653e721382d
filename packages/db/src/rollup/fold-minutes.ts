// The finest roll-up. Ticks never change, so those of the batches are folded into what earlier ones made; bars may be
// restated, so a bucket that a bar fell in is made anew from the 1m bars of that bucket, and its ticks folded in again.
import type { Basis } from '@onetape/market'
import type { Queryable } from '../transaction.ts'
import { type BatchSpan, boundValues, OF_BATCHES, spanValues, withinSpan } from './batch-span.ts'
import { bucketOf, columnsOf, FINE } from './timeframes.ts'

const BUCKET = 'instrument_id, source_id, ts'
const KEY = `${BUCKET}, basis`

const NEW_TICKS = `new_ticks as materialized (
  select instrument_id, source_id, ${bucketOf(FINE, 'ts')} as ts, min(ts) as open_ts, max(ts) as close_ts,
    (array_agg(price order by ts))[1] as open, max(price) as high, min(price) as low,
    (array_agg(price order by ts desc))[1] as close, max(volume) as cumulative, max(write_id) as write_id
  from market_data_ticks where ${OF_BATCHES}
  group by 1, 2, 3
)`

const BAR_BUCKETS = `bar_buckets as materialized (
  select instrument_id, source_id, ${bucketOf(FINE, 'ts')} as ts, max(write_id) as write_id
  from market_data_bars where ${OF_BATCHES} and timeframe = '1m'
  group by 1, 2, 3
)`

// Lateral, so that each bucket is one short walk along the primary key, whatever the planner knows about the tables.
// A final bar's close is its minute's last event; an open bar's was seen some time after the minute began.
const BARS = `bars as materialized (
  select ${columnsOf('k', BUCKET)}, k.write_id, b.*
  from bar_buckets k cross join lateral (
    select m.basis, min(m.ts) as open_ts,
      max(case when m.final then m.ts + interval '59.999999 seconds' else m.ts end) as close_ts,
      (array_agg(m.open order by m.ts))[1] as open, max(m.high) as high, min(m.low) as low,
      (array_agg(m.close order by m.ts))[count(*)] as close, sum(m.volume) as volume
    from (
      select * from market_data_bars
      where instrument_id = k.instrument_id and timeframe = '1m' and source_id = k.source_id
        and ts >= k.ts and ts < k.ts + interval '${FINE.interval}' and ${withinSpan('ts')}
    ) m
    group by m.basis
  ) b
)`

const HELD = `held as materialized (
  select r.*, k.has_new_bars
  from (
    select ${BUCKET}, bool_or(has_new_bars) as has_new_bars from (
      select ${BUCKET}, false as has_new_bars from new_ticks union all select ${BUCKET}, true from bar_buckets
    ) t group by ${BUCKET}
  ) k
  cross join lateral (
    select * from market_data_rollups r
    where r.instrument_id = k.instrument_id and r.timeframe = '${FINE.timeframe}' and r.ts = k.ts
      and r.source_id = k.source_id and ${withinSpan('r.ts')}
  ) r
)`

// What stands before the ticks of these batches: bars made anew, or, where no bar came, the bucket as it is.
const BASE = `base as materialized (
  select ${KEY}, write_id, open_ts, close_ts, open, high, low, close, volume from bars
  union all
  select ${KEY}, write_id, open_ts, close_ts, open, high, low, close, volume
  from held where not has_new_bars and basis = 'raw'
)`

const OLD_TICKS = `old_ticks as materialized (
  select ${KEY}, write_id, tick_open_ts as open_ts, tick_close_ts as close_ts, tick_open as open, tick_high as high,
    tick_low as low, tick_close as close, cumulative
  from held where tick_open_ts is not null
)`

const TICKS = `all_ticks as materialized (
  select ${BUCKET}, 'raw'::basis as basis, greatest(o.write_id, n.write_id) as write_id,
    least(o.open_ts, n.open_ts) as open_ts, greatest(o.close_ts, n.close_ts) as close_ts,
    case when n.open_ts < o.open_ts or o.open_ts is null then n.open else o.open end as open,
    greatest(o.high, n.high) as high, least(o.low, n.low) as low,
    case when n.close_ts > o.close_ts or o.close_ts is null then n.close else o.close end as close,
    greatest(o.cumulative, n.cumulative) as cumulative
  from old_ticks o full join new_ticks n using (${BUCKET})
)`

// At the same instant a bar's open and close stand before a tick's.
const MADE = `made as materialized (
  select ${KEY}, greatest(b.write_id, t.write_id)::int as write_id,
    least(b.open_ts, t.open_ts) as open_ts, greatest(b.close_ts, t.close_ts) as close_ts,
    case when t.open_ts < b.open_ts or b.open_ts is null then t.open else b.open end as open,
    greatest(b.high, t.high) as high, least(b.low, t.low) as low,
    case when t.close_ts > b.close_ts or b.close_ts is null then t.close else b.close end as close,
    b.volume, t.cumulative, t.open_ts as tick_open_ts, t.close_ts as tick_close_ts, t.open as tick_open,
    t.high as tick_high, t.low as tick_low, t.close as tick_close
  from base b full join all_ticks t using (${KEY})
)`

const VALUES = `open_ts, close_ts, tick_open_ts, tick_close_ts, open, high, low, close, volume, cumulative, tick_open,
    tick_high, tick_low, tick_close`

const WRITTEN = `written as (
  insert into market_data_rollups as r (timeframe, ${KEY}, write_id, ${VALUES})
  select '${FINE.timeframe}', ${KEY}, write_id, ${VALUES} from made order by ts, instrument_id, source_id, basis
  on conflict (instrument_id, timeframe, ts, source_id, basis) do update
  set (write_id, ${VALUES}) = row (greatest(r.write_id, excluded.write_id), ${columnsOf('excluded', VALUES)})
  where (${columnsOf('r', VALUES)}) is distinct from (${columnsOf('excluded', VALUES)})
  returning 1
)`

// A bar that changed its basis may leave nothing behind on the old one.
const GONE = `vanished as (
  select ${KEY} from held where has_new_bars except select ${KEY} from made
),
gone as (
  delete from market_data_rollups r using vanished v
  where r.instrument_id = v.instrument_id and r.timeframe = '${FINE.timeframe}' and r.ts = v.ts
    and r.source_id = v.source_id and r.basis = v.basis and ${withinSpan('r.ts')}
  returning 1
)`

export const FOLD = `with ${[NEW_TICKS, BAR_BUCKETS, BARS, HELD, BASE, OLD_TICKS, TICKS, MADE, WRITTEN, GONE].join(',\n')}
select (select count(*) from written)::int as written, (select count(*) from gone)::int as gone,
  array(select basis from made union select basis from held)::text[] as bases`

export interface FoldedMinutes {
  /** How many buckets changed, and how many are no more. */
  written: number
  gone: number
  /** All that the touched buckets have or had. */
  bases: Basis[]
}

export async function foldMinutes(client: Queryable, span: BatchSpan): Promise<FoldedMinutes> {
  const { rows } = await client.query(FOLD, [...spanValues(span), ...boundValues(span)])
  return rows[0]
}
