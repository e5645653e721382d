// Polygon's snapshots as market nouns. Pure: a parsed row and what the answer was about in, a noun or a reason out.
import {
  type AssetClass,
  dateInZone,
  HOUR_US,
  instantInZone,
  lastSession,
  MINUTE_US,
  type Micros,
  microsFromMillis,
  type Ohlcv,
  ohlcvFault,
  type Quote,
  type Snapshot,
  type SymbolRef,
  sessionDateOf,
  sessionOn,
  venueOf,
} from '@onetape/market'
import { barEnd, NEW_YORK } from '../bar-time.ts'
import { basisOf, DELAYED_MINUTES, feedOf } from './feed.ts'
import type { SnapshotRow } from './payload-snapshot.ts'
import { currencyOf, refFromTicker } from './symbols.ts'

export interface SnapshotContext {
  assetClass: AssetClass
  delayed: boolean
  fetchedAt: Micros
}

/** The stock snapshot is cleared at this New York time and refills from 4:00. */
const RESET_US = 3.5 * HOUR_US

/**
 * From 2025-11-03 on, the stock tapes give quote sizes in shares; before, in round lots of 100.
 * https://massive.com/blog/change-stocks-quotes-round-lots-to-shares
 */
const SHARES_FROM = instantInZone('2025-11-03', 0, NEW_YORK)

export function normalizeSnapshot(row: SnapshotRow, context: SnapshotContext): Snapshot | string {
  const ref = refFromTicker(row.ticker)
  if (!ref) return `ticker ${row.ticker} has no symbol here`
  if (ref.assetClass !== context.assetClass)
    return `is ${ref.assetClass}, ${context.assetClass} was asked for`
  // Crypto and forex days are cut at midnight New York, which is no session of theirs: their `day` is not ours.
  const day = context.assetClass === 'equity' ? wholeDay(row.day) : null
  const last = lastPrice(row, context, day)
  const book = sides(row)
  if (last === null && book.bid === null && book.ask === null) return 'no price yet'
  const quote = quoteOf(row, ref, { context, last, book })
  const { sessionDate, previousClose } = datesOf(row, { context, ts: quote.ts, hasDay: day !== null })
  return { quote, minuteBar: minuteBar(row, ref, context), day, sessionDate, previousClose }
}

interface Observed {
  price: number
  ts: Micros
}

/**
 * The last price and when it was made: the last trade, else the newest minute, else the day so far. Forex has no
 * trades: the middle of bid and ask. Between the reset and the first trade the price is the previous close.
 */
function lastPrice(row: SnapshotRow, context: SnapshotContext, day: Ohlcv | null): Observed | null {
  const trade = seen(row.lastTrade?.p, instantOf(row.lastTrade?.t) ?? instantOf(row.updated))
  if (trade) return trade
  const updated = instantOf(row.updated)
  if (context.assetClass === 'fx') {
    const { bid, ask } = sides(row)
    if (bid !== null && ask !== null) return seen(middle(bid, ask), instantOf(row.lastQuote?.t) ?? updated)
  }
  const minuteStart = row.min?.t ? microsFromMillis(row.min.t) : null
  const minute = seen(row.min?.c, updated ?? minuteStart)
  if (minute) return minute
  if (day) return seen(day.close, updated)
  const previous = clearedFor(context)
  return previous ? seen(row.prevDay?.c, previous.before) : null
}

const seen = (price: number | null | undefined, ts: Micros | null): Observed | null =>
  price && price > 0 && ts !== null ? { price, ts } : null

const middle = (bid: number, ask: number): number => Number(((bid + ask) / 2).toPrecision(12))

interface Sides {
  bid: number | null
  ask: number | null
}

function quoteOf(
  row: SnapshotRow,
  ref: SymbolRef,
  { context, last, book }: { context: SnapshotContext; last: Observed | null; book: Sides },
): Quote {
  const quoted = instantOf(row.lastQuote?.t)
  const ts = last?.ts ?? quoted
  const lot = lotOf(context.assetClass, quoted)
  const { bid, ask } = book
  return {
    assetClass: ref.assetClass,
    symbol: ref.symbol,
    ts: ts ?? context.fetchedAt,
    tsOrigin: ts === null ? 'response' : 'vendor',
    last: last?.price ?? null,
    bid,
    ask,
    bidSize: bid === null || !row.lastQuote?.s ? null : row.lastQuote.s * lot,
    askSize: ask === null || !row.lastQuote?.S ? null : row.lastQuote.S * lot,
    volume: ref.assetClass === 'equity' ? (positive(row.day?.v) ?? positive(row.min?.av)) : null,
    feed: feedOf(ref.assetClass, context.delayed),
    delayedMinutes: context.delayed ? DELAYED_MINUTES : 0,
    currency: currencyOf(ref),
  }
}

