// OANDA's instruments and the house's pairs: `EUR_USD` is EUR-USD. Indices, bonds and commodities share the list.
import type { SymbolRef } from '@onetape/market'

const HOUSE = /^([A-Z]{3})-([A-Z]{3})$/
const VENDOR = /^([A-Z]{3})[_/]([A-Z]{3})$/

/** The vendor's name of a pair, or null when it is none. */
export function spell(ref: SymbolRef): string | null {
  const [, base, counter] = (ref.assetClass === 'fx' && HOUSE.exec(ref.symbol)) || []
  return base ? `${base}_${counter}` : null
}

/** The house's name of an instrument, or null for what is no pair of currencies or metals. */
export function refFrom(instrument: string): SymbolRef | null {
  const [, base, counter] = VENDOR.exec(instrument) ?? []
  return base ? { assetClass: 'fx', symbol: `${base}-${counter}` } : null
}

/** What a pair is priced in. */
export const currencyOf = (ref: SymbolRef): string => ref.symbol.slice(4)
