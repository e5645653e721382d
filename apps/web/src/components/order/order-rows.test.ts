import type { OrderRow } from '@onetape/api/router'
import { expect, it } from 'vitest'
import { diffLine, type OwnOrder, rowsOf, unsplitOf, withoutUseless } from './order-rows.ts'

const row = (
  assetClass: OrderRow['assetClass'],
  house: string[],
  order: string[] | null = null,
): OrderRow => ({
  kind: 'quotes',
  assetClass,
  order,
  version: order ? 1 : 0,
  house,
})
const rows = [
  row('all', ['polygon', 'alpaca', 'coinbase']),
  row('equity', ['polygon', 'alpaca']),
  row('crypto', ['coinbase', 'polygon']),
]
const owning =
  (held: Record<string, string[]>): OwnOrder =>
  (kind, assetClass) =>
    kind === 'quotes' ? (held[assetClass] ?? null) : null

it('shows the house default where nothing was set', () => {
  expect(rowsOf(rows, 'quotes', owning({}))).toEqual([
    {
      kind: 'quotes',
      assetClass: 'all',
      order: ['polygon', 'alpaca', 'coinbase'],
      whose: 'house',
      house: ['polygon', 'alpaca', 'coinbase'],
      diff: [],
    },
  ])
})

it('shows the classes that were split off, and how each differs from its own house order', () => {
  const views = rowsOf(
    rows,
    'quotes',
    owning({ all: ['alpaca', 'polygon'], crypto: ['polygon', 'coinbase'] }),
  )
  expect(views.map((v) => [v.assetClass, v.whose, v.order])).toEqual([
    ['all', 'own', ['alpaca', 'polygon']],
    ['crypto', 'own', ['polygon', 'coinbase']],
  ])
  expect(diffLine(views[0]!.diff)).toBe('alpaca from 2nd to 1st; coinbase not asked')
  expect(diffLine(views[1]!.diff)).toBe('polygon from 2nd to 1st')
})

it('shows an order of a class that it would not offer', () => {
  expect(rowsOf(rows, 'fundamentals', () => ['polygon']).map((v) => v.assetClass)).toContain('crypto')
})

it('offers the classes that a kind is asked for, and none twice', () => {
  expect(unsplitOf('quotes', owning({ crypto: ['polygon'] }))).toEqual(['equity', 'fx', 'index'])
  expect(unsplitOf('fundamentals', owning({}))).toEqual([])
})

it('leaves out of the house order who has not the kind, unless that is everybody', () => {
  const useful = withoutUseless(rows, (name, _, assetClass) => assetClass === 'crypto' && name === 'coinbase')
  expect(useful.map((r) => r.house)).toEqual([rows[0]!.house, rows[1]!.house, ['coinbase']])
})
