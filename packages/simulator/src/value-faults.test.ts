import { afterEach, describe, expect, it } from 'vitest'
import type { FaultOrder } from './faults.ts'
import { type Stage, stage } from './testing.ts'

const stages: Stage[] = []
afterEach(async () => {
  for (const one of stages.splice(0)) await one[Symbol.asyncDispose]()
})

/** How each vendor tells the price of a listing; `quote` where it tells bid and ask. */
interface Teller {
  vendor: 'polygon' | 'yahoo' | 'coinbase'
  symbol: string
  price(s: Stage): Promise<number>
  quote?(s: Stage): Promise<[number, number]>
  time(s: Stage): Promise<number>
}

const APPLE = '/polygon/v2/snapshot/locale/us/markets/stocks/tickers?tickers=AAPL,MSFT'
const CHART = '/yahoo/v8/finance/chart/AAPL?interval=1d&range=5d'
const TICKER = '/coinbase/api/v3/brokerage/market/products/BTC-USD/ticker?limit=1'

const first = async (s: Stage) => (await s.get(APPLE)).json.tickers[0]
const meta = async (s: Stage) => (await s.get(CHART)).json.chart.result[0].meta
const ticker = async (s: Stage) => (await s.get(TICKER)).json

const TELLERS: Teller[] = [
  {
    vendor: 'polygon',
    symbol: 'AAPL',
    price: async (s) => (await first(s)).lastTrade.p,
    quote: async (s) => {
      const { lastQuote } = await first(s)
      return [lastQuote.p, lastQuote.P]
    },
    time: async (s) => (await first(s)).updated / 1e9,
  },
  {
    vendor: 'yahoo',
    symbol: 'AAPL',
    price: async (s) => (await meta(s)).regularMarketPrice,
    time: async (s) => (await meta(s)).regularMarketTime,
  },
  {
    vendor: 'coinbase',
    symbol: 'BTC-USD',
    price: async (s) => Number((await ticker(s)).trades[0].price),
    quote: async (s) => {
      const { best_bid, best_ask } = await ticker(s)
      return [Number(best_bid), Number(best_ask)]
    },
    time: async (s) => Date.parse((await ticker(s)).trades[0].time) / 1000,
  },
]

async function staged(): Promise<Stage> {
  const s = await stage()
  stages.push(s)
  return s
}

describe.each(TELLERS)('$vendor with values that are not so', (teller) => {
  const { vendor, symbol } = teller
  const order = (s: Stage, o: Omit<FaultOrder, 'vendor'>) => s.simulator.faults.add({ vendor, ...o })

  it('three and a hundred times the price, once', async () => {
    const s = await staged()
    const price = await teller.price(s)
    order(s, { kind: 'outlier', count: 1, symbol })
    expect((await teller.price(s)) / price).toBeCloseTo(3, 5)
    order(s, { kind: 'unit_error', count: 1 })
    expect((await teller.price(s)) / price).toBeCloseTo(100, 5)
    expect(await teller.price(s)).toBe(price)
    const kinds = s.simulator.requestsAfter(0).map((r) => r.fault)
    expect(kinds).toEqual([null, 'outlier', 'unit_error', null])
  })

  it('an hour old', async () => {
    const s = await staged()
    const time = await teller.time(s)
    order(s, { kind: 'stale', symbol })
    const old = time - (await teller.time(s))
    expect(old > 3_500 && old < 3_700).toBe(true)
  })

  it('bid above ask', async () => {
    if (!teller.quote) return
    const s = await staged()
    const [bid, ask] = await teller.quote(s)
    order(s, { kind: 'inverted', symbol })
    expect(await teller.quote(s)).toEqual([ask, bid])
  })
})

describe('a fault on one symbol', () => {
  it('leaves the others alone, and is not spent on answers without it', async () => {
    const s = await staged()
    const before = (await s.get(APPLE)).json.tickers
    s.simulator.faults.add({ vendor: 'polygon', kind: 'outlier', symbol: 'MSFT', count: 1 })
    expect(
      (await s.get('/polygon/v2/snapshot/locale/us/markets/stocks/tickers?tickers=AAPL,IBM')).status,
    ).toBe(200)
    expect(s.simulator.faults.list()).toHaveLength(1)
    const after = (await s.get(APPLE)).json.tickers
    expect(after[0]).toEqual(before[0])
    expect(after[1].lastTrade.p).toBeCloseTo(before[1].lastTrade.p * 3, 5)
    expect(s.simulator.faults.list()).toEqual([])
  })

  it('puts another listing in its place', async () => {
    const s = await staged()
    s.simulator.faults.add({ kind: 'wrong_symbol', symbol: 'AAPL' })
    const tickers = (await s.get(APPLE)).json.tickers.map((t: { ticker: string }) => t.ticker)
    expect(tickers).toHaveLength(2)
    expect(tickers).toContain('MSFT')
    expect(tickers).not.toContain('AAPL')
    expect((await meta(s)).symbol).not.toBe('AAPL')
  })

  it('bends bars like prices, without being remembered', async () => {
    const s = await staged()
    const path = '/polygon/v2/aggs/ticker/AAPL/range/1/day/2026-11-16/2026-11-20'
    const before = (await s.get(path)).text
    s.simulator.faults.add({ vendor: 'polygon', kind: 'unit_error', symbol: 'AAPL', count: 1 })
    const [row] = (await s.get(path)).json.results
    expect(row.c / JSON.parse(before).results[0].c).toBeCloseTo(100, 5)
    expect((await s.get(path)).text).toBe(before)
    const range = (await meta(s)).fiftyTwoWeekHigh
    s.simulator.faults.add({ vendor: 'yahoo', kind: 'outlier', count: 1 })
    await meta(s)
    expect((await meta(s)).fiftyTwoWeekHigh).toBe(range)
  })
})
