// Messages of Polygon's WebSockets as what they say of one symbol. Pure; what was said before is stream-book.ts's.
import {
  type AssetClass,
  type Bar,
  type Micros,
  microsFromMillis,
  type Quote,
  type SymbolRef,
} from '@onetape/market'
import { lotOf, positive } from './normalize.ts'
import { normalizeAggregate } from './normalize-bars.ts'
import type { ForexMessage, QuoteMessage, TradeMessage, WindowMessage } from './payload-stream.ts'
import { refFromTicker } from './symbols.ts'

/** What one message adds to the picture of a symbol. */
export interface Fact {
  ref: SymbolRef
  ts: Micros
  part: Partial<Pick<Quote, 'last' | 'bid' | 'ask' | 'bidSize' | 'askSize' | 'volume'>>
}

/**
 * Sale conditions of stocks with which a price is not the market's of that moment: averages, bunched and derived
 * prices, other settlement, prior reference, contingent. https://massive.com/docs/rest/stocks/market-operations/condition-codes
 */
const NO_PRICE = new Set([2, 5, 7, 10, 20, 21, 22, 29, 52, 53])

const PREFIXES: Partial<Record<AssetClass, string>> = { crypto: 'X:', fx: 'C:' }

/** The house's name for `AAPL`, `BTC-USD`, `EUR/USD` of a socket's asset class. */
export function refOfName(assetClass: AssetClass, name: string | undefined): SymbolRef | string {
  if (!name) return 'names no symbol'
  const bare = name.replace(/^[XC]:/, '')
  const ref = refFromTicker(
    (PREFIXES[assetClass] ?? '') + (assetClass === 'equity' ? name : bare.replace(/[-/]/, '')),
  )
  return ref ?? `symbol ${name} has no name here`
}

/** The vendor's name for a symbol in a subscription; null when it can have none. */
export const streamName = (ref: SymbolRef, ticker: string | null): string | null =>
  ref.assetClass === 'equity' ? ticker : ref.symbol

/** Null for a trade that sets no price. */
export function normalizeTrade(row: TradeMessage, assetClass: AssetClass): Fact | string | null {
  const ref = refOfName(assetClass, row.sym ?? row.pair)
  if (typeof ref === 'string') return ref
  if (positive(row.p) === null) return `price is ${row.p}`
  if (assetClass === 'equity' && row.c?.some((condition) => NO_PRICE.has(condition))) return null
  return { ref, ts: microsFromMillis(row.t), part: { last: row.p } }
}

export function normalizeStreamQuote(row: QuoteMessage, assetClass: AssetClass): Fact | string {
  const ref = refOfName(assetClass, row.sym ?? row.pair)
  if (typeof ref === 'string') return ref
  const ts = microsFromMillis(row.t)
  const lot = lotOf(assetClass, ts)
  const side = (price: number | null | undefined, size: number | null | undefined) =>
    positive(price) === null ? [null, null] : [price!, size ? size * lot : null]
  const [bid, bidSize] = side(row.bp, row.bs)
  const [ask, askSize] = side(row.ap, row.as)
  return { ref, ts, part: { bid: bid!, bidSize: bidSize!, ask: ask!, askSize: askSize! } }
}

/** Forex has no trades: last is the middle, as in the snapshots. */
export function normalizeForex(row: ForexMessage): Fact | string {
  const ref = refOfName('fx', row.p)
  if (typeof ref === 'string') return ref
  const bid = positive(row.b)
  const ask = positive(row.a)
  const last = bid === null || ask === null ? {} : { last: Number(((bid + ask) / 2).toPrecision(12)) }
  return { ref, ts: microsFromMillis(row.t), part: { ...last, bid, ask } }
}

/** A second of trading, for plans that see no single trades. */
export function normalizeSecond(row: WindowMessage): Fact | string {
  const ref = refOfName('equity', row.sym)
  if (typeof ref === 'string') return ref
  if (positive(row.c) === null) return `close is ${row.c}`
  return { ref, ts: microsFromMillis(row.e), part: { last: row.c, volume: positive(row.av) } }
}

/** A minute that the vendor closed. */
export function normalizeMinute(
  row: WindowMessage,
  { assetClass, delayed }: { assetClass: AssetClass; delayed: boolean },
): Bar | string {
  const ref = refOfName(assetClass, row.sym ?? row.pair)
  if (typeof ref === 'string') return ref
  const { o, h, l, c, v, s: t } = row
  const bar = normalizeAggregate({ o, h, l, c, v, t }, { ref, timeframe: '1m', delayed, fetchedAt: 0 })
  // Sent when the minute is over, by the vendor's clock.
  return typeof bar === 'string' ? bar : { ...bar, final: true }
}
