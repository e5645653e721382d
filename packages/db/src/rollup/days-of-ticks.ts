import { type AssetClass, isoFromMicros, type Micros, sessionAt, venueOf } from '@onetape/market'
import type { Queryable } from '../transaction.ts'
import { type Day, foldInto } from './day.ts'

/** What the batches being followed have in common. */
export interface BatchSpan {
  writeIds: readonly number[]
  minTs: Micros
  maxTs: Micros
}

// The span of ts prunes partitions; inside one, ticks of a write lie together.
const READ = `select instrument_id, source_id, ts, price, volume, write_id from market_data_ticks
where write_id = any ($1::bigint[]) and ts between $2 and $3`

/** The days that the batches' ticks within regular sessions make. */
export async function daysOfTicks(
  client: Queryable,
  span: BatchSpan,
  classesOf: (instrumentIds: Set<number>) => Promise<ReadonlyMap<number, AssetClass>>,
): Promise<Map<string, Day>> {
  const { rows } = await client.query(READ, [
    span.writeIds,
    isoFromMicros(span.minTs),
    isoFromMicros(span.maxTs),
  ])
  const classes = await classesOf(new Set(rows.map((row) => row.instrument_id)))
  return foldInto(new Map(), daysOf(rows, classes))
}

function* daysOf(
  rows: {
    instrument_id: number
    source_id: number
    ts: Micros
    price: number
    volume: number | null
    write_id: number
  }[],
  classes: ReadonlyMap<number, AssetClass>,
): Generator<Day> {
  for (const row of rows) {
    const moment = sessionAt(venueOf(classes.get(row.instrument_id)!), row.ts)
    if (moment.state !== 'open') continue
    const { price } = row
    yield {
      instrumentId: row.instrument_id,
      sourceId: row.source_id,
      sessionDate: moment.session!.date,
      basis: 'raw',
      ...{ open: price, high: price, low: price, close: price, volume: row.volume },
      ...{ openTs: row.ts, closeTs: row.ts, writeId: row.write_id },
    }
  }
}
