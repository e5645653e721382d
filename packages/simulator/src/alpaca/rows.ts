// Alpaca's rows: single letters, prices as numbers, instants as RFC 3339 text with up to nine decimals.
import type { Micros } from '@onetape/market'
import { type BidAsk, LOT_SHARES } from '../market/bid-ask.ts'
import type { Candle, Print } from '../market/candle.ts'
import { mix } from '../market/hash.ts'
import type { Listing } from '../market/listing.ts'
import { midnightInNewYork } from '../new-york.ts'

const TAPES: Record<string, string> = { XNAS: 'C', XNYS: 'A' }
const tapeLetter = (listing: Listing): string => TAPES[listing.exchange] ?? 'B'
const EXCHANGES = 'DQPKZVNJ'
const exchangeOf = (draw: number, iex: boolean): string => (iex ? 'V' : EXCHANGES[draw % EXCHANGES.length]!)

/** As the vendor writes instants: nanoseconds, their zeros at the end left out. */
export function nanoText(ts: Micros, key: number): string {
  const nanos = mix(key, ts % 4_294_967_296) % 1000
  const micros = ts % 1_000_000
  const fraction = `${String(micros).padStart(6, '0')}${String(nanos).padStart(3, '0')}`.replace(/0+$/, '')
  return `${secondText(ts).slice(0, -1)}${fraction === '' ? '' : `.${fraction}`}Z`
}

export const secondText = (ts: Micros): string =>
  `${new Date(Math.floor(ts / 1000)).toISOString().slice(0, 19)}Z`

export function tradeRow(listing: Listing, trade: Print, iex = false) {
  const t = nanoText(trade.ts, listing.key)
  if (listing.kind === 'crypto') {
    const tks = mix(listing.key, trade.id) % 2 === 0 ? 'B' : 'S'
    return { t, p: rounded(trade.price), s: trade.size, tks, i: cryptoTradeId(trade) }
  }
  const c = [tapeLetter(listing) === 'C' ? '@' : ' ']
  const x = exchangeOf(mix(listing.key, trade.id), iex)
  return { t, x, p: rounded(trade.price), s: trade.size, c, i: trade.id % 10_000_000, z: tapeLetter(listing) }
}

/** A trade of a few shares: its condition `I` says that it sets no last price. */
export function oddLotRow(listing: Listing, trade: Print, iex: boolean) {
  const c = [tapeLetter(listing) === 'C' ? '@' : ' ', 'I']
  return { ...tradeRow(listing, trade, iex), c }
}

/** Beyond what a double holds exactly, as the vendor's are: written into the text by `jsonText`. */
const cryptoTradeId = (trade: Print): string => `${BIG}${3_000_000_000_000_000_000n + BigInt(trade.id)}`
const BIG = 'bigint:'

/** JSON in which numbers that no double holds stand as the vendor sends them. */
export const jsonText = (body: unknown): string => JSON.stringify(body).replace(/"bigint:(\d+)"/g, '$1')

export function quoteRow(listing: Listing, quote: BidAsk, iex = false) {
  const t = nanoText(quote.ts, listing.key ^ 0x33)
  const [bp, ap] = [rounded(quote.bid), rounded(quote.ask)]
  if (listing.kind === 'crypto') return { t, bp, bs: quote.bidSize, ap, as: quote.askSize }
  const draw = mix(listing.key, Math.floor(quote.ts / 250_000))
  return {
    t,
    ax: exchangeOf(draw >>> 4, iex),
    ap,
    as: quote.askSize * LOT_SHARES,
    bx: exchangeOf(draw, iex),
    bp,
    bs: quote.bidSize * LOT_SHARES,
    c: ['R'],
    z: tapeLetter(listing),
  }
}

export interface BarRow {
  t: string
  o: number
  h: number
  l: number
  c: number
  v: number
  n: number
  vw: number
}

export const barRow = (t: Micros, c: Omit<Candle, 'start' | 'session'>): BarRow => ({
  t: secondText(t),
  o: rounded(c.open),
  h: rounded(c.high),
  l: rounded(c.low),
  c: rounded(c.close),
  v: Number(c.volume.toFixed(8)),
  n: c.count,
  vw: rounded((c.open + c.high + c.low + c.close) / 4),
})

export const minuteRow = (c: Candle): BarRow => barRow(c.start, c)
/** A day of shares, stamped with its midnight in New York. */
export const dayRow = (c: Candle): BarRow => barRow(midnightInNewYork(c.session.date), c)

export const rounded = (value: number): number => Number(value.toFixed(6))
