import type { QuoteRow } from '@onetape/api/router'
import { describe, expect, it } from 'vitest'
import type { MarketQuery } from './market-order.ts'
import { StandingOrder } from './standing-order.ts'

const row = (symbol: string, last: number) =>
  ({ key: `equity:US:${symbol}`, symbol, assetClass: 'equity', name: symbol, last }) as QuoteRow
const tapeOf = (...rows: QuoteRow[]) => new Map(rows.map((r) => [r.key, r]))
const query: MarketQuery = { text: '', assetClass: 'all', sort: 'last', desc: true }
const symbols = (keys: readonly string[]) => keys.map((key) => key.slice('equity:US:'.length)).join('')

describe('the standing order', () => {
  it('follows the prices, and is the same array while it does not change', () => {
    const order = new StandingOrder()
    const rows = tapeOf(row('A', 1), row('B', 2), row('C', 3))
    const first = order.update({ rows, query, now: null, isHeld: false })
    expect(symbols(first)).toBe('CBA')
    rows.set('equity:US:A', row('A', 1.5))
    expect(order.update({ rows, query, now: null, isHeld: false })).toBe(first)
    rows.set('equity:US:A', row('A', 9))
    expect(symbols(order.update({ rows, query, now: null, isHeld: false }))).toBe('ACB')
  })

  it('stands still under the pointer, and moves on when it is gone', () => {
    const order = new StandingOrder()
    const rows = tapeOf(row('A', 1), row('B', 2))
    order.update({ rows, query, now: null, isHeld: false })
    rows.set('equity:US:A', row('A', 9))
    rows.set('equity:US:C', row('C', 5))
    expect(symbols(order.update({ rows, query, now: null, isHeld: true }))).toBe('BA')
    expect(symbols(order.update({ rows, query, now: null, isHeld: false }))).toBe('ACB')
  })

  it('answers another question at once, held or not', () => {
    const order = new StandingOrder()
    const rows = tapeOf(row('A', 1), row('B', 2))
    order.update({ rows, query, now: null, isHeld: false })
    const filtered = { ...query, text: 'a' }
    expect(symbols(order.update({ rows, query: filtered, now: null, isHeld: true }))).toBe('A')
    const turned = { ...query, desc: false }
    expect(symbols(order.update({ rows, query: turned, now: null, isHeld: true }))).toBe('AB')
  })

  it('leaves no hole when another tape takes the place of this one', () => {
    const order = new StandingOrder()
    order.update({ rows: tapeOf(row('A', 1), row('B', 2)), query, now: null, isHeld: false })
    const other = tapeOf(row('B', 7), row('C', 8))
    expect(symbols(order.update({ rows: other, query, now: null, isHeld: true }))).toBe('CB')
  })
})
