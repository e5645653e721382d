// Alpaca's symbols and the house's: shares are spelled alike (`BRK.B`), pairs have a slash (`BTC/USD`), options are OCC's.
import type { AssetClass, SymbolRef } from '@onetape/market'
import { occFromOption, optionFromOcc } from '../occ-symbol.ts'

const STOCK = /^[A-Z0-9][A-Z0-9.]{0,15}$/
const PAIR = /^[A-Z0-9]{1,15}-[A-Z0-9]{2,15}$/
const OCC_ROOT = /^([A-Z]+)(\d?)\d{6}[CP]\d{8}$/

/** Roots whose contracts are on an index; the second is the root of its weeklies. */
const INDEX_ROOTS: Record<string, string> = {
  SPX: 'SPX',
  SPXW: 'SPX',
  NDX: 'NDX',
  NDXP: 'NDX',
  RUT: 'RUT',
  RUTW: 'RUT',
  VIX: 'VIX',
  VIXW: 'VIX',
  XSP: 'XSP',
}

/** The vendor's spelling, or null when the vendor cannot have it. */
export function spell(ref: SymbolRef): string | null {
  switch (ref.assetClass) {
    case 'equity':
      return STOCK.test(ref.symbol) ? ref.symbol : null
    case 'crypto':
      return PAIR.test(ref.symbol) ? ref.symbol.replace('-', '/') : null
    case 'option':
      return occFromOption(ref.symbol)
    default:
      return null
  }
}

/** The house's name for a vendor symbol of one asset class, or null when the house has none. */
export function refFrom(assetClass: AssetClass, text: string): SymbolRef | null {
  switch (assetClass) {
    case 'equity':
      return STOCK.test(text) ? { assetClass, symbol: text } : null
    case 'crypto': {
      const symbol = text.replace('/', '-')
      return PAIR.test(symbol) ? { assetClass, symbol } : null
    }
    case 'option': {
      const symbol = optionFromOcc(text)
      return symbol === null ? null : { assetClass, symbol }
    }
    default:
      return null
  }
}

/** What an OCC symbol is written on, or null for a contract whose deliverable a corporate action changed (`AAPL1`). */
export function underlyingOf(occ: string): SymbolRef | null {
  const [, root, adjusted] = OCC_ROOT.exec(occ) ?? []
  if (root === undefined || adjusted) return null
  const index = INDEX_ROOTS[root]
  return index ? { assetClass: 'index', symbol: index } : { assetClass: 'equity', symbol: root }
}

/** Currency in which an instrument is priced: the pair's second half, else the US dollar. */
export const currencyOf = (ref: SymbolRef): string =>
  ref.assetClass === 'crypto' ? ref.symbol.split('-')[1]! : 'USD'
