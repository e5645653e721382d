// Which pieces a gap is asked in: each instrument's span in single calls; or, for days, some dates of the whole class.
import type { DataGap, Instrument, PlannedChunk, Span } from '@onetape/db'
import {
  type AssetClass,
  addDays,
  DAY_US,
  MINUTE_US,
  type Micros,
  sessionsBetween,
  venueOf,
} from '@onetape/market'
import { expectedSpans } from './expected-slots.ts'

/** Gaps that are asked together lie within this: vendors hand out minutes for a week at a time at most. */
const TOGETHER_MAX_US = 7 * DAY_US
/** What the first source of each class gives in one call: a piece of many calls may never find so much budget at once. */
const PIECE_MAX_US: Record<AssetClass, Micros> = {
  equity: 7 * DAY_US,
  crypto: 300 * MINUTE_US,
  fx: 3 * DAY_US,
  index: 7 * DAY_US,
  option: 7 * DAY_US,
}
/** Dates that are settled together; a kill in between asks for them again. */
const DATES_PER_PIECE = 20
/** A piece of days is of the whole class. */
export const WHOLE_CLASS = 0

/** Oldest first, and at each time the most urgent instruments first. */
export function minutePieces(instruments: readonly Instrument[], { from, to }: Span): PlannedChunk[] {
  const pieces: PlannedChunk[] = []
  const step = Math.min(...instruments.map((i) => PIECE_MAX_US[i.assetClass]))
  for (let at = from; at < to; at += step) {
    const end = Math.min(at + step, to)
    for (const { id } of instruments) pieces.push({ instrumentId: id, timeframe: '1m', from: at, to: end })
  }
  return pieces
}

/** Whole sessions that lie in a span, as their dates. */
export function datesIn(assetClass: AssetClass, { from, to }: Span): string[] {
  const date = (at: Micros) => new Date(at / 1000).toISOString().slice(0, 10)
  return sessionsBetween(venueOf(assetClass), addDays(date(from), -2), addDays(date(to), 2))
    .filter((s) => s.preOpen >= from && s.postClose <= to)
    .map((s) => s.date)
}

export function dayPieces(dates: readonly string[]): PlannedChunk[] {
  const pieces: PlannedChunk[] = []
  for (let at = 0; at < dates.length; at += DATES_PER_PIECE) {
    const some = dates.slice(at, at + DATES_PER_PIECE)
    const span = { from: midnight(some[0]!), to: midnight(some.at(-1)!) + DAY_US }
    pieces.push({ instrumentId: WHOLE_CLASS, timeframe: '1d', ...span })
  }
  return pieces
}

/** The dates of sessions that a piece of days stands for. */
export function datesOf(assetClass: AssetClass, { from, to }: Span): string[] {
  const date = (at: Micros) => new Date(at / 1000).toISOString().slice(0, 10)
  return sessionsBetween(venueOf(assetClass), date(from), date(to - 1)).map((s) => s.date)
}

/**
 * A gap, and those after it that may be asked with it in one call: of the same scope, with nothing but closed hours in
 * between, a week in all. @param gaps oldest first.
 */
export function askedTogether<T extends DataGap>(first: T, gaps: readonly T[]): T[] {
  const together = [first]
  let end = first.to
  for (const gap of gaps) {
    if (gap.id === first.id || !isAlike(gap, first) || gap.from < end) continue
    if (gap.to - first.from > TOGETHER_MAX_US) break
    if (expectedSpans(gap.assetClass, { from: end, to: gap.from }).length > 0) break
    together.push(gap)
    end = gap.to
  }
  return together
}

const isAlike = (a: DataGap, b: DataGap): boolean =>
  a.tier === b.tier &&
  a.assetClass === b.assetClass &&
  a.instrumentId === b.instrumentId &&
  a.timeframe === b.timeframe &&
  a.state === b.state &&
  a.runId === b.runId &&
  a.instrumentsTo === b.instrumentsTo

const midnight = (date: string): Micros => Date.parse(`${date}T00:00:00Z`) * 1000
