/**
 * $1 instrument, $2 source, $3 basis, [$4, $5) range, $6 length of a bar, $7 stored timeframes longer than 1m and not
 * longer than a bar, $8 first instant from which ticks count, $9 newest so many bars.
 *
 * Ticks move an open 1m bar when they were written after it; the volume of a minute of ticks is what the session's
 * volume grew by. `until` is the end of the last part of a bar.
 */
export const DERIVE = `with bar_minutes as materialized (
  select ts, open, high, low, close, volume, final, write_id from market_data_bars
  where instrument_id = $1 and timeframe = '1m' and source_id = $2 and basis = $3 and ts >= $4 and ts < $5
),
tick_minutes as materialized (
  select m.*, m.cumulative - lag(m.cumulative) over (order by m.ts) as volume from (
    select date_bin('1 minute', ts, 'epoch') as ts, (array_agg(price order by ts))[1] as open, max(price) as high,
      min(price) as low, (array_agg(price order by ts desc))[1] as close, max(volume) as cumulative,
      max(write_id) as write_id
    from market_data_ticks
    where instrument_id = $1 and source_id = $2 and ts >= $8 and ts < $5
    group by 1
  ) m
),
minutes as (
  select b.ts, b.open, greatest(b.high, t.high) as high, least(b.low, t.low) as low,
    case when t.write_id > b.write_id then t.close else b.close end as close, b.volume, b.final, true as is_bar
  from bar_minutes b left join tick_minutes t on t.ts = b.ts and not b.final
  union all
  select ts, open, high, low, close, case when volume >= 0 then volume end, false, false
  from tick_minutes t where not exists (select from bar_minutes b where b.ts = t.ts)
),
fine as (
  select date_bin($6::interval, ts, 'epoch') as ts, (array_agg(open order by ts))[1] as open, max(high) as high,
    min(low) as low, (array_agg(close order by ts desc))[1] as close, sum(volume) as volume, bool_and(final) as final,
    max(ts) + interval '1 minute' as until, bool_or(is_bar) as has_bars
  from minutes group by 1
),
longer as (
  select distinct on (g.ts) g.* from (
    select date_bin($6::interval, ts, 'epoch') as ts, timeframe, (array_agg(open order by ts))[1] as open,
      max(high) as high, min(low) as low, (array_agg(close order by ts desc))[1] as close, sum(volume) as volume,
      bool_and(final) as final,
      max(ts) + case timeframe when '5m' then interval '5 minutes' when '15m' then interval '15 minutes'
                when '30m' then interval '30 minutes' when '1h' then interval '1 hour' else interval '4 hours' end as until
    from market_data_bars
    where instrument_id = $1 and timeframe = any ($7::timeframe[]) and source_id = $2 and basis = $3
      and ts >= $4 and ts < $5
    group by 1, 2
  ) g
  order by g.ts, g.timeframe desc
),
chosen as (
  select ts, open, high, low, close, volume, final, until from fine f
  where has_bars or not exists (select from longer l where l.ts = f.ts)
  union all
  select ts, open, high, low, close, volume, final, until from longer l
  where not exists (select from fine f where f.ts = l.ts and f.has_bars)
)
select ts, open, high, low, close, volume, final, until from chosen order by ts desc limit $9`
