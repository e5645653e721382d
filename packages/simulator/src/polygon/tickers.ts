// Polygon's spelling of a listing: stocks bear their symbol, pairs are `X:BTCUSD` and `C:EURUSD`.
import { type PricedIndex, pricedIndex } from '../market/index-listing.ts'
import type { Listing } from '../market/listing.ts'
import type { Market } from '../market/market.ts'

const PREFIX = { equity: '', crypto: 'X:', fx: 'C:' } as const

export const tickerOf = (listing: Listing): string =>
  listing.kind === 'equity' ? listing.symbol : PREFIX[listing.kind] + listing.symbol.replace('-', '')

export function listingOf(market: Market, ticker: string): Listing | null {
  const pair = /^([XC]):([A-Z0-9]+)([A-Z]{3})$/.exec(ticker)
  const listing = market.find(pair ? `${pair[2]}-${pair[3]}` : ticker)
  return listing && PREFIX[listing.kind] === (pair ? `${pair[1]}:` : '') ? listing : null
}

/** `I:SPX` */
export const indexAt = (market: Market, ticker: string): PricedIndex | null =>
  ticker.startsWith('I:') ? pricedIndex(market, ticker.slice(2)) : null

/** A pair as streams and rates write it: `BTC-USD`, `X:BTC-USD`, `EUR/USD`. */
export function pairOf(market: Market, text: string, kind: 'crypto' | 'fx'): Listing | null {
  const listing = market.find(text.replace(/^[XC]:/, '').replace('/', '-'))
  return listing?.kind === kind ? listing : null
}
