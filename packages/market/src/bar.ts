import { z } from 'zod'
import type { Micros } from './instant.ts'
import type { SymbolRef } from './instrument.ts'
import type { Timeframe } from './timeframe.ts'

/** How a price series is adjusted: as traded, for splits, or for splits and dividends (total return). */
export const BASES = ['raw', 'split', 'total'] as const
export const basisSchema = /* @__PURE__ */ z.enum(BASES)
export type Basis = z.infer<typeof basisSchema>

/** Open, high, low, close in the instrument's currency; volume in its units, null if unknown. */
export interface Ohlcv {
  open: number
  high: number
  low: number
  close: number
  volume: number | null
}

/** OHLCV over a timeframe. */
export interface Bar extends SymbolRef, Ohlcv {
  timeframe: Timeframe
  /** Start of an intraday bar; for `1d` and longer, midnight UTC of `sessionDate`. */
  ts: Micros
  /** Trading date at the venue, `YYYY-MM-DD`; daily stamps differ by vendor, this does not. */
  sessionDate: string
  basis: Basis
  feed: string
  /** False while the bar is still open. */
  final: boolean
}

/** Why OHLCV cannot be a bar, or null. Pure shape; judgement about size belongs to the quality gate. */
export function ohlcvFault(b: Ohlcv): string | null {
  const fault =
    priceFault('open', b.open) ??
    priceFault('high', b.high) ??
    priceFault('low', b.low) ??
    priceFault('close', b.close)
  if (fault !== null) return fault
  if (b.high < Math.max(b.open, b.close, b.low)) return 'high lies below open, close or low'
  if (b.low > Math.min(b.open, b.close)) return 'low lies above open or close'
  if (b.volume !== null && !(b.volume >= 0)) return `volume is ${b.volume}`
  return null
}

function priceFault(name: string, price: number): string | null {
  if (!Number.isFinite(price)) return `${name} is not a number`
  return price <= 0 ? `${name} is ${price}, not a price` : null
}
