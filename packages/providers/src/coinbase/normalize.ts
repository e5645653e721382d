// Coinbase's products, tickers and candles as market nouns. Pure.
import {
  type Bar,
  barStart,
  type InstrumentInfo,
  isIntraday,
  type Micros,
  microsFromIso,
  ohlcvFault,
  type Quote,
  type Snapshot,
  type SymbolRef,
  sessionDateOf,
  type Timeframe,
} from '@onetape/market'
import { barEnd, midnightOf } from '../bar-time.ts'
import { readRows } from '../wire-rows.ts'
import { type CandleRow, decimal, type ProductRow, type Ticker, tradeSchema } from './payload.ts'

export const FEED = 'coinbase'

/** @param answeredAt The answer's own Date: a product's price has no event time. */
export function normalizeProduct(row: ProductRow, answeredAt: Micros): Snapshot | string {
  const fault = untradeable(row)
  if (fault) return fault
  const last = positive(row.price)
  if (last === null) return 'no price'
  return {
    quote: {
      ...refOf(row),
      ts: answeredAt,
      tsOrigin: 'response',
      last,
      bid: positive(row.best_bid_price),
      ask: positive(row.best_ask_price),
      bidSize: null,
      askSize: null,
      // `volume_24h` is a sliding day, not the volume of the UTC day so far: it must not pass for a session's.
      volume: null,
      feed: FEED,
      delayedMinutes: 0,
      currency: row.quote_currency_id,
    },
    minuteBar: null,
    day: null,
    sessionDate: sessionDateOf('CRYPTO', answeredAt),
    previousClose: null,
  }
}

/** A halted product keeps its last price for ever; the answer's Date would make it look new. `view_only` trades on. */
function untradeable(row: ProductRow): string | null {
  if (row.product_type !== 'SPOT') return `is a ${row.product_type} product`
  if (row.is_disabled || row.trading_disabled) return 'trading is disabled'
  return row.status && row.status !== 'online' ? `status is ${row.status}` : null
}

const refOf = (row: ProductRow): SymbolRef => ({ assetClass: 'crypto', symbol: row.product_id })

export function positive(text: string | null | undefined): number | null {
  const value = decimal(text)
  return value !== null && value > 0 ? value : null
}

/** Last trades of one product with the best bid and ask: the one place where a price has its event time. */
export function normalizeTicker(ticker: Ticker, ref: SymbolRef, answeredAt: Micros): Quote | string {
  const trades = readRows(ticker.trades ?? [], {
    schema: tradeSchema,
    normalize: (row) => {
      const price = positive(row.price)
      const ts = microsFromIso(row.time)
      return price === null ? 'no price' : { price, ts: ts !== null && ts > 0 ? ts : null }
    },
  }).rows
  const dated = trades.filter((t) => t.ts !== null).sort((a, b) => b.ts! - a.ts!)
  const newest = dated[0] ?? trades[0]
  const bid = positive(ticker.best_bid)
  const ask = positive(ticker.best_ask)
  if (!newest && bid === null && ask === null) return 'no price'
  return {
    ...ref,
    ts: newest?.ts ?? answeredAt,
    tsOrigin: newest?.ts ? 'vendor' : 'response',
    last: newest?.price ?? null,
    bid,
    ask,
    bidSize: null,
    askSize: null,
    volume: null,
    feed: FEED,
    delayedMinutes: 0,
    currency: ref.symbol.split('-')[1] ?? ref.symbol,
  }
}

export interface CandleContext {
  ref: SymbolRef
  timeframe: Timeframe
  fetchedAt: Micros
}

export function normalizeCandle(row: CandleRow, { ref, timeframe, fetchedAt }: CandleContext): Bar | string {
  const [open, high, low, close] = [row.open, row.high, row.low, row.close].map(decimal)
  const volume = decimal(row.volume)
  if (open == null || high == null || low == null || close == null) return 'a price is not a number'
  if (volume === null) return `volume is ${JSON.stringify(row.volume)}, not a number`
  const prices = { open, high, low, close, volume }
  const fault = ohlcvFault(prices)
  if (fault) return fault
  const stamp = Number(row.start) * 1_000_000
  if (isIntraday(timeframe) && barStart(stamp, timeframe) !== stamp) return `starts off the ${timeframe} grid`
  const sessionDate = sessionDateOf('CRYPTO', stamp)
  const ts = isIntraday(timeframe) ? stamp : midnightOf(sessionDate)
  const final = barEnd({ assetClass: ref.assetClass, timeframe, ts, sessionDate }) <= fetchedAt
  return { ...ref, ...prices, timeframe, ts, sessionDate, basis: 'raw', feed: FEED, final }
}

/** Spot products in dollars that trade; the rest of the list is counted with its reason. */
export function normalizeListing(row: ProductRow): InstrumentInfo | string {
  const fault = untradeable(row)
  if (fault) return fault
  if (row.quote_currency_id !== 'USD') return `is priced in ${row.quote_currency_id}, not in USD`
  return {
    ...refOf(row),
    name: row.base_name || null,
    currency: row.quote_currency_id,
    listingType: row.product_type,
  }
}
