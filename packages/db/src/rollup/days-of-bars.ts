// A bar may be restated, so a day cannot be folded from bars alone: the sessions that a batch's 1m bars touch are
// made anew, from all the 1m bars and ticks of that source that the tape holds.
import {
  type AssetClass,
  HOUR_US,
  isoFromMicros,
  type Micros,
  type Session,
  sessionAt,
  venueOf,
} from '@onetape/market'
import { microsArray, plainArray, slicesOf } from '../array-text.ts'
import type { Queryable } from '../transaction.ts'
import { type Day, dayKeyOf, foldInto } from './day.ts'
import type { BatchSpan } from './days-of-ticks.ts'

/** A session of an instrument as one source saw it. */
interface Bucket {
  instrumentId: number
  sourceId: number
  session: Session
  /** Of the batch that touched it last. */
  writeId: number
}

const BUCKETS_PER_STATEMENT = 2_000

const TOUCHED = `select instrument_id, source_id, date_bin('1 hour', ts, 'epoch') as hour, max(write_id) as write_id
from market_data_bars
where write_id = any ($1::bigint[]) and timeframe = '1m' and ts between $2 and $3
group by 1, 2, 3`

const KEYS = `keys as (
  select * from unnest($1::int[], $2::smallint[], $3::date[], $4::timestamptz[], $5::timestamptz[], $6::bigint[])
    as k (instrument_id, source_id, session_date, open_ts, close_ts, write_id)
)`

// Lateral, so that each bucket is one walk along the primary key, whatever the planner knows about the tables.
// A final bar's close is its minute's last event; an open bar's was seen some time after the minute began.
const FROM_BARS = `with ${KEYS}
select k.instrument_id, k.source_id, k.session_date, k.write_id, d.*
from keys k cross join lateral (
  select b.basis, (array_agg(b.open order by b.ts))[1] as open, min(b.ts) as open_ts, max(b.high) as high,
    min(b.low) as low, (array_agg(b.close order by b.ts desc))[1] as close,
    max(case when b.final then b.ts + interval '59.999999 seconds' else b.ts end) as close_ts, sum(b.volume) as volume
  from market_data_bars b
  where b.instrument_id = k.instrument_id and b.timeframe = '1m' and b.source_id = k.source_id
    and b.ts >= k.open_ts and b.ts < k.close_ts
  group by b.basis
) d`

const FROM_TICKS = `with ${KEYS}
select k.instrument_id, k.source_id, k.session_date, k.write_id, 'raw' as basis, d.*
from keys k cross join lateral (
  select (array_agg(t.price order by t.ts))[1] as open, min(t.ts) as open_ts, max(t.price) as high,
    min(t.price) as low, (array_agg(t.price order by t.ts desc))[1] as close, max(t.ts) as close_ts,
    max(t.volume) as volume
  from market_data_ticks t
  where t.instrument_id = k.instrument_id and t.source_id = k.source_id and t.ts >= k.open_ts and t.ts < k.close_ts
) d
where d.open is not null`

/** Complete days, to stand instead of what was rolled up before. */
export async function daysOfBars(
  client: Queryable,
  span: BatchSpan,
  classesOf: (instrumentIds: Set<number>) => Promise<ReadonlyMap<number, AssetClass>>,
): Promise<Map<string, Day>> {
  const { rows } = await client.query(TOUCHED, [
    span.writeIds,
    isoFromMicros(span.minTs),
    isoFromMicros(span.maxTs),
  ])
  const classes = await classesOf(new Set(rows.map((row) => row.instrument_id)))
  const days = new Map<string, Day>()
  for (const slice of slicesOf(bucketsOf(rows, classes), BUCKETS_PER_STATEMENT)) {
    const keys = columnsOf(slice)
    // Bars go first: at the same instant a bar's open and close stand before a tick's.
    for (const row of (await client.query(FROM_BARS, keys)).rows) foldInto(days, [dayOf(row)])
    for (const row of (await client.query(FROM_TICKS, keys)).rows) {
      const day = dayOf(row)
      if (days.has(dayKeyOf(day))) foldInto(days, [day])
    }
  }
  return days
}

/** An hour may begin before a session opens or reach over its close: it touches the sessions that lie in it. */
function bucketsOf(
  rows: { instrument_id: number; source_id: number; hour: Micros; write_id: number }[],
  classes: ReadonlyMap<number, AssetClass>,
): Bucket[] {
  const buckets = new Map<string, Bucket>()
  for (const row of rows) {
    const venue = venueOf(classes.get(row.instrument_id)!)
    for (const ts of [row.hour, row.hour + HOUR_US - 1]) {
      const session = sessionAt(venue, ts).session
      if (!session || session.open >= row.hour + HOUR_US || session.close <= row.hour) continue
      const key = `${row.instrument_id} ${row.source_id} ${session.date}`
      const writeId = Math.max(row.write_id, buckets.get(key)?.writeId ?? 0)
      buckets.set(key, { instrumentId: row.instrument_id, sourceId: row.source_id, session, writeId })
    }
  }
  return [...buckets.values()]
}

const columnsOf = (buckets: readonly Bucket[]): string[] => [
  plainArray(buckets, (b) => b.instrumentId),
  plainArray(buckets, (b) => b.sourceId),
  plainArray(buckets, (b) => b.session.date),
  microsArray(buckets, (b) => b.session.open),
  microsArray(buckets, (b) => b.session.close),
  plainArray(buckets, (b) => b.writeId),
]

const dayOf = (row: Record<string, never>): Day => ({
  instrumentId: row.instrument_id!,
  sourceId: row.source_id!,
  sessionDate: row.session_date!,
  basis: row.basis!,
  open: row.open!,
  high: row.high!,
  low: row.low!,
  close: row.close!,
  volume: row.volume!,
  openTs: row.open_ts!,
  closeTs: row.close_ts!,
  writeId: row.write_id!,
})
