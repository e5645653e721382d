// Polygon's spelling of a listing: stocks bear their symbol, pairs are `X:BTCUSD`.
import type { Listing } from '../market/listing.ts'
import type { Market } from '../market/market.ts'

export const tickerOf = (listing: Listing): string =>
  listing.kind === 'crypto' ? `X:${listing.symbol.replace('-', '')}` : listing.symbol

export function listingOf(market: Market, ticker: string): Listing | null {
  const pair = /^X:([A-Z0-9]+)(USD)$/.exec(ticker)
  const listing = market.find(pair ? `${pair[1]}-${pair[2]}` : ticker)
  return listing && (listing.kind === 'crypto') === (pair !== null) ? listing : null
}
