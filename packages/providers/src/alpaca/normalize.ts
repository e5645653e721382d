// Alpaca's snapshots as market nouns. Pure: a parsed row and what the answer was about in, a noun or a reason out.
import {
  type AssetClass,
  DAY_US,
  dateInZone,
  instantInZone,
  type Micros,
  microsFromIso,
  type Ohlcv,
  ohlcvFault,
  type Quote,
  type Snapshot,
  type SymbolRef,
  sessionDateOf,
  venueOf,
} from '@onetape/market'
import { NEW_YORK } from '../bar-time.ts'
import type { Feed } from './feed.ts'
import { normalizeBar } from './normalize-bars.ts'
import type { BarRow, QuoteRow, SnapshotRow } from './payload.ts'
import { currencyOf, refFrom } from './symbols.ts'

export interface SnapshotContext {
  assetClass: AssetClass
  feed: Feed
  fetchedAt: Micros
}

/** From this day on the stock tapes give quote sizes in shares; before, in round lots of 100. */
const SHARES_FROM = instantInZone('2025-11-03', 0, NEW_YORK)

export function normalizeSnapshot(row: SnapshotRow, symbol: string, c: SnapshotContext): Snapshot | string {
  const ref = refFrom(c.assetClass, symbol)
  if (!ref) return `symbol ${symbol} has no name here`
  const traded = row.latestTrade ? microsFromIso(row.latestTrade.t) : null
  const quoted = row.latestQuote ? microsFromIso(row.latestQuote.t) : null
  const last = traded === null ? null : positive(row.latestTrade?.p)
  const sides = sidesOf(row.latestQuote, ref)
  const ts = last === null ? quoted : traded
  if (ts === null) return 'no event time'
  if (last === null && sides.bid === null && sides.ask === null) return 'no price'
  const days = daysOf(row, ref, ts)
  const quote: Quote = {
    ...ref,
    ts,
    tsOrigin: 'vendor',
    last,
    ...sides,
    volume: days.day?.volume ?? null,
    feed: c.feed.name,
    delayedMinutes: c.feed.delayedMinutes,
    currency: currencyOf(ref),
  }
  return { quote, minuteBar: minuteBar(row, ref, c), ...days }
}

/** A vendor's zero is an empty side of the book. */
export function sidesOf(
  quote: QuoteRow | null | undefined,
  ref: SymbolRef,
): Pick<Quote, 'bid' | 'ask' | 'bidSize' | 'askSize'> {
  const bid = positive(quote?.bp)
  const ask = positive(quote?.ap)
  const lot = ref.assetClass === 'equity' && (microsFromIso(quote?.t ?? '') ?? 0) < SHARES_FROM ? 100 : 1
  const sizeOf = (price: number | null, size: number | null | undefined) =>
    price === null || !size || size < 0 ? null : size * lot
  return { bid, ask, bidSize: sizeOf(bid, quote?.bs), askSize: sizeOf(ask, quote?.as) }
}

export const positive = (value: number | null | undefined): number | null =>
  value && value > 0 ? value : null

/**
 * `dailyBar` is of the last session with a regular trade: from the first pre-market trade of a new session until
 * its open it is the day before's, and then its close is the previous close.
 */
function daysOf(
  row: SnapshotRow,
  ref: SymbolRef,
  ts: Micros,
): Pick<Snapshot, 'day' | 'sessionDate' | 'previousClose'> {
  const traded = sessionDateOf(venueOf(ref.assetClass), ts)
  const daily = dayOf(row.dailyBar, ref)
  const previous = dayOf(row.prevDailyBar, ref)
  if (!daily) return { day: null, sessionDate: traded, previousClose: previous?.ohlcv.close ?? null }
  if (traded > daily.date) return { day: null, sessionDate: traded, previousClose: daily.ohlcv.close }
  const isEarlier = previous !== null && previous.date < daily.date
  return {
    day: daily.ohlcv,
    sessionDate: daily.date,
    previousClose: isEarlier ? previous.ohlcv.close : null,
  }
}

/** A day of shares is stamped midnight New York. Days of crypto began at midnight Chicago once: those are not ours. */
function dayOf(bar: BarRow | null | undefined, ref: SymbolRef): { date: string; ohlcv: Ohlcv } | null {
  const stamp = bar ? microsFromIso(bar.t) : null
  if (!bar || stamp === null) return null
  if (ref.assetClass === 'crypto' && stamp % DAY_US !== 0) return null
  const ohlcv = { open: bar.o, high: bar.h, low: bar.l, close: bar.c, volume: bar.v ?? null }
  if (ohlcvFault(ohlcv) !== null) return null
  return { date: dateInZone(stamp, ref.assetClass === 'crypto' ? 'UTC' : NEW_YORK), ohlcv }
}

function minuteBar(row: SnapshotRow, ref: SymbolRef, c: SnapshotContext): Snapshot['minuteBar'] {
  if (!row.minuteBar) return null
  const bar = normalizeBar(row.minuteBar, { ref, timeframe: '1m', feed: c.feed, fetchedAt: c.fetchedAt })
  return typeof bar === 'string' ? null : bar
}
