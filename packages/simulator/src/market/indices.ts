// Stock indices: no listing of their own, but a fund that holds them, times a number. So all vendors agree.
import type { Listing } from './listing.ts'
import type { Market } from './market.ts'

const INDICES: Record<string, { fund: string; factor: number; name: string }> = {
  SPX: { fund: 'SPY', factor: 10, name: 'S&P 500 Index' },
  NDX: { fund: 'QQQ', factor: 41, name: 'Nasdaq 100 Index' },
  DJI: { fund: 'DIA', factor: 100, name: 'Dow Jones Industrial Average' },
  RUT: { fund: 'IWM', factor: 10, name: 'Russell 2000 Index' },
}

export interface Index {
  /** As the house writes it: `SPX`. */
  symbol: string
  name: string
  fund: Listing
  /** Points of the index for one dollar of the fund. */
  factor: number
}

export function indexOf(market: Pick<Market, 'find'>, symbol: string): Index | null {
  const known = Object.hasOwn(INDICES, symbol) ? INDICES[symbol]! : null
  const fund = known && market.find(known.fund)
  return fund ? { symbol, name: known.name, fund, factor: known.factor } : null
}
