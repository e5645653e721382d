/**
 * 1m bars of one source on one basis put together in buckets: one walk along the primary key, then one look-up for the
 * open and one for the close of each bucket. (An aggregate that keeps the order of all rows costs more: see
 * docs/performance.md.) The range is said
 * again in each look-up, so that partitions outside of it are not even planned for.
 *
 * $1 instrument, $2 source, $3 basis, [$4, $5) range, $6 length of a bucket.
 */
export const BAR_BUCKETS = `with buckets as materialized (
  select date_bin($6::interval, ts, 'epoch') as ts, min(ts) as first, max(ts) as last, max(high) as high, min(low) as low,
    sum(volume) as volume, count(*) as minutes, bool_and(final) as final
  from market_data_bars
  where instrument_id = $1 and timeframe = '1m' and source_id = $2 and basis = $3 and ts >= $4 and ts < $5
  group by 1
)
select g.ts, g.first, g.last, g.high, g.low, g.volume, g.minutes, g.final,
  (select open from market_data_bars b
   where b.instrument_id = $1 and b.timeframe = '1m' and b.source_id = $2 and b.ts = g.first
     and b.ts >= $4 and b.ts < $5) as open,
  (select close from market_data_bars b
   where b.instrument_id = $1 and b.timeframe = '1m' and b.source_id = $2 and b.ts = g.last
     and b.ts >= $4 and b.ts < $5) as close
from buckets g order by g.ts`

/**
 * Minutes made of ticks, in the spans that bars leave open, put together in the same buckets. A minute that has a final
 * bar is left out; one with an open bar keeps its open, and takes the ticks' close where they were written after it.
 *
 * $1 to $6 as above, $7 and $8 start and end of each span, $9 first instant from which ticks count.
 */
export const TICK_BUCKETS = `with spans as materialized (
  select s.start, s.stop, (
    select p.volume from market_data_ticks p
    where p.instrument_id = $1 and p.source_id = $2 and p.ts >= $9 and p.ts < s.start order by p.ts desc limit 1
  ) as volume_before
  from unnest($7::timestamptz[], $8::timestamptz[]) as s (start, stop)
),
tick_minutes as materialized (
  select m.*, m.cumulative - lag(m.cumulative, 1, m.volume_before) over (partition by m.start order by m.ts) as volume
  from (
    select s.start, s.volume_before, t.* from spans s cross join lateral (
      select date_bin('1 minute', ts, 'epoch') as ts, (array_agg(price order by ts))[1] as open, max(price) as high,
        min(price) as low, (array_agg(price order by ts desc))[1] as close, max(volume) as cumulative,
        max(write_id) as write_id
      from market_data_ticks
      where instrument_id = $1 and source_id = $2 and ts >= s.start and ts < s.stop
      group by 1
    ) t
  ) m
),
minutes as (
  select t.ts, t.high, t.low, coalesce(b.open, t.open) as open,
    case when b.write_id >= t.write_id then b.close else t.close end as close,
    case when b.ts is null and t.volume >= 0 then t.volume end as volume
  from tick_minutes t left join lateral (
    select ts, open, close, final, write_id from market_data_bars
    where instrument_id = $1 and timeframe = '1m' and source_id = $2 and basis = $3 and ts = t.ts
      and ts >= $4 and ts < $5
  ) b on true
  where b.final is not true
)
select date_bin($6::interval, ts, 'epoch') as ts, min(ts) as first, max(ts) as last, max(high) as high, min(low) as low,
  sum(volume) as volume, false as final, (array_agg(open order by ts))[1] as open,
  (array_agg(close order by ts desc))[1] as close
from minutes group by 1`
