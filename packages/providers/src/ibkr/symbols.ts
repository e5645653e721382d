// House symbols as TWS contracts: a space for a class of share (`BRK B`), pairs at IDEALPRO, indices at their exchange.
import type { SymbolRef } from '@onetape/market'
import type { TwsContract } from './tws.ts'

/** Where an index is calculated, and its name there where it is another one. */
const INDICES: Readonly<Record<string, { exchange: string; symbol?: string }>> = {
  SPX: { exchange: 'CBOE' },
  VIX: { exchange: 'CBOE' },
  NDX: { exchange: 'NASDAQ' },
  COMP: { exchange: 'NASDAQ' },
  RUT: { exchange: 'RUSSELL' },
  DJI: { exchange: 'CME', symbol: 'INDU' },
}

const OPTION = /^([A-Z0-9.]{1,8}):(\d{4})-(\d{2})-(\d{2}):([CP]):(\d+(?:\.\d+)?)$/

/** What to ask the vendor's list of contracts for; null where it can have none. */
export function contractFromRef(ref: SymbolRef): TwsContract | null {
  switch (ref.assetClass) {
    case 'equity':
      return { symbol: stock(ref.symbol), secType: 'STK', exchange: 'SMART', currency: 'USD' }
    case 'fx': {
      const [base, quote] = ref.symbol.split('-')
      return base && quote ? { symbol: base, secType: 'CASH', exchange: 'IDEALPRO', currency: quote } : null
    }
    case 'index': {
      const { exchange = '', symbol = ref.symbol } = INDICES[ref.symbol] ?? {}
      return { symbol, secType: 'IND', exchange, currency: 'USD' }
    }
    case 'option': {
      const m = OPTION.exec(ref.symbol)
      if (!m) return null
      const [, root, y, mo, d, right, strike] = m as unknown as [string, ...string[]]
      return {
        symbol: stock(root!),
        secType: 'OPT',
        exchange: 'SMART',
        currency: 'USD',
        expiry: `${y}${mo}${d}`,
        strike: Number(strike),
        right: right as 'C' | 'P',
        multiplier: 100,
      }
    }
    case 'crypto':
      return null
  }
}

const stock = (symbol: string): string => symbol.replace('.', ' ')

/** Listings in the United States, the more usual first. Others bear the same name for another company, or in another currency. */
const US_LISTINGS = ['NASDAQ', 'NYSE', 'ARCA', 'AMEX', 'BATS', 'IEX', 'PINK']

/** The one contract that is meant, of all that the vendor lists under a name. */
export function contractMeant(ref: SymbolRef, found: readonly TwsContract[]): TwsContract | null {
  if (ref.assetClass !== 'equity') return found[0] ?? null
  const rank = (c: TwsContract) => US_LISTINGS.indexOf(c.primaryExchange?.split('.')[0] ?? '')
  const listed = found.filter((c) => c.currency === 'USD' && rank(c) >= 0)
  return listed.sort((a, b) => rank(a) - rank(b))[0] ?? null
}

/** `YYYYMMDD` and `YYYY-MM-DD` */
export const compactDate = (date: string): string => date.replaceAll('-', '')
export const isoDate = (compact: string): string =>
  `${compact.slice(0, 4)}-${compact.slice(4, 6)}-${compact.slice(6, 8)}`
