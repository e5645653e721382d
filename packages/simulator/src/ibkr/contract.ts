// Contracts: what a listing is called here, and the number that stands for it. The same name may be listed on another
// exchange in another currency, under another number.
import { hashText } from '../market/hash.ts'
import type { Listing } from '../market/listing.ts'

export type SecType = 'STK' | 'CASH' | 'CRYPTO' | 'IND' | 'OPT'

export interface OptionTerms {
  /** `YYYY-MM-DD` */
  expiry: string
  strike: number
  right: 'call' | 'put'
}

export interface Contract {
  conId: number
  listing: Listing
  secType: SecType
  symbol: string
  currency: string
  /** The exchange that it is at home on. */
  primaryExch: string
  localSymbol: string
  tradingClass: string
  option: OptionTerms | null
  /** A second listing abroad, which nobody here has subscribed to. */
  abroad: boolean
}

const HOMES: Record<string, string> = { XNAS: 'NASDAQ', XNYS: 'NYSE', ARCX: 'ARCA', BATS: 'BATS' }
const CLASSES: Record<string, string> = { XNAS: 'NMS', XNYS: 'NYSE', ARCX: 'ARCX', BATS: 'BATS' }
export const US_VENUES = ['SMART', 'AMEX', 'NYSE', 'CBOE', 'ISLAND', 'NASDAQ', 'ARCA', 'BATS', 'IEX', 'MEMX']
export const OPTION_VENUES = ['SMART', 'AMEX', 'CBOE', 'PHLX', 'ISE']
export const FX_VENUE = 'IDEALPRO'
export const CRYPTO_VENUE = 'PAXOS'
const ABROAD = { exchange: 'MEXI', currency: 'MXN' }
/** The names that foreign exchanges list too. */
const ABROAD_UP_TO = 100
const COINS = new Set(['BTC', 'ETH', 'LTC', 'BCH', 'SOL', 'XRP', 'ADA', 'DOGE'])

/** The contract of a listing where it is at home; null where this vendor has none. */
export function homeContract(listing: Listing): Contract | null {
  const { symbol, kind } = listing
  const [base = '', quote = ''] = symbol.split('-')
  if (kind === 'equity') {
    const local = symbol.replace('.', ' ')
    const home = HOMES[listing.exchange] ?? 'NYSE'
    return numbered(listing, {
      secType: 'STK',
      symbol: local,
      currency: 'USD',
      primaryExch: home,
      localSymbol: local,
      tradingClass: CLASSES[listing.exchange] ?? local,
    })
  }
  if (kind === 'fx') {
    const local = `${base}.${quote}`
    const names = { symbol: base, currency: quote, localSymbol: local, tradingClass: local }
    return numbered(listing, { secType: 'CASH', primaryExch: FX_VENUE, ...names })
  }
  if (!COINS.has(base)) return null
  const names = { symbol: base, currency: quote, localSymbol: `${base}.${quote}`, tradingClass: base }
  return numbered(listing, { secType: 'CRYPTO', primaryExch: CRYPTO_VENUE, ...names })
}

export function contractAbroad(listing: Listing): Contract | null {
  if (listing.kind !== 'equity' || listing.index >= ABROAD_UP_TO) return null
  const home = homeContract(listing)!
  return numbered(listing, { ...home, currency: ABROAD.currency, primaryExch: ABROAD.exchange, abroad: true })
}

export function optionContractOf(listing: Listing, option: OptionTerms): Contract {
  const symbol = listing.symbol.replace('.', ' ')
  return numbered(listing, {
    secType: 'OPT',
    symbol,
    currency: 'USD',
    primaryExch: 'CBOE',
    localSymbol: occSymbol(symbol, option),
    tradingClass: symbol,
    option,
  })
}

/** `AAPL  261218C00270000` */
export function occSymbol(symbol: string, { expiry, strike, right }: OptionTerms): string {
  const date = expiry.replaceAll('-', '').slice(2)
  return `${symbol.padEnd(6)}${date}${right === 'call' ? 'C' : 'P'}${String(Math.round(strike * 1000)).padStart(8, '0')}`
}

/** The terms in such a symbol, null when it is none. */
export function termsOf(localSymbol: string): (OptionTerms & { symbol: string }) | null {
  const found = /^([A-Z ]{1,6}?) *(\d{2})(\d{2})(\d{2})([CP])(\d{8})$/.exec(localSymbol)
  if (!found) return null
  const [, symbol = '', year, month, day, right, strike] = found
  return {
    symbol: symbol.trim(),
    expiry: `20${year}-${month}-${day}`,
    right: right === 'C' ? 'call' : 'put',
    strike: Number(strike) / 1000,
  }
}

type Names = Omit<Contract, 'conId' | 'listing' | 'option' | 'abroad'> &
  Partial<Pick<Contract, 'option' | 'abroad'>>

export function numbered(listing: Listing, names: Names): Contract {
  const all = { option: null, abroad: false, ...names }
  const name = `${all.secType} ${all.localSymbol} ${all.primaryExch} ${all.currency}`
  // Between a thousand and nine hundred million, as the real ones are.
  return { ...all, listing, conId: 1_000 + (hashText(name, 0x1b) % 900_000_000) }
}
