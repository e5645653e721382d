// Schwab's symbols: `BRK/B` for a class of share, `$SPX` for an index, options padded to 21 characters.
import { indexOf } from '../market/indices.ts'
import type { Listing } from '../market/listing.ts'
import type { Market } from '../market/market.ts'

export interface Asset {
  /** The vendor's. */
  symbol: string
  description: string
  kind: 'EQUITY' | 'INDEX'
  listing: Listing
  /** What the listing's prices are multiplied by: 1 but for an index. */
  factor: number
}

export function assetOf(market: Market, symbol: string): Asset | null {
  if (symbol.startsWith('$')) {
    const index = indexOf(market, symbol.slice(1).replace(/\.X$/, ''))
    return (
      index && {
        symbol: `$${index.symbol}`,
        description: index.name,
        kind: 'INDEX',
        listing: index.fund,
        factor: index.factor,
      }
    )
  }
  const listing = /^[A-Z0-9]{1,10}(\/[A-Z]{1,3})?$/.test(symbol)
    ? market.find(symbol.replace('/', '.'))
    : null
  return listing?.kind === 'equity' ? assetOfListing(listing) : null
}

export const assetOfListing = (listing: Listing): Asset => ({
  symbol: listing.symbol.replace('.', '/'),
  description: listing.name.toUpperCase(),
  kind: 'EQUITY',
  listing,
  factor: 1,
})

const EXCHANGES: Record<string, { letter: string; name: string }> = {
  XNAS: { letter: 'Q', name: 'NASDAQ' },
  XNYS: { letter: 'N', name: 'NYSE' },
  ARCX: { letter: 'P', name: 'NYSE Arca' },
  BATS: { letter: 'Z', name: 'Cboe BZX' },
}
export const exchangeOf = ({ kind, listing }: Asset): { letter: string; name: string } =>
  kind === 'INDEX' ? { letter: '0', name: 'Index' } : (EXCHANGES[listing.exchange] ?? EXCHANGES.XNYS!)

export const subTypeOf = ({ listing }: Asset): string =>
  listing.type === 'ETF' ? 'ETF' : listing.type === 'ADRC' ? 'ADR' : 'COE'

/** A price of the listing as one of the asset. */
export const priced = ({ kind, factor }: Pick<Asset, 'kind' | 'factor'>, price: number): number =>
  Number((price * factor).toFixed(kind === 'INDEX' ? 2 : 6))
