// Yahoo's symbols and the house's. US share classes are a dash there and a dot here (`BRK-B`, `BRK.B`); a dot there
// is another country's exchange (`OCDO.L`, `7203.T`), which the house leaves as it is.
import type { AssetClass, SymbolRef } from '@onetape/market'
import { occFromOption, optionFromOcc } from '../occ-symbol.ts'

/** One letter after the dot that means an exchange rather than a share class: London, Tokyo, Frankfurt. */
const EXCHANGE_LETTERS = new Set(['L', 'T', 'F'])

/** Kinds of US share: house suffix, Yahoo suffix. https://help.yahoo.com/kb/SLN2310.html */
const KINDS: readonly (readonly [string, string])[] = [
  ['.WS', '-WT'],
  ['.WI', '-WI'],
  ['.RT', '-RI'],
  ['.U', '-UN'],
]

/** Indices that Yahoo knows by another name than their own. */
const INDEX_NAMES: Readonly<Record<string, string>> = { SPX: 'GSPC', COMP: 'IXIC' }
const HOUSE_INDEX = new Map(Object.entries(INDEX_NAMES).map(([house, vendor]) => [vendor, house]))

/** Yahoo's spelling of a house symbol, or null when it cannot have it. */
export function yahooFromRef({ assetClass, symbol }: SymbolRef): string | null {
  switch (assetClass) {
    case 'equity':
      return stockToYahoo(symbol)
    case 'crypto':
      return symbol
    case 'fx': {
      const [base, quote] = symbol.split('-')
      return base && quote ? `${base === 'USD' ? '' : base}${quote}=X` : null
    }
    case 'index':
      return `^${INDEX_NAMES[symbol] ?? symbol}`
    case 'option':
      return occFromOption(symbol)
  }
}

function stockToYahoo(symbol: string): string {
  const preferred = /^(.+)\.PR([A-Z]*)$/.exec(symbol)
  if (preferred) return `${preferred[1]}-P${preferred[2]}`
  const kind = KINDS.find(([house]) => symbol.endsWith(house))
  if (kind) return symbol.slice(0, -kind[0].length) + kind[1]
  const shareClass = /^([A-Z0-9]+)\.([A-Z])$/.exec(symbol)
  if (!shareClass || EXCHANGE_LETTERS.has(shareClass[2]!)) return symbol
  return `${shareClass[1]}-${shareClass[2]}`
}

/** Asset class of a `quoteType` or `instrumentType`; null for what the house has no class for (futures). */
const CLASSES: Readonly<Record<string, AssetClass>> = {
  EQUITY: 'equity',
  ETF: 'equity',
  MUTUALFUND: 'equity',
  CRYPTOCURRENCY: 'crypto',
  CURRENCY: 'fx',
  INDEX: 'index',
  OPTION: 'option',
}

/** The house's name for a row of a given type, or null when it has none. */
export function refFromYahoo(symbol: string, type: string): SymbolRef | null {
  const assetClass = CLASSES[type]
  if (!assetClass) return null
  const house = houseSymbol(symbol, assetClass)
  return house === null ? null : { assetClass, symbol: house }
}

function houseSymbol(symbol: string, assetClass: AssetClass): string | null {
  switch (assetClass) {
    case 'equity':
      return stockFromYahoo(symbol)
    case 'crypto':
      return symbol
    case 'fx': {
      const pair = /^([A-Z]{3})?([A-Z]{3})=X$/.exec(symbol)
      return pair ? `${pair[1] ?? 'USD'}-${pair[2]}` : null
    }
    case 'index':
      return symbol.startsWith('^') ? (HOUSE_INDEX.get(symbol.slice(1)) ?? symbol.slice(1)) : null
    case 'option':
      return optionFromOcc(symbol)
  }
}

function stockFromYahoo(symbol: string): string {
  const kind = KINDS.find(([, vendor]) => symbol.endsWith(vendor))
  if (kind) return symbol.slice(0, -kind[1].length) + kind[0]
  const preferred = /^(.+)-P([A-Z]+)$/.exec(symbol)
  if (preferred) return `${preferred[1]}.PR${preferred[2]}`
  return symbol.replace(/^([A-Z0-9]+)-([A-Z])$/, '$1.$2')
}
