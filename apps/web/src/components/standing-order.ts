// The order in which the Market table's rows stand. It follows the prices at a calm pace, but never under the
// reader's pointer: while that is on the rows, those that are there keep their places.
import type { QuoteRow } from '@onetape/api/router'
import type { Micros } from '@onetape/market'
import { type MarketQuery, orderRows } from './market-order.ts'

export interface OrderRequest {
  rows: ReadonlyMap<string, QuoteRow>
  query: MarketQuery
  now: Micros | null
  isHeld: boolean
}

export class StandingOrder {
  #keys: readonly string[] = []
  #query: MarketQuery | null = null
  #rows: ReadonlyMap<string, QuoteRow> | null = null
  #size = 0

  /** Keys of what is shown, in order: the very same array while nothing changed. */
  update({ rows, query, now, isHeld }: OrderRequest): readonly string[] {
    // Rows never go but with the whole Map.
    const isSame = this.#rows === rows && this.#query !== null && sameQuery(this.#query, query)
    if (isSame && isHeld) return this.#keys
    const isWhole = isSame && this.#size === rows.size && this.#keys.length === rows.size
    const before = isWhole ? this.#keys.map((key) => rows.get(key)!) : rows.values()
    const keys = orderRows(before, query, now).map((row) => row.key)
    this.#query = query
    this.#rows = rows
    this.#size = rows.size
    if (!sameKeys(this.#keys, keys)) this.#keys = keys
    return this.#keys
  }
}

const sameQuery = (a: MarketQuery, b: MarketQuery): boolean =>
  a.text === b.text &&
  a.assetClass === b.assetClass &&
  a.state === b.state &&
  a.sort === b.sort &&
  a.desc === b.desc

const sameKeys = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((key, index) => key === b[index])
