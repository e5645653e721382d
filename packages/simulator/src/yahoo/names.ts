// Yahoo's spellings: `BRK-B` for BRK.B, its own exchange codes, and prices widened from 32-bit floats.
import type { Listing } from '../market/listing.ts'
import type { Market } from '../market/market.ts'

export const yahooSymbol = (listing: Listing): string => listing.symbol.replace('.', '-')

export function listingOf(market: Market, symbol: string): Listing | null {
  const text = symbol.toUpperCase()
  return market.find(text) ?? (text.includes('.') ? null : market.find(text.replace('-', '.')))
}

const EXCHANGES: Record<string, { code: string; name: string }> = {
  XNAS: { code: 'NMS', name: 'NasdaqGS' },
  XNYS: { code: 'NYQ', name: 'NYSE' },
  ARCX: { code: 'PCX', name: 'NYSEArca' },
  BATS: { code: 'BTS', name: 'Cboe US' },
  CBE: { code: 'CCC', name: 'CCC' },
}

export const exchangeOf = (listing: Listing): { code: string; name: string } => EXCHANGES[listing.exchange]!

export const quoteTypeOf = (listing: Listing): 'EQUITY' | 'ETF' | 'CRYPTOCURRENCY' =>
  listing.kind === 'crypto' ? 'CRYPTOCURRENCY' : listing.type === 'ETF' ? 'ETF' : 'EQUITY'

export const longNameOf = (listing: Listing): string =>
  listing.kind === 'crypto' ? `${listing.name} USD` : listing.name

/** 75.0875 goes over the wire as 75.0875015258789. */
export const asFloat = (price: number): number => Math.fround(price)

/** Quotes are written with few digits. */
export const asQuoted = (price: number): number => Number(price.toPrecision(9))

export const secondsOf = (us: number): number => Math.floor(us / 1_000_000)
