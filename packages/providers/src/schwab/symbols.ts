// Schwab's symbols and the house's: `BRK/B` for a class of share, `$SPX` for an index, option symbols padded to 21.
import type { AssetClass, SymbolRef } from '@onetape/market'
import { occFromOption, optionFromOcc } from '../occ-symbol.ts'

const STOCK = /^[A-Z0-9][A-Z0-9.\-^]{0,15}$/
const ROOT_CHARS = 6

/** The house's name for a vendor symbol, or the reason why it has none. */
export function refFromSymbol(symbol: string, assetType: string | null | undefined): SymbolRef | string {
  const kind = assetType?.toUpperCase() ?? 'EQUITY'
  switch (kind) {
    case 'EQUITY':
    case 'ETF':
      return named('equity', symbol, STOCK.test(houseStock(symbol)) ? houseStock(symbol) : null)
    case 'INDEX':
      return named('index', symbol, symbol.startsWith('$') ? symbol.slice(1).replace(/\.X$/, '') : null)
    case 'OPTION':
      return named('option', symbol, optionFromOcc(symbol))
    case 'FOREX':
      return named('fx', symbol, /^[A-Z]{3}\/[A-Z]{3}$/.test(symbol) ? symbol.replace('/', '-') : null)
    default:
      return `${kind.toLowerCase()} has no place here`
  }
}

const named = (assetClass: AssetClass, vendor: string, symbol: string | null): SymbolRef | string =>
  symbol ? { assetClass, symbol } : `${vendor} has no symbol here`

const houseStock = (symbol: string): string => symbol.replace('/', '.')

/** The vendor's symbol for a house symbol, or null when the vendor cannot have it. */
export function symbolFromRef(ref: SymbolRef): string | null {
  switch (ref.assetClass) {
    case 'equity':
      return ref.symbol.replace('.', '/')
    case 'index':
      return `$${ref.symbol}`
    case 'fx':
      return ref.symbol.replace('-', '/')
    case 'option':
      return paddedOcc(ref.symbol)
    case 'crypto':
      return null
  }
}

/** `AAPL  240517P00190000`: the root takes six characters, whatever it is. */
function paddedOcc(symbol: string): string | null {
  const occ = occFromOption(symbol)
  if (occ === null) return null
  const root = occ.slice(0, -15)
  return root.length > ROOT_CHARS ? null : root.padEnd(ROOT_CHARS) + occ.slice(-15)
}
