// Alpaca's bars as the house's.
import {
  type Bar,
  barStart,
  isIntraday,
  MINUTE_US,
  type Micros,
  microsFromIso,
  ohlcvFault,
  type SymbolRef,
  sessionDateOf,
  type Timeframe,
  venueOf,
} from '@onetape/market'
import { barEnd, dailyDate, midnightOf, periodStart, zoneOf } from '../bar-time.ts'
import { basisOf, type Feed } from './feed.ts'
import type { BarRow } from './payload.ts'

export interface BarContext {
  ref: SymbolRef
  timeframe: Timeframe
  feed: Feed
  fetchedAt: Micros
}

export function normalizeBar(row: BarRow, { ref, timeframe, feed, fetchedAt }: BarContext): Bar | string {
  const prices = { open: row.o, high: row.h, low: row.l, close: row.c, volume: row.v ?? null }
  const fault = ohlcvFault(prices)
  if (fault) return fault
  const stamp = microsFromIso(row.t)
  if (stamp === null) return `time is ${JSON.stringify(row.t)}, not an instant`
  if (isIntraday(timeframe) && barStart(stamp, timeframe) !== stamp) return `starts off the ${timeframe} grid`
  // Days of shares are stamped midnight New York: only the date is the vendor's fact.
  const sessionDate = isIntraday(timeframe)
    ? sessionDateOf(venueOf(ref.assetClass), stamp)
    : periodStart(dailyDate(stamp, zoneOf(ref.assetClass)), timeframe)
  const ts = isIntraday(timeframe) ? stamp : midnightOf(sessionDate)
  const end = barEnd({ assetClass: ref.assetClass, timeframe, ts, sessionDate })
  return {
    ...ref,
    ...prices,
    timeframe,
    ts,
    sessionDate,
    basis: basisOf(ref.assetClass),
    feed: feed.name,
    final: end + feed.delayedMinutes * MINUTE_US <= fetchedAt,
  }
}
