import type { MatrixCell, SourceReport } from '@onetape/api/router'
import { describe, expect, it } from 'vitest'
import { historyWords, matrixView, ordinal, rankOf, sourcesInOrder } from './source-matrix.ts'

const NONE: MatrixCell = { state: 'none', delayedMinutes: null, feed: null, historyDays: null }
const LIVE: MatrixCell = { state: 'live', delayedMinutes: 0, feed: 'sip', historyDays: null }
const late = (delayedMinutes: number): MatrixCell => ({ ...LIVE, state: 'delayed', delayedMinutes })
const NOT_ENTITLED: MatrixCell = { ...NONE, state: 'not_entitled' }

const row = (quotes: MatrixCell, charts = NONE) => ({
  quotes,
  charts,
  fundamentals: NONE,
  options: NONE,
  stream: NONE,
})
const source = (name: string, more: Partial<SourceReport> = {}): SourceReport => ({
  name,
  provider: name,
  label: name,
  owner: 'house',
  state: 'connected',
  message: null,
  tier: 'x',
  tierLabel: 'X',
  authExpiresAt: null,
  matrix: {},
  timeframes: {},
  health: null,
  budgets: [],
  lastCalls: [],
  stream: null,
  ...more,
})

describe('a cell', () => {
  const polygon = source('polygon', {
    matrix: {
      equity: row(late(15), { ...late(15), historyDays: 1825 }),
      crypto: row(NOT_ENTITLED, LIVE),
      fx: row(late(5)),
    },
    timeframes: { equity: ['1m', '1d'] },
  })

  it('says its state in words, and the rest in its title', () => {
    expect(matrixView(polygon, 'equity', 'charts')).toMatchObject({
      word: '15 min late',
      title: 'polygon, charts: 15 minutes behind the venue, feed sip, history of 5 years; bars of 1m, 1d',
    })
    expect(matrixView(polygon, 'crypto', 'quotes').word).toBe('not in plan')
  })

  it('is none for an asset class that the adapter does not know', () => {
    expect(matrixView(polygon, 'index', 'quotes')).toMatchObject({ state: 'none', word: 'none' })
  })

  it('of all classes is the best of them, and its title tells them apart', () => {
    const cell = matrixView(polygon, 'all', 'quotes')
    expect(cell).toMatchObject({ state: 'delayed', delayedMinutes: 5 })
    expect(cell.title.split('\n')).toHaveLength(4)
    expect(matrixView(polygon, 'all', 'charts').state).toBe('live')
    expect(matrixView(polygon, 'all', 'options').state).toBe('none')
  })
})

describe('the order', () => {
  const order = {
    equity: ['polygon', 'alpaca'],
    crypto: ['coinbase', 'polygon'],
    fx: ['oanda'],
    index: ['polygon'],
    option: ['alpaca', 'polygon'],
  }

  it('ranks a source in one class, or best in all', () => {
    expect(rankOf(order, 'crypto', { provider: 'polygon' })).toEqual({ place: 2, classes: ['crypto'] })
    expect(rankOf(order, 'all', { provider: 'polygon' })).toEqual({ place: 1, classes: ['equity', 'index'] })
    expect(rankOf(order, 'fx', { provider: 'polygon' })).toBeNull()
  })

  it('puts who is asked first on top, and the unranked last by name', () => {
    const sources = ['yahoo', 'ibkr', 'polygon', 'coinbase', 'alpaca'].map((name) => source(name))
    const names = (choice: 'all' | 'crypto') => sourcesInOrder({ order, sources }, choice).map((s) => s.name)
    expect(names('crypto')).toEqual(['coinbase', 'polygon', 'alpaca', 'ibkr', 'yahoo'])
    expect(names('all')).toEqual(['polygon', 'coinbase', 'alpaca', 'ibkr', 'yahoo'])
  })
})

it.each([
  [1, '1st'],
  [2, '2nd'],
  [3, '3rd'],
  [4, '4th'],
  [11, '11th'],
  [21, '21st'],
])('%d is the %s', (n, text) => expect(ordinal(n)).toBe(text))

it('says how far back history goes', () => {
  expect([1, 30, 365, 730, 1825].map(historyWords)).toEqual([
    '1 day',
    '30 days',
    '365 days',
    '2 years',
    '5 years',
  ])
})
