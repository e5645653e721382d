// Schwab's candles as bars.
import {
  type Bar,
  type Basis,
  barStart,
  isIntraday,
  MINUTE_US,
  type Micros,
  microsFromMillis,
  ohlcvFault,
  type SymbolRef,
  sessionDateOf,
  type Timeframe,
  venueOf,
} from '@onetape/market'
import { barEnd, dailyDate, midnightOf, periodStart } from '../bar-time.ts'
import type { CandleRow } from './payload.ts'

/** Days, weeks and months are stamped at midnight of this zone. */
export const CHICAGO = 'America/Chicago'

export interface CandleContext {
  ref: SymbolRef
  timeframe: Timeframe
  feed: string
  delayedMinutes: number
  fetchedAt: Micros
}

/** Shares are adjusted for splits, not for dividends; an index has nothing to adjust. */
export const basisOf = (ref: SymbolRef): Basis => (ref.assetClass === 'equity' ? 'split' : 'raw')

export function normalizeCandle(row: CandleRow, c: CandleContext): Bar | string {
  const { ref, timeframe } = c
  const volume = ref.assetClass === 'equity' ? (row.volume ?? null) : null
  const prices = { open: row.open, high: row.high, low: row.low, close: row.close, volume }
  const fault = ohlcvFault(prices)
  if (fault) return fault
  const stamp = microsFromMillis(row.datetime)
  if (isIntraday(timeframe) && barStart(stamp, timeframe) !== stamp) return `starts off the ${timeframe} grid`
  const sessionDate = isIntraday(timeframe)
    ? sessionDateOf(venueOf(ref.assetClass), stamp)
    : periodStart(dailyDate(stamp, CHICAGO), timeframe)
  const ts = isIntraday(timeframe) ? stamp : midnightOf(sessionDate)
  const end = barEnd({ assetClass: ref.assetClass, timeframe, ts, sessionDate })
  const final = end + c.delayedMinutes * MINUTE_US <= c.fetchedAt
  return { ...ref, ...prices, timeframe, ts, sessionDate, basis: basisOf(ref), feed: c.feed, final }
}