/** Units that one of a quote's sizes stands for. */
export const lotOf = (assetClass: AssetClass, quotedAt: Micros | null): number =>
  assetClass === 'equity' && quotedAt !== null && quotedAt < SHARES_FROM ? 100 : 1

/** Bid and ask of either spelling; a vendor's zero is an empty side of the book. */
const sides = (row: SnapshotRow): Sides => ({
  bid: positive(row.lastQuote?.p ?? row.lastQuote?.b),
  ask: positive(row.lastQuote?.P ?? row.lastQuote?.a),
})

export const positive = (value: number | null | undefined): number | null =>
  value && value > 0 ? value : null

function wholeDay(bar: SnapshotRow['day']): Ohlcv | null {
  if (!bar?.o || !bar.h || !bar.l || !bar.c) return null
  const day = { open: bar.o, high: bar.h, low: bar.l, close: bar.c, volume: bar.v ?? null }
  return ohlcvFault(day) === null ? day : null
}

function minuteBar(row: SnapshotRow, ref: SymbolRef, context: SnapshotContext): Snapshot['minuteBar'] {
  const minute = wholeDay(row.min)
  if (!minute || !row.min?.t) return null
  const ts = microsFromMillis(row.min.t)
  if (ts % MINUTE_US !== 0) return null
  const sessionDate = sessionDateOf(venueOf(ref.assetClass), ts)
  const delayUs = context.delayed ? DELAYED_MINUTES * MINUTE_US : 0
  const end = barEnd({ assetClass: ref.assetClass, timeframe: '1m', ts, sessionDate })
  const { open, high, low, close } = minute
  return {
    assetClass: ref.assetClass,
    symbol: ref.symbol,
    open,
    high,
    low,
    close,
    volume: ref.assetClass === 'fx' ? null : minute.volume, // forex counts quotes there
    timeframe: '1m',
    ts,
    sessionDate,
    basis: basisOf(ref.assetClass),
    feed: feedOf(ref.assetClass, context.delayed),
    final: end + delayUs <= context.fetchedAt,
  }
}

/**
 * `day` belongs to the date of the newest trade. Without a day, the snapshot belongs to the session it was cleared
 * for; outside session dates nobody can tell which day `prevDay` is, so there is no previous close then.
 */
function datesOf(
  row: SnapshotRow,
  { context, ts, hasDay }: { context: SnapshotContext; ts: Micros; hasDay: boolean },
) {
  const traded = sessionDateOf(venueOf(context.assetClass), ts)
  const previousClose = positive(row.prevDay?.c)
  if (hasDay) return { sessionDate: traded, previousClose }
  const cleared = clearedFor(context)
  return cleared ? { sessionDate: cleared.date, previousClose } : { sessionDate: traded, previousClose: null }
}

/** The session that the stock snapshot was cleared for, and the close before it; null at night and on days off. */
function clearedFor(c: SnapshotContext): { date: string; before: Micros } | null {
  if (c.assetClass !== 'equity') return null
  const date = dateInZone(c.fetchedAt, NEW_YORK)
  const session = sessionOn('XNYS', date)
  if (!session || c.fetchedAt < instantInZone(date, RESET_US / 1000, NEW_YORK)) return null
  return { date, before: lastSession('XNYS', session.open - 1).close }
}

/** Nanoseconds on stocks, milliseconds on forex and crypto: told apart by the number of digits. */
export function instantOf(epoch: string | number | null | undefined): Micros | null {
  if (epoch === null || epoch === undefined) return null
  const text = typeof epoch === 'number' ? Math.trunc(epoch).toFixed(0) : epoch
  // Three digits less are microseconds, cut off and not rounded, and a double holds them exactly.
  if (text.length >= 18 && text[0] !== '0') return Number(text.slice(0, -3))
  if (/^0+$/.test(text)) return null
  if (text.length >= 18) return Number(BigInt(text) / 1000n)
  if (text.length >= 15) return Number(text)
  return text.length >= 12 ? Number(text) * 1000 : Number(text) * 1_000_000
}
