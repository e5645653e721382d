// An index as something that can be asked like a listing: the fund's numbers under the index' name, and the market in
// its points.
import { scaledMarket } from './bent-market.ts'
import { indexOf } from './indices.ts'
import type { Listing } from './listing.ts'
import type { Market } from './market.ts'

export interface IndexListing extends Listing {
  fund: Listing
  /** Points for one dollar of the fund. */
  factor: number
}

export interface PricedIndex {
  listing: IndexListing
  /** For this listing alone: all of its prices are in points. */
  market: Market
}

export const INDEX_SYMBOLS = ['SPX', 'NDX', 'DJI', 'RUT'] as const

/** Kept, for what is worked out once a listing. */
const listings = new WeakMap<Listing, IndexListing>()

/** @param symbol as the house writes it: `SPX`. */
export function pricedIndex(market: Market, symbol: string): PricedIndex | null {
  const index = indexOf(market, symbol)
  if (!index) return null
  const { fund, factor, name } = index
  const known = listings.get(fund)
  const listing =
    known?.symbol === symbol ? known : { ...fund, symbol, name, quarterlyDividend: 0, fund, factor }
  listings.set(fund, listing)
  return { listing, market: scaledMarket(market, factor) }
}

export const isIndex = (listing: Listing): listing is IndexListing => 'fund' in listing
