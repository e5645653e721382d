// Schwab's quotes as snapshots, the nested form of today and the flat one of its predecessor alike. Pure.
import {
  type AssetClass,
  type Micros,
  microsFromMillis,
  type Ohlcv,
  ohlcvFault,
  type Snapshot,
  type SymbolRef,
  sessionDateOf,
  venueOf,
} from '@onetape/market'
import { DELAYED_MINUTES } from './capabilities.ts'
import type { LegacyQuoteRow, QuoteRow } from './payload.ts'
import { refFromSymbol } from './symbols.ts'

/** Shares of a lot: today's REST quotes count sizes of shares in lots (recorded: INTC 11 x 60), the flat form in shares. */
const LOT = 100

/** What both forms say, under one set of names. Times in ms. */
interface WireQuote {
  bid: number | null
  ask: number | null
  last: number | null
  bidSize: number | null
  askSize: number | null
  lot: number
  open: number | null
  high: number | null
  low: number | null
  /** Last price of the regular session, while `last` may be of the hours around it. */
  regularLast: number | null
  volume: number | null
  /** The vendor's `closePrice` is the close of the session before. */
  previousClose: number | null
  tradeMs: number | null
  quoteMs: number | null
  regularMs: number | null
  feed: string
  delayed: boolean
}

export function normalizeQuote(row: QuoteRow, answeredAt: Micros): Snapshot | string {
  const ref = refFromSymbol(row.symbol, row.assetMainType)
  if (typeof ref === 'string') return ref
  const q = row.quote
  if (!q) return 'no quote in the row'
  return snapshotOf(ref, answeredAt, {
    bid: q.bidPrice,
    ask: q.askPrice,
    last: q.lastPrice,
    bidSize: q.bidSize,
    askSize: q.askSize,
    lot: ref.assetClass === 'equity' ? LOT : 1,
    open: q.openPrice,
    high: q.highPrice,
    low: q.lowPrice,
    regularLast: row.regular?.regularMarketLastPrice ?? null,
    volume: q.totalVolume,
    previousClose: q.closePrice,
    tradeMs: q.tradeTime,
    quoteMs: q.quoteTime,
    regularMs: row.regular?.regularMarketTradeTime ?? null,
    feed: row.quoteType === 'NFL' ? 'nfl' : feedOf(ref.assetClass),
    delayed: row.realtime === false,
  })
}

export function normalizeLegacyQuote(row: LegacyQuoteRow, answeredAt: Micros): Snapshot | string {
  const ref = refFromSymbol(row.symbol, row.assetType)
  if (typeof ref === 'string') return ref
  return snapshotOf(ref, answeredAt, {
    bid: row.bidPrice ?? row.bidPriceInDouble,
    ask: row.askPrice ?? row.askPriceInDouble,
    last: row.lastPrice ?? row.lastPriceInDouble,
    bidSize: row.bidSize ?? row.bidSizeInLong,
    askSize: row.askSize ?? row.askSizeInLong,
    lot: 1,
    open: row.openPrice ?? row.openPriceInDouble,
    high: row.highPrice ?? row.highPriceInDouble,
    low: row.lowPrice ?? row.lowPriceInDouble,
    regularLast: row.regularMarketLastPrice,
    volume: row.totalVolume,
    previousClose: row.closePrice ?? row.closePriceInDouble,
    tradeMs: row.tradeTimeInLong,
    quoteMs: row.quoteTimeInLong,
    regularMs: row.regularMarketTradeTimeInLong,
    feed: feedOf(ref.assetClass),
    delayed: row.delayed === true,
  })
}

const FEEDS: Record<AssetClass, string> = {
  equity: 'sip',
  option: 'opra',
  index: 'index',
  fx: 'forex',
  crypto: 'crypto',
}
export const feedOf = (assetClass: AssetClass): string => FEEDS[assetClass]

function snapshotOf(ref: SymbolRef, answeredAt: Micros, w: WireQuote): Snapshot | string {
  const [last, bid, ask] = [positive(w.last), positive(w.bid), positive(w.ask)]
  if (last === null && bid === null && ask === null) return 'no price'
  const venue = venueOf(ref.assetClass)
  const quoted = instant(w.quoteMs)
  const event = last === null ? quoted : (instant(w.tradeMs) ?? instant(w.regularMs) ?? quoted)
  const ts = event ?? answeredAt
  const sessionDate = sessionDateOf(venue, ts)
  const regular = instant(w.regularMs)
  // Before the open, and where it did not trade today, open, high and low are still those of another session.
  const isOfSession = regular === null || sessionDateOf(venue, regular) === sessionDate
  const hasDay = ref.assetClass !== 'fx' && isOfSession
  return {
    quote: {
      ...ref,
      ts,
      tsOrigin: event === null ? 'response' : 'vendor',
      last,
      bid,
      ask,
      bidSize: bid === null ? null : sized(w.bidSize, w.lot),
      askSize: ask === null ? null : sized(w.askSize, w.lot),
      volume: ref.assetClass === 'equity' || ref.assetClass === 'option' ? w.volume : null,
      feed: w.delayed ? 'delayed' : w.feed,
      delayedMinutes: w.delayed ? DELAYED_MINUTES : 0,
      currency: currencyOf(ref),
    },
    minuteBar: null,
    day: hasDay ? dayOf(ref, w) : null,
    sessionDate,
    previousClose: positive(w.previousClose),
  }
}

function dayOf(ref: SymbolRef, w: WireQuote): Ohlcv | null {
  const close = positive(w.regularLast) ?? positive(w.last)
  if (!positive(w.open) || !positive(w.high) || !positive(w.low) || close === null) return null
  const volume = ref.assetClass === 'index' ? null : w.volume
  const day = { open: w.open!, high: w.high!, low: w.low!, close, volume }
  return ohlcvFault(day) === null ? day : null
}

export const positive = (value: number | null | undefined): number | null =>
  value && value > 0 ? value : null

export const instant = (ms: number | null | undefined): Micros | null =>
  ms && ms > 0 ? microsFromMillis(ms) : null

const sized = (size: number | null, lot: number): number | null =>
  size === null || size <= 0 ? null : size * lot

/** Currency of a price: the second half of a pair, else the US dollar. */
export const currencyOf = (ref: SymbolRef): string =>
  ref.assetClass === 'fx' || ref.assetClass === 'crypto' ? ref.symbol.split('-')[1]! : 'USD'
