// Polygon's tickers and the house's symbols. A prefix names the market (`X:` crypto, `C:` forex, `I:` index,
// `O:` option); stock tickers carry class and kind of share in letter case: `BRK.B`, `BACpL`, `XYZw`, `XYZr`.
import type { AssetClass, SymbolRef } from '@onetape/market'
import { occFromOption, optionFromOcc } from '../occ-symbol.ts'

/** Quote currencies of `X:` pairs, the longer first: `X:BTCUSDT` is BTC-USDT, not BTCUS-DT. */
const QUOTES = ['USDT', 'USDC', 'USD', 'EUR', 'GBP', 'JPY', 'AUD', 'CAD', 'CHF', 'KRW', 'BTC', 'ETH']

const HOUSE_STOCK = /^[A-Z0-9][A-Z0-9.\-/^]{0,15}$/
const PREFERRED = /^([A-Z0-9.]+)p([A-Z]*)$/
const MARKED = /^([A-Z0-9.]+)(rw|r|w)$/
const MARKS: Record<string, string> = { w: '.WI', r: '.RT', rw: '.RTWI' }

/** The house's name for a vendor ticker, or null when the house has none. */
export function refFromTicker(ticker: string): SymbolRef | null {
  const prefix = ticker[1] === ':' ? ticker[0] : ''
  const rest = prefix ? ticker.slice(2) : ticker
  switch (prefix) {
    case '':
      return named('equity', stockSymbol(rest))
    case 'X':
      return named('crypto', cryptoPair(rest))
    case 'C':
      return named('fx', /^[A-Z]{6}$/.test(rest) ? `${rest.slice(0, 3)}-${rest.slice(3)}` : null)
    case 'I':
      return named('index', HOUSE_STOCK.test(rest) ? rest : null)
    case 'O':
      return named('option', optionFromOcc(rest))
    default:
      return null
  }
}

const named = (assetClass: AssetClass, symbol: string | null): SymbolRef | null =>
  symbol === null ? null : { assetClass, symbol }

function stockSymbol(ticker: string): string | null {
  // Nearly all of them: the vendor's marks are small letters, which the house's grammar does not have.
  if (HOUSE_STOCK.test(ticker)) return ticker
  const preferred = PREFERRED.exec(ticker)
  if (preferred) return `${preferred[1]}.PR${preferred[2]}`
  const marked = MARKED.exec(ticker)
  if (marked) return `${marked[1]}${MARKS[marked[2]!]}`
  return null
}

function cryptoPair(pair: string): string | null {
  const quote = QUOTES.find((q) => pair.endsWith(q) && pair.length > q.length)
  return quote ? `${pair.slice(0, -quote.length)}-${quote}` : null
}

/** The vendor's ticker for a house symbol, or null when the vendor cannot have it. */
export function tickerFromRef(ref: SymbolRef): string | null {
  switch (ref.assetClass) {
    case 'equity':
      return stockTicker(ref.symbol)
    case 'crypto':
    case 'fx':
      return /^[A-Z0-9]+-[A-Z0-9]+$/.test(ref.symbol)
        ? `${ref.assetClass === 'fx' ? 'C' : 'X'}:${ref.symbol.replace('-', '')}`
        : null
    case 'index':
      return `I:${ref.symbol}`
    case 'option': {
      const occ = occFromOption(ref.symbol)
      return occ === null ? null : `O:${occ}`
    }
  }
}

function stockTicker(symbol: string): string {
  const preferred = /^(.+)\.PR([A-Z]*)$/.exec(symbol)
  if (preferred) return `${preferred[1]}p${preferred[2]}`
  for (const [mark, suffix] of [
    ['rw', '.RTWI'],
    ['w', '.WI'],
    ['r', '.RT'],
  ] as const) {
    if (symbol.endsWith(suffix)) return symbol.slice(0, -suffix.length) + mark
  }
  return symbol
}

/** Currency in which an instrument is priced: the pair's second half, else the US dollar. */
export const currencyOf = (ref: SymbolRef): string =>
  ref.assetClass === 'crypto' || ref.assetClass === 'fx' ? ref.symbol.split('-')[1]! : 'USD'
