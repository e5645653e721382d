import { barStart, isoFromMicros, type Micros, timeframeMicros } from '@onetape/market'
import type { Queryable } from '../transaction.ts'
import { COARSE } from './timeframes.ts'

/** Which rows are rolled up: those of some batches, found by their write ids; the span of ts prunes partitions. */
export interface BatchSpan {
  writeIds: readonly number[]
  minTs: Micros
  maxTs: Micros
}

/** Of ticks and of bars alike. $1 to $3 are `spanValues`. */
export const OF_BATCHES = 'write_id = any ($1::int[]) and ts between $2::timestamptz and $3::timestamptz'

/** Every bucket that the batches touch; $4 and $5 are `boundValues`. Said beside the bucket's own bounds, it prunes partitions before a plan is made. */
export const withinSpan = (ts: string): string => `${ts} >= $4::timestamptz and ${ts} < $5::timestamptz`

/** Ticks and minutes of the batches: what buckets are made of. */
export const EVENTS = `select instrument_id, source_id, ts, write_id::int from market_data_ticks where ${OF_BATCHES}
    union all
    select instrument_id, source_id, ts, write_id::int from market_data_bars where ${OF_BATCHES} and timeframe = '1m'`

export const spanValues = ({ writeIds, minTs, maxTs }: BatchSpan): string[] => [
  `{${writeIds.join(',')}}`,
  isoFromMicros(minTs),
  isoFromMicros(maxTs),
]

export const boundValues = ({ minTs, maxTs }: BatchSpan): string[] => [
  isoFromMicros(barStart(minTs, COARSE.timeframe)),
  isoFromMicros(barStart(maxTs, COARSE.timeframe) + timeframeMicros(COARSE.timeframe)),
]

/** A first instant of each day that the batches' events lie in. */
export async function daysOf(client: Queryable, span: BatchSpan): Promise<Micros[]> {
  const { rows } = await client.query(
    `select distinct date_trunc('day', ts, 'UTC') as day from (${EVENTS}) e order by 1`,
    spanValues(span),
  )
  return rows.map((row) => row.day)
}
