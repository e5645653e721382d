import type { Queryable } from '../transaction.ts'
import { PARTS, type Slice, sliceValues } from './parts.ts'
import { bucketOf, columnsOf, describedAs, FINE, type RollupTimeframe } from './timeframes.ts'

const SHOWN = 'open_ts, open, high, low, close_ts, close, volume, cumulative'
const OF_TICKS = 'tick_open_ts, tick_open, tick_high, tick_low, tick_close_ts, tick_close'

const statementFor = (of: RollupTimeframe): string => {
  const compared = of === FINE ? `${SHOWN}, ${OF_TICKS}` : SHOWN
  return `with ${PARTS},
expected as (
  select instrument_id, source_id, ${bucketOf(of, 'open_ts')} as ts, basis,
    min(open_ts) as open_ts, (array_agg(open order by open_ts, rank))[1] as open, max(high) as high, min(low) as low,
    max(close_ts) as close_ts, (array_agg(close order by close_ts desc, rank))[1] as close,
    sum(volume) as volume, max(cumulative) as cumulative,
    min(open_ts) filter (where rank = 1) as tick_open_ts,
    (array_agg(open order by open_ts) filter (where rank = 1))[1] as tick_open,
    max(high) filter (where rank = 1) as tick_high, min(low) filter (where rank = 1) as tick_low,
    max(close_ts) filter (where rank = 1) as tick_close_ts,
    (array_agg(close order by close_ts desc) filter (where rank = 1))[1] as tick_close
  from parts group by 1, 2, 3, 4
),
stored as (
  select * from market_data_rollups
  where timeframe = '${of.timeframe}' and ts >= $1 and ts < $2 and instrument_id >= $3 and instrument_id < $4
)
select i.key, s.name as source, ts, basis,
  ${describedAs('r', SHOWN)} as stored, ${describedAs('e', SHOWN)} as expected,
  r.open is null as missing, e.open is null as surplus
from expected e full join stored r using (instrument_id, source_id, ts, basis)
  join instruments i on i.id = instrument_id join sources s on s.id = source_id
where (${columnsOf('r', compared)}) is distinct from (${columnsOf('e', compared)})
order by ts, instrument_id, source_id, basis limit $5`
}

/** Buckets that begin on a UTC date. */
export async function differingBuckets(
  client: Queryable,
  o: Slice & { of: RollupTimeframe; limit: number },
): Promise<string[]> {
  const { rows } = await client.query(statementFor(o.of), [...sliceValues(o), o.limit])
  return rows.map((row) => {
    const name = `${row.key} ${o.of.timeframe} ${new Date(row.ts / 1000).toISOString()} ${row.source} ${row.basis}`
    return lineOf(name, row)
  })
}

/** What both kinds of differences look like to a person. */
export function lineOf(
  name: string,
  row: { missing: boolean; surplus: boolean; stored: string; expected: string },
): string {
  if (row.missing) return `${name}: not stored, expected ${row.expected}`
  if (row.surplus) return `${name}: stored ${row.stored}, but nothing makes it`
  return `${name}: stored ${row.stored}, expected ${row.expected}`
}
