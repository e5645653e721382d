// One expiry of an options chain, arranged by strike: the call on the left, the put on the right. Pure.
import type { OptionQuote } from '@onetape/market'

export interface StrikeRow {
  key: string
  strike: number
  /** Shares per contract where that is not a hundred: such contracts stand in a row of their own. */
  oddSize: number | null
  call: OptionQuote | null
  put: OptionQuote | null
}

export interface StrikeTable {
  rows: StrikeRow[]
  /** The first row whose strike lies above the underlying's price; null when that is not known. */
  firstAbove: number | null
}

const USUAL_SIZE = 100

export function arrangeChain(contracts: readonly OptionQuote[], underlying: number | null): StrikeTable {
  const byKey = new Map<string, StrikeRow>()
  for (const contract of contracts) {
    const { strike, contractSize, right } = contract
    const key = `${strike} ${contractSize}`
    const oddSize = contractSize === USUAL_SIZE ? null : contractSize
    const row = byKey.get(key) ?? { key, strike, oddSize, call: null, put: null }
    row[right] = contract
    byKey.set(key, row)
  }
  const rows = [...byKey.values()].sort(
    (a, b) => a.strike - b.strike || (a.oddSize ?? USUAL_SIZE) - (b.oddSize ?? USUAL_SIZE),
  )
  if (underlying === null) return { rows, firstAbove: null }
  const at = rows.findIndex((row) => row.strike > underlying)
  return { rows, firstAbove: at < 0 ? rows.length : at }
}

/** A call below the underlying's price, a put above it: exercising it now would pay. */
export const isInTheMoney = (right: 'call' | 'put', strike: number, underlying: number | null): boolean =>
  underlying !== null && (right === 'call' ? strike < underlying : strike > underlying)

/** Whole days from one trading date to another. */
export const daysUntil = (expiry: string, today: string): number =>
  Math.round((Date.parse(`${expiry}T00:00:00Z`) - Date.parse(`${today}T00:00:00Z`)) / 86_400_000)

/** A fraction as a percentage: `32.4%`. */
export const formatVolatility = (fraction: number | null): string =>
  fraction === null ? '' : `${(fraction * 100).toFixed(1)}%`

/** Three digits that tell something: `0.52`, `−0.035`, `0.0023`. */
export function formatGreek(value: number | null): string {
  if (value === null) return ''
  const size = Math.abs(value)
  const places = size >= 0.1 || size === 0 ? 2 : size >= 0.01 ? 3 : 4
  const text = size.toFixed(places)
  return `${value < 0 && /[1-9]/.test(text) ? '−' : ''}${text}`
}
