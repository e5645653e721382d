import { isoFromMicros, type Micros } from '@onetape/market'
import type { Queryable } from '../transaction.ts'

/** Which rows are rolled up: those of some batches, found by their write ids; the span of ts prunes partitions. */
export interface BatchSpan {
  writeIds: readonly number[]
  minTs: Micros
  maxTs: Micros
}

/** Of ticks and of bars alike. $1 to $3 are `spanValues`. */
export const OF_BATCHES = 'write_id = any ($1::int[]) and ts between $2::timestamptz and $3::timestamptz'

/** Ticks and minutes of the batches: what buckets are made of. */
export const EVENTS = `select instrument_id, source_id, ts, write_id::int from market_data_ticks where ${OF_BATCHES}
    union all
    select instrument_id, source_id, ts, write_id::int from market_data_bars where ${OF_BATCHES} and timeframe = '1m'`

export const spanValues = (span: BatchSpan): [writeIds: string, minTs: string, maxTs: string] => [
  `{${span.writeIds.join(',')}}`,
  isoFromMicros(span.minTs),
  isoFromMicros(span.maxTs),
]

/** A first instant of each day that the batches' events lie in. */
export async function daysOf(client: Queryable, span: BatchSpan): Promise<Micros[]> {
  const { rows } = await client.query(
    `select distinct date_trunc('day', ts, 'UTC') as day from (${EVENTS}) e order by 1`,
    spanValues(span),
  )
  return rows.map((row) => row.day)
}
