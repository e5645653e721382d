// Polygon's aggregates as bars.
import {
  type Bar,
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
import { barEnd, dailyDate, midnightOf, periodStart, zoneOf } from '../bar-time.ts'
import { basisOf, DELAYED_MINUTES, feedOf } from './feed.ts'
import type { AggregateRow } from './payload.ts'

export interface BarContext {
  ref: SymbolRef
  timeframe: Timeframe
  delayed: boolean
  fetchedAt: Micros
}

export function normalizeAggregate(row: AggregateRow, context: BarContext): Bar | string {
  const { ref, timeframe } = context
  // Forex "volume" counts quotes; indices have none.
  const volume = ref.assetClass === 'fx' ? null : (row.v ?? null)
  const prices = { open: row.o, high: row.h, low: row.l, close: row.c, volume }
  const fault = ohlcvFault(prices)
  if (fault) return fault
  const stamp = microsFromMillis(row.t)
  if (isIntraday(timeframe) && barStart(stamp, timeframe) !== stamp) {
    return `starts off the ${timeframe} grid`
  }
  // Daily stamps are midnight New York (stocks) or UTC (forex, crypto): only their date is the vendor's fact.
  const sessionDate = isIntraday(timeframe)
    ? sessionDateOf(venueOf(ref.assetClass), stamp)
    : periodStart(dailyDate(stamp, zoneOf(ref.assetClass)), timeframe)
  const ts = isIntraday(timeframe) ? stamp : midnightOf(sessionDate)
  const delayUs = context.delayed ? DELAYED_MINUTES * MINUTE_US : 0
  const end = barEnd({ assetClass: ref.assetClass, timeframe, ts, sessionDate })
  return {
    ...ref,
    ...prices,
    timeframe,
    ts,
    sessionDate,
    basis: basisOf(ref.assetClass),
    feed: feedOf(ref.assetClass, context.delayed),
    final: end + delayUs <= context.fetchedAt,
  }
}
