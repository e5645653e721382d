import type { Micros } from './instant.ts'
import type { SymbolRef } from './instrument.ts'

/**
 * One contract of a chain as last seen. `symbol` is the house's option symbol (`AAPL:2024-05-17:P:190`, the tail of its
 * key). `null` means that the vendor did not say; sentinels (`NaN`, -999) are null. Prices in `currency` per share;
 * `impliedVolatility` is a fraction a year (0.25). Greeks for one share: `delta` and `gamma` for one unit of the
 * underlying's price, `theta` for one calendar day, `vega` for one percentage point of volatility, as vendors quote them.
 */
export interface OptionQuote extends SymbolRef {
  underlying: SymbolRef
  /** `YYYY-MM-DD` */
  expiry: string
  right: 'call' | 'put'
  strike: number
  /** Shares that one contract is for. */
  contractSize: number
  last: number | null
  bid: number | null
  ask: number | null
  bidSize: number | null
  askSize: number | null
  volume: number | null
  openInterest: number | null
  impliedVolatility: number | null
  delta: number | null
  gamma: number | null
  theta: number | null
  vega: number | null
  ts: Micros
  tsOrigin: 'vendor' | 'response'
  feed: string
  delayedMinutes: number
  currency: string
}
