// Which range of time a partition covers. Ranges begin and end at midnight UTC and never overlap, whatever widths were
// asked for over the years: what is taken already is cut out of what is wanted.
import { DAY_US, type Micros } from '@onetape/market'

export const PARTITIONED_TABLES = ['market_data_ticks', 'market_data_bars', 'market_data_rollups'] as const
export type PartitionedTable = (typeof PARTITIONED_TABLES)[number]

export const PARTITION_WIDTHS = ['day', 'week', 'month'] as const
export type PartitionWidth = (typeof PARTITION_WIDTHS)[number]

/** `to` is exclusive. */
export interface Span {
  from: Micros
  to: Micros
}

/**
 * Rows of these days arrive for the whole universe at once, live or repaired, each batch spread over every instrument:
 * partitions of the width asked for keep their indexes small enough to stay in memory. What is older arrives one
 * instrument at a time, next to each other in any index, and is kept wide, so that decades stay a few dozen tables.
 */
export const RECENT_US = 40 * DAY_US

const EPOCH_MONDAY_US = 4 * DAY_US

export function widthAt(
  ts: Micros,
  { marketNow, width }: { marketNow: Micros; width: PartitionWidth },
): PartitionWidth | 'year' {
  if (ts >= marketNow - RECENT_US) return width
  return yearOf(ts) >= yearOf(marketNow) - 1 ? 'month' : 'year'
}

export function spanOfWidth(ts: Micros, width: PartitionWidth | 'year'): Span {
  if (width === 'day') return stepOf(ts, DAY_US, 0)
  if (width === 'week') return stepOf(ts, 7 * DAY_US, EPOCH_MONDAY_US)
  const date = new Date(Math.floor(ts / 1000))
  const [year, month] = [date.getUTCFullYear(), width === 'month' ? date.getUTCMonth() : 0]
  const after = width === 'month' ? { year, month: month + 1 } : { year: year + 1, month: 0 }
  return { from: midnight(year, month), to: midnight(after.year, after.month) }
}

/** The part of `wanted` around `ts` that nobody has; null when `ts` itself is taken. */
export function freeSpan(ts: Micros, wanted: Span, taken: readonly Span[]): Span | null {
  let { from, to } = wanted
  for (const span of taken) {
    if (span.from <= ts && ts < span.to) return null
    if (span.to <= ts) from = Math.max(from, span.to)
    else to = Math.min(to, span.from)
  }
  return { from, to }
}

/** Tells the range: `_y2024`, `_y2026m11`, `_y2026m11d20`, or first day and the day after the last. */
export function partitionName(table: PartitionedTable, { from, to }: Span): string {
  const isWhole = (width: PartitionWidth | 'year') => {
    const whole = spanOfWidth(from, width)
    return whole.from === from && whole.to === to
  }
  const [year, month, day] = dateOf(from).split('-')
  if (isWhole('year')) return `${table}_y${year}`
  if (isWhole('month')) return `${table}_y${year}m${month}`
  if (isWhole('day')) return `${table}_y${year}m${month}d${day}`
  const [toYear, toMonth, toDay] = dateOf(to).split('-')
  return `${table}_y${year}m${month}d${day}_y${toYear}m${toMonth}d${toDay}`
}

/** YYYY-MM-DD. */
export const dateOf = (us: Micros): string => new Date(Math.floor(us / 1000)).toISOString().slice(0, 10)

const yearOf = (ts: Micros) => new Date(Math.floor(ts / 1000)).getUTCFullYear()
const midnight = (year: number, month: number): Micros => Date.UTC(year, month) * 1000

function stepOf(ts: Micros, length: Micros, first: Micros): Span {
  const from = first + Math.floor((ts - first) / length) * length
  return { from, to: from + length }
}
