import type { Micros } from '@onetape/market'
import { plainArray } from '../array-text.ts'
import type { Db } from '../connect.ts'

/** What the tape holds of an instrument, as far as a newer price is judged by it. */
export interface HeldPrice {
  last: number
  ts: Micros
  source: string
  previousClose: number | null
}

// Instants as numbers: eight thousand of them are read at every sweep, and parsing their text would take longest.
const SELECT = `select l.instrument_id, (extract(epoch from l.ts) * 1000000)::int8, l.last, l.previous_close, s.name
from market_data_latest l join sources s on s.id = l.source_id`

/** The price that is held of every instrument, or of some: `readLatest` with all that a sweep does not ask left out. */
export async function readHeld(
  db: Db,
  o: { instrumentIds?: readonly number[] } = {},
): Promise<Map<number, HeldPrice>> {
  const { rows } = await db.pool.query<[number, Micros, number, number | null, string]>({
    text: o.instrumentIds ? `${SELECT} where l.instrument_id = any ($1::int[])` : SELECT,
    values: o.instrumentIds ? [plainArray(o.instrumentIds, (id) => id)] : [],
    rowMode: 'array',
  })
  return new Map(
    rows.map(([id, ts, last, previousClose, source]) => [id, { last, ts, source, previousClose }]),
  )
}
