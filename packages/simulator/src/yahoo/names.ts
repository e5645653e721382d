// Yahoo's spellings: `BRK-B` for BRK.B, its own exchange codes, and prices widened from 32-bit floats.
import { isIndex, pricedIndex } from '../market/index-listing.ts'
import type { Listing } from '../market/listing.ts'
import type { Market } from '../market/market.ts'

/** Indices that Yahoo knows by another name. */
const INDEX_NAMES: Record<string, string> = { SPX: 'GSPC' }
const INDEX_EXCHANGES: Record<string, { code: string; name: string }> = {
  SPX: { code: 'SNP', name: 'SNP' },
  DJI: { code: 'DJI', name: 'DJI' },
  NDX: { code: 'NIM', name: 'Nasdaq GIDS' },
  RUT: { code: 'WCB', name: 'Chicago Options' },
}

export function yahooSymbol(listing: Listing): string {
  if (isIndex(listing)) return `^${INDEX_NAMES[listing.symbol] ?? listing.symbol}`
  if (listing.kind !== 'fx') return listing.symbol.replace('.', '-')
  const [base, quote] = listing.symbol.split('-')
  return `${base === 'USD' ? '' : base}${quote}=X`
}

/** What a symbol is priced by: itself in the market, or for an index its fund at the index' scale. */
export function pricedOf(market: Market, symbol: string): { listing: Listing; market: Market } | null {
  if (symbol.startsWith('^')) {
    const name = symbol.slice(1).toUpperCase()
    const known = Object.entries(INDEX_NAMES).find(([, vendor]) => vendor === name)
    return name in INDEX_NAMES ? null : pricedIndex(market, known?.[0] ?? name)
  }
  const listing = listingOf(market, symbol)
  return listing && { listing, market }
}

/** Everything but indices. */
export function listingOf(market: Market, symbol: string): Listing | null {
  const text = symbol.toUpperCase()
  const pair = /^([A-Z]{3})?([A-Z]{3})=X$/.exec(text)
  if (pair) return market.find(`${pair[1] ?? 'USD'}-${pair[2]}`)
  if (/^[A-Z]{3}-[A-Z]{3}$/.test(text) && market.find(text)?.kind === 'fx') return null
  return market.find(text) ?? (text.includes('.') ? null : market.find(text.replace('-', '.')))
}

const EXCHANGES: Record<string, { code: string; name: string }> = {
  XNAS: { code: 'NMS', name: 'NasdaqGS' },
  XNYS: { code: 'NYQ', name: 'NYSE' },
  ARCX: { code: 'PCX', name: 'NYSEArca' },
  BATS: { code: 'BTS', name: 'Cboe US' },
  CBE: { code: 'CCC', name: 'CCC' },
}
const CURRENCIES = { code: 'CCY', name: 'CCY' }

export const exchangeOf = (listing: Listing): { code: string; name: string } =>
  listing.kind === 'fx'
    ? CURRENCIES
    : isIndex(listing)
      ? INDEX_EXCHANGES[listing.symbol]!
      : EXCHANGES[listing.exchange]!

export type QuoteType = 'INDEX' | 'EQUITY' | 'ETF' | 'CRYPTOCURRENCY' | 'CURRENCY'

export function quoteTypeOf(listing: Listing): QuoteType {
  if (isIndex(listing)) return 'INDEX'
  const { kind, type } = listing
  if (kind === 'crypto') return 'CRYPTOCURRENCY'
  return kind === 'fx' ? 'CURRENCY' : type === 'ETF' ? 'ETF' : 'EQUITY'
}

export const currencyOf = ({ kind, symbol }: Listing): string =>
  kind === 'equity' ? 'USD' : symbol.split('-')[1]!

/** Decimals that prices are shown with. */
export const priceHintOf = ({ kind, price }: Listing): number => (kind === 'fx' || price < 1 ? 4 : 2)

/** Coins are counted in dollars, currencies not at all. */
export const volumeOf = ({ kind }: Listing, units: number, price: number): number =>
  kind === 'fx' ? 0 : kind === 'crypto' ? Math.round(units * price) : units

export function longNameOf({ kind, name, symbol }: Listing): string {
  if (kind === 'fx') return symbol.replace('-', '/')
  return kind === 'crypto' ? `${name} USD` : name
}

/** 75.0875 goes over the wire as 75.0875015258789. */
export const asFloat = (price: number): number => Math.fround(price)

/** Quotes are written with few digits. */
export const asQuoted = (price: number): number => Number(price.toPrecision(9))

export const secondsOf = (us: number): number => Math.floor(us / 1_000_000)
