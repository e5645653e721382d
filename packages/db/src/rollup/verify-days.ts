import { ASSET_CLASSES, isoFromMicros, sessionOn, venueOf } from '@onetape/market'
import type { Queryable } from '../transaction.ts'
import { PARTS, type Slice } from './parts.ts'
import { columnsOf, describedAs } from './timeframes.ts'
import { lineOf } from './verify-buckets.ts'

const SHOWN = 'open_ts, open, high, low, close_ts, close, volume'

// Days that the vendor gave are its word, not ours.
const DIFFERING = `with ${PARTS},
sessions as (
  select * from unnest($6::asset_class[], $7::timestamptz[], $8::timestamptz[]) as s (asset_class, open, close)
),
expected as (
  select instrument_id, source_id, basis,
    min(open_ts) as open_ts, (array_agg(p.open order by open_ts, rank))[1] as open, max(high) as high, min(low) as low,
    max(close_ts) as close_ts, (array_agg(p.close order by close_ts desc, rank))[1] as close,
    greatest(sum(volume), max(cumulative)) as volume
  from parts p join instruments i on i.id = p.instrument_id join sessions s on s.asset_class = i.asset_class
  where p.open_ts >= s.open and p.open_ts < s.close
  group by 1, 2, 3
),
stored as (
  select * from market_data_daily where session_date = $9 and instrument_id >= $3 and instrument_id < $4
)
select i.key, s.name as source, basis,
  ${describedAs('d', SHOWN)} as stored, ${describedAs('e', SHOWN)} as expected,
  d.open is null as missing, e.open is null as surplus
from expected e full join stored d using (instrument_id, source_id, basis)
  join instruments i on i.id = instrument_id join sources s on s.id = source_id
where (d.instrument_id is null or (not d.settled and d.open_ts is not null))
  and (${columnsOf('d', SHOWN)}) is distinct from (${columnsOf('e', SHOWN)})
order by instrument_id, source_id, basis limit $5`

/** Days of the sessions of a date, at all venues. */
export async function differingDays(client: Queryable, o: Slice & { limit: number }): Promise<string[]> {
  const sessions = ASSET_CLASSES.flatMap((assetClass) => {
    const session = sessionOn(venueOf(assetClass), o.date)
    return session ? [{ assetClass, session }] : []
  })
  if (sessions.length === 0) return []
  const column = (of: (row: (typeof sessions)[number]) => string) => `{${sessions.map(of).join(',')}}`
  const { rows } = await client.query(DIFFERING, [
    isoFromMicros(Math.min(...sessions.map((s) => s.session.open))),
    isoFromMicros(Math.max(...sessions.map((s) => s.session.close))),
    o.instruments.from,
    o.instruments.to,
    o.limit,
    column((s) => s.assetClass),
    column((s) => isoFromMicros(s.session.open)),
    column((s) => isoFromMicros(s.session.close)),
    o.date,
  ])
  return rows.map((row) => lineOf(`${row.key} day ${o.date} ${row.source} ${row.basis}`, row))
}
