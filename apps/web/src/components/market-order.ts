// Which rows the Market page shows and in which order, and what they say together. Pure; runs at most once a second.
import type { QuoteRow } from '@onetape/api/router'

export const MARKET_CLASSES = ['all', 'equity', 'crypto', 'fx', 'index'] as const
export type MarketClass = (typeof MARKET_CLASSES)[number]

export const SORT_COLUMNS = [
  'symbol',
  'name',
  'last',
  'change',
  'changePct',
  'volume',
  'turnover',
  'time',
  'source',
] as const
export type SortColumn = (typeof SORT_COLUMNS)[number]

export interface MarketQuery {
  text: string
  assetClass: MarketClass
  sort: SortColumn
  desc: boolean
}

/** Money that changed hands in the session, roughly: what makes shares and coins comparable. */
export const turnoverOf = (row: Pick<QuoteRow, 'last' | 'volume'>): number | null =>
  row.last === null || row.volume === null ? null : row.last * row.volume

/** What each column sorts by. */
export const SORT_VALUES: Record<SortColumn, (row: QuoteRow) => string | number | null> = {
  symbol: (row) => row.symbol,
  name: (row) => row.name,
  last: (row) => row.last,
  change: (row) => row.change,
  changePct: (row) => row.changePct,
  volume: (row) => row.volume,
  turnover: turnoverOf,
  time: (row) => row.ts,
  source: (row) => row.source,
}

export function matches(row: QuoteRow, query: Pick<MarketQuery, 'text' | 'assetClass'>): boolean {
  if (query.assetClass !== 'all' && row.assetClass !== query.assetClass) return false
  const text = query.text.trim().toLowerCase()
  return (
    text === '' ||
    row.symbol.toLowerCase().includes(text) ||
    (row.name?.toLowerCase().includes(text) ?? false)
  )
}

/** Matching rows in order. What is unknown comes last in both directions; equals keep the order of their keys. */
export function orderRows(rows: Iterable<QuoteRow>, query: MarketQuery): QuoteRow[] {
  const value = SORT_VALUES[query.sort]
  const sign = query.desc ? -1 : 1
  const keyed: { row: QuoteRow; v: string | number | null }[] = []
  for (const row of rows) if (matches(row, query)) keyed.push({ row, v: value(row) })
  keyed.sort((a, b) => {
    if (a.v === null || b.v === null) return a.v === b.v ? byKey(a.row, b.row) : a.v === null ? 1 : -1
    if (a.v === b.v) return byKey(a.row, b.row)
    return a.v < b.v ? -sign : sign
  })
  return keyed.map(({ row }) => row)
}

const byKey = (a: QuoteRow, b: QuoteRow): number => (a.key < b.key ? -1 : 1)

export interface Breadth {
  up: number
  down: number
  flat: number
  gainers: QuoteRow[]
  losers: QuoteRow[]
}

const MOVERS_MAX = 4
/** Below this turnover a move of half its price says little. */
const MOVER_TURNOVER_MIN = 1_000_000

export function breadthOf(rows: Iterable<QuoteRow>, assetClass: MarketClass): Breadth {
  let up = 0
  let down = 0
  let flat = 0
  const traded: QuoteRow[] = []
  for (const row of rows) {
    if (row.changePct === null || (assetClass !== 'all' && row.assetClass !== assetClass)) continue
    if (row.changePct > 0) up++
    else if (row.changePct < 0) down++
    else flat++
    if ((turnoverOf(row) ?? 0) >= MOVER_TURNOVER_MIN) traded.push(row)
  }
  traded.sort((a, b) => b.changePct! - a.changePct! || byKey(a, b))
  return {
    up,
    down,
    flat,
    gainers: traded.slice(0, MOVERS_MAX).filter((row) => row.changePct! > 0),
    losers: traded
      .slice(-MOVERS_MAX)
      .reverse()
      .filter((row) => row.changePct! < 0),
  }
}
