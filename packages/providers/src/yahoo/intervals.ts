// What Yahoo's chart can be asked for: its interval names, how far back it keeps them, how much one call may span.
import type { Timeframe } from '@onetape/market'

export interface Interval {
  interval: string
  /** Days back from now that the vendor keeps; absent: everything. */
  keptDays?: number
  /** Most days that one call may span. */
  windowDays?: number
}

/** Weeks and months are derived from days: Yahoo at times cuts the running one into two rows. */
export const INTERVALS: Partial<Record<Timeframe, Interval>> = {
  '1m': { interval: '1m', keptDays: 30, windowDays: 7 },
  '5m': { interval: '5m', keptDays: 60, windowDays: 59 },
  '15m': { interval: '15m', keptDays: 60, windowDays: 59 },
  '30m': { interval: '30m', keptDays: 60, windowDays: 59 },
  '1h': { interval: '60m', keptDays: 730, windowDays: 365 },
  '1d': { interval: '1d' },
}

export const keptDays: Partial<Record<Timeframe, number>> = Object.fromEntries(
  Object.entries(INTERVALS).flatMap(([tf, i]) => (i.keptDays ? [[tf, i.keptDays]] : [])),
)
