// Bars of any length out of minutes: 1m bars aggregated by the database, then the ticks of the minutes that have none.
import { isoFromMicros, MINUTE_US, type Micros } from '@onetape/market'
import type { Db } from '../connect.ts'
import { BAR_BUCKETS, TICK_BUCKETS } from './buckets-sql.ts'
import type { Offer, SeriesBar } from './series.ts'

/** A bucket while it is put together. */
export interface Bucket extends SeriesBar {
  /** First and last minute in it. */
  first: Micros
  last: Micros
}

export interface BucketQuery {
  instrumentId: number
  offer: Offer
  /** On bounds of buckets. */
  from: Micros
  to: Micros
  lengthUs: number
  /** Ticks count from here on; null when there are none that could. */
  ticksFrom: Micros | null
}

interface BarBucket extends Bucket {
  /** Bars in it. */
  minutes: number
}

export interface Span {
  start: Micros
  stop: Micros
}

/** Oldest first. `final` says that all parts are; whether the last bucket is over is the caller's to say. */
export async function readBuckets(db: Db, q: BucketQuery): Promise<Bucket[]> {
  const { rows } = await db.pool.query<BarBucket>(BAR_BUCKETS, valuesOf(q))
  if (q.ticksFrom === null) return rows
  const spans = openSpans(rows, { ...q, from: Math.max(q.from, q.ticksFrom) })
  if (spans.length === 0) return rows
  const ticks = await db.pool.query<Bucket>(TICK_BUCKETS, [
    ...valuesOf(q),
    arrayOf(spans.map((span) => span.start)),
    arrayOf(spans.map((span) => span.stop)),
    isoFromMicros(q.ticksFrom),
  ])
  return ticks.rows.length === 0 ? rows : mergeBuckets(rows, ticks.rows)
}

const valuesOf = ({ instrumentId, offer, from, to, lengthUs }: BucketQuery) => [
  instrumentId,
  offer.sourceId,
  offer.basis,
  isoFromMicros(from),
  isoFromMicros(to),
  `${lengthUs / MINUTE_US} minutes`,
]

const arrayOf = (instants: readonly Micros[]) => `{${instants.map(isoFromMicros).join(',')}}`

/**
 * Where ticks could tell what bars do not: before and after the bars of a bucket, the whole bucket where minutes lack
 * in between or a bar is still open, and all between buckets.
 */
export function openSpans(
  buckets: readonly Pick<BarBucket, 'ts' | 'first' | 'last' | 'minutes' | 'final'>[],
  { from, to, lengthUs }: { from: Micros; to: Micros; lengthUs: number },
): Span[] {
  const spans: Span[] = []
  const open = (start: Micros, stop: Micros) => {
    const [a, b] = [Math.max(start, from), Math.min(stop, to)]
    if (a >= b) return
    const before = spans.at(-1)
    if (before && before.stop >= a) before.stop = b
    else spans.push({ start: a, stop: b })
  }
  let told = from
  for (const { ts, first, last, minutes, final } of buckets) {
    const filled = final && (last - first) / MINUTE_US + 1 === minutes
    open(told, filled ? first : ts + lengthUs)
    told = filled ? last + MINUTE_US : ts + lengthUs
  }
  open(told, to)
  return spans
}

function mergeBuckets(bars: readonly Bucket[], ticks: readonly Bucket[]): Bucket[] {
  const merged = new Map(bars.map((bar) => [bar.ts, bar]))
  for (const tick of ticks) {
    const bar = merged.get(tick.ts)
    merged.set(tick.ts, bar ? both(bar, tick) : tick)
  }
  return [...merged.values()].sort((a, b) => a.ts - b.ts)
}

const both = (bar: Bucket, tick: Bucket): Bucket => ({
  ts: bar.ts,
  first: Math.min(bar.first, tick.first),
  last: Math.max(bar.last, tick.last),
  open: tick.first < bar.first ? tick.open : bar.open,
  high: Math.max(bar.high, tick.high),
  low: Math.min(bar.low, tick.low),
  close: tick.last >= bar.last ? tick.close : bar.close,
  volume: sumOf(bar.volume, tick.volume),
  final: false,
})

/** Null is unknown, and adds nothing. */
export const sumOf = (a: number | null, b: number | null): number | null =>
  a === null || b === null ? (a ?? b) : a + b
