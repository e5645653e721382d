import type { QuoteRow } from '@onetape/api/router'
import { describe, expect, it } from 'vitest'
import { breadthOf, type MarketQuery, orderRows } from './market-order.ts'

const row = (symbol: string, more: Partial<QuoteRow> = {}): QuoteRow => ({
  key: `${more.assetClass === 'crypto' ? 'crypto:' : 'equity:US:'}${symbol}`,
  symbol,
  assetClass: 'equity',
  name: `${symbol} Corporation`,
  last: 10,
  change: 1,
  changePct: 10,
  bid: null,
  ask: null,
  bidSize: null,
  askSize: null,
  volume: 1_000_000,
  dayOpen: null,
  dayHigh: null,
  dayLow: null,
  previousClose: 9,
  ts: 1,
  fetchedAt: 1,
  source: 'polygon',
  feed: 'delayed',
  delayedMinutes: 15,
  tsOrigin: 'vendor',
  currency: 'USD',
  sessionDate: '2026-11-23',
  staleAfterUs: null,
  batchId: 1,
  ...more,
})

const query: MarketQuery = { text: '', assetClass: 'all', sort: 'symbol', desc: false }
const symbols = (rows: QuoteRow[]) => rows.map((r) => r.symbol)

describe('order', () => {
  const rows = [row('B', { last: 3 }), row('C', { last: null }), row('A', { last: 7 }), row('D', { last: 3 })]

  it('by text and by number, both ways', () => {
    expect(symbols(orderRows(rows, query))).toEqual(['A', 'B', 'C', 'D'])
    expect(symbols(orderRows(rows, { ...query, desc: true }))).toEqual(['D', 'C', 'B', 'A'])
    expect(symbols(orderRows(rows, { ...query, sort: 'last' }))).toEqual(['B', 'D', 'A', 'C'])
  })

  it('the unknown comes last either way, and equals do not change places', () => {
    expect(symbols(orderRows(rows, { ...query, sort: 'last', desc: true }))).toEqual(['A', 'B', 'D', 'C'])
  })

  it('turnover compares shares with coins', () => {
    const mixed = [
      row('AAPL', { last: 200, volume: 1_000 }),
      row('BTC-USD', { assetClass: 'crypto', last: 90_000, volume: 10 }),
    ]
    expect(symbols(orderRows(mixed, { ...query, sort: 'turnover', desc: true }))).toEqual(['BTC-USD', 'AAPL'])
  })

  it('filters by class, symbol and name', () => {
    const mixed = [
      row('AAPL', { name: 'Apple Inc.' }),
      row('MSFT'),
      row('BTC-USD', { assetClass: 'crypto', name: 'Bitcoin' }),
    ]
    expect(symbols(orderRows(mixed, { ...query, text: ' apple ' }))).toEqual(['AAPL'])
    expect(symbols(orderRows(mixed, { ...query, text: 'ms' }))).toEqual(['MSFT'])
    expect(symbols(orderRows(mixed, { ...query, assetClass: 'crypto' }))).toEqual(['BTC-USD'])
    expect(orderRows([row('X', { name: null })], { ...query, text: 'corp' })).toEqual([])
  })
})

describe('order, however the rows come in', () => {
  it('is the same', () => {
    const rows = ['E', 'A', 'D', 'B', 'C'].map((s) => row(s, { last: s < 'C' ? 5 : 6 }))
    const byLast: MarketQuery = { ...query, sort: 'last', desc: true }
    expect(symbols(orderRows(rows, byLast))).toEqual(['C', 'D', 'E', 'A', 'B'])
    expect(symbols(orderRows(rows.toReversed(), byLast))).toEqual(['C', 'D', 'E', 'A', 'B'])
  })

  it('of one state', () => {
    const now = Date.parse('2026-11-23T15:42:00Z') * 1_000
    const fresh = { ts: now, fetchedAt: now, staleAfterUs: 120e6, delayedMinutes: 0 }
    const rows = [row('LIVE', fresh), row('OLD', { ...fresh, ts: now - 9e8, fetchedAt: now - 9e8 })]
    expect(symbols(orderRows(rows, { ...query, state: 'stale' }, now))).toEqual(['OLD'])
    expect(symbols(orderRows(rows, { ...query, state: 'live' }, now))).toEqual(['LIVE'])
  })
})

describe('breadth', () => {
  it('counts directions and names those that moved most on real trading', () => {
    const rows = [
      row('UP', { changePct: 5 }),
      row('UPPER', { changePct: 9 }),
      row('DOWN', { changePct: -3 }),
      row('FLAT', { changePct: 0 }),
      row('PENNY', { changePct: 80, last: 0.1, volume: 10 }),
      row('NEW', { changePct: null }),
    ]
    const breadth = breadthOf(rows, 'all')
    expect(breadth).toMatchObject({ up: 3, down: 1, flat: 1 })
    expect(symbols(breadth.gainers)).toEqual(['UPPER', 'UP'])
    expect(symbols(breadth.losers)).toEqual(['DOWN'])
  })

  it('of one class', () => {
    expect(breadthOf([row('A'), row('BTC-USD', { assetClass: 'crypto' })], 'crypto')).toMatchObject({
      up: 1,
      down: 0,
    })
  })
})
