// Which rows the Market page shows and in which order, and what they say together. Pure; runs at most once a second.
import type { QuoteRow } from '@onetape/api/router'
import type { Micros } from '@onetape/market'
import { judgeAt, type QuoteState } from './quote-freshness.ts'

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
  /** Only rows in this state; all when it is not there. */
  state?: QuoteState
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

export function* ofClass(rows: Iterable<QuoteRow>, assetClass: MarketClass): Generator<QuoteRow> {
  for (const row of rows) if (assetClass === 'all' || row.assetClass === assetClass) yield row
}

/** Whether a row is looked for. Built once per query, asked 8,000 times. */
export function matcherOf(
  { text: typed, assetClass, state }: Omit<MarketQuery, 'sort' | 'desc'>,
  now: Micros | null,
): (row: QuoteRow) => boolean {
  const text = typed.trim().toLowerCase()
  const judge = state === undefined || now === null ? null : judgeAt(now)
  return (row) =>
    (assetClass === 'all' || row.assetClass === assetClass) &&
    (text === '' ||
      row.symbol.toLowerCase().includes(text) ||
      (row.name?.toLowerCase().includes(text) ?? false)) &&
    (judge === null || judge(row) === state)
}

/**
 * Matching rows in order. What is unknown comes last in both directions; equals keep the order of their keys, so the
 * order in which rows come in does not matter: given as they stood last, they are sorted in a fraction of the time.
 */
export function orderRows(
  rows: Iterable<QuoteRow>,
  query: MarketQuery,
  now: Micros | null = null,
): QuoteRow[] {
  const matches = matcherOf(query, now)
  const value = SORT_VALUES[query.sort]
  const sign = query.desc ? -1 : 1
  const keyed: { row: QuoteRow; v: string | number | null }[] = []
  for (const row of rows) if (matches(row)) keyed.push({ row, v: value(row) })
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
  const gainers = new Top((a, b) => b.changePct! - a.changePct! || byKey(a, b))
  const losers = new Top((a, b) => a.changePct! - b.changePct! || byKey(b, a))
  for (const row of rows) {
    if (row.changePct === null || (assetClass !== 'all' && row.assetClass !== assetClass)) continue
    const isTraded = (turnoverOf(row) ?? 0) >= MOVER_TURNOVER_MIN
    if (row.changePct > 0) {
      up++
      if (isTraded) gainers.offer(row)
    } else if (row.changePct < 0) {
      down++
      if (isTraded) losers.offer(row)
    } else flat++
  }
  return { up, down, flat, gainers: gainers.rows, losers: losers.rows }
}

/** The first few by an order, without sorting the rest. */
class Top {
  readonly rows: QuoteRow[] = []
  readonly #order: (a: QuoteRow, b: QuoteRow) => number

  constructor(order: (a: QuoteRow, b: QuoteRow) => number) {
    this.#order = order
  }

  offer(row: QuoteRow): void {
    const { rows } = this
    if (rows.length === MOVERS_MAX && this.#order(row, rows.at(-1)!) > 0) return
    const at = rows.findIndex((other) => this.#order(row, other) < 0)
    rows.splice(at < 0 ? rows.length : at, 0, row)
    rows.length = Math.min(rows.length, MOVERS_MAX)
  }
}
