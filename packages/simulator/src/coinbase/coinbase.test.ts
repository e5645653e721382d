import { DAY_US, MINUTE_US, microsFromIso } from '@onetape/market'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FRIDAY, type Stage, stage } from '../testing.ts'

const BASE = '/coinbase/api/v3/brokerage/market'
let s: Stage
beforeAll(async () => {
  s = await stage()
})
afterAll(() => s[Symbol.asyncDispose]())

const now = Math.floor(FRIDAY / 1_000_000)
const candles = (granularity: string, start: number, end: number, id = 'BTC-USD') =>
  s.get(`${BASE}/products/${id}/candles?granularity=${granularity}&start=${start}&end=${end}`)

describe('coinbase products', () => {
  it('come all in one call, or the ones repeated', async () => {
    const all = await s.get(`${BASE}/products`)
    expect(all.json.products).toHaveLength(12)
    const two = await s.get(`${BASE}/products?product_ids=BTC-USD&product_ids=DOGE-USD&product_ids=NOPE-USD`)
    expect(two.json.products.map((p: { product_id: string }) => p.product_id)).toEqual([
      'BTC-USD',
      'DOGE-USD',
    ])
    for (const p of all.json.products) {
      expect(p.price).toMatch(/^\d+(\.\d+)?$/)
      expect(Number(p.volume_24h)).toBeGreaterThan(0)
      expect(p).toMatchObject({
        best_bid_price: '',
        status: 'online',
        trading_disabled: false,
        quote_currency_id: 'USD',
      })
    }
  })

  it('know the last 24 hours', async () => {
    const { json } = await s.get(`${BASE}/products/BTC-USD`)
    const day = 86_400
    let volume = 0
    for (let from = now - day; from < now; from += 300 * 60) {
      const { json } = await candles('ONE_MINUTE', from, Math.min(now, from + 300 * 60 - 1))
      volume += json.candles.reduce((v: number, c: { volume: string }) => v + Number(c.volume), 0)
    }
    expect(Math.abs(Number(json.volume_24h) / volume - 1)).toBeLessThan(0.01)
  })

  it('agree with yahoo and polygon', async () => {
    const { json } = await s.get(`${BASE}/products/ETH-USD`)
    const polygon = await s.get('/polygon/v2/snapshot/locale/global/markets/crypto/tickers/X:ETHUSD')
    expect(Number(json.price)).toBe(polygon.json.ticker.lastTrade.p)
  })
})

describe('coinbase candles', () => {
  it('are texts, newest first, the newest still running', async () => {
    const { json } = await candles('ONE_MINUTE', now - 600, now)
    const starts = json.candles.map((c: { start: string }) => Number(c.start))
    expect(starts).toEqual(starts.toSorted((a: number, b: number) => b - a))
    expect(starts[0]).toBe(Math.floor(FRIDAY / MINUTE_US) * 60)
    for (const c of json.candles) {
      expect(Object.values(c).every((v) => typeof v === 'string')).toBe(true)
      expect(
        Number(c.low) <= Math.min(Number(c.open), Number(c.close)) && Number(c.high) >= Number(c.close),
      ).toBe(true)
    }
  })

  it('of an hour are its minutes', async () => {
    const start = Math.floor(now / 3600) * 3600 - 7200
    const [hour] = (await candles('ONE_HOUR', start, start + 3599)).json.candles
    const minutes = (await candles('ONE_MINUTE', start, start + 3599)).json.candles
    expect(hour.open).toBe(minutes.at(-1).open)
    expect(hour.close).toBe(minutes[0].close)
    expect(Number(hour.high)).toBe(Math.max(...minutes.map((m: { high: string }) => Number(m.high))))
    expect(Number(hour.volume)).toBeCloseTo(
      minutes.reduce((v: number, m: { volume: string }) => v + Number(m.volume), 0),
      6,
    )
  })

  it('of days begin with the listing', async () => {
    const { json } = await candles('ONE_DAY', now - 100 * 86_400, now)
    expect(json.candles).toHaveLength(100)
    expect(Number(json.candles[0].start) % 86_400).toBe(0)
    expect((await candles('ONE_DAY', 1_400_000_000, 1_400_000_000 + 50 * 86_400)).json.candles).toEqual([])
  })

  it('are 350 at most', async () => {
    expect((await candles('ONE_MINUTE', now - 350 * 60, now)).status).toBe(200)
    const { status, json } = await candles('ONE_MINUTE', now - 351 * 60, now)
    expect([status, json.error]).toEqual([400, 'INVALID_ARGUMENT'])
    expect((await candles('TEN_MINUTE', now - 600, now)).status).toBe(400)
    expect((await candles('ONE_DAY', now, now - DAY_US / 1_000_000)).status).toBe(400)
  })
})

describe('coinbase trades and book', () => {
  it('show the last trades and the best prices around them', async () => {
    const { json } = await s.get(`${BASE}/products/BTC-USD/ticker?limit=5`)
    expect(json.trades).toHaveLength(5)
    const times = json.trades.map((t: { time: string }) => microsFromIso(t.time)!)
    expect(times).toEqual(times.toSorted((a: number, b: number) => b - a))
    expect(times[0]).toBeLessThanOrEqual(FRIDAY)
    expect(Number(json.best_bid)).toBeLessThan(Number(json.best_ask))
    expect(new Set(json.trades.map((t: { trade_id: string }) => t.trade_id)).size).toBe(5)
  })

  it('show a book that is in order', async () => {
    const { json } = await s.get(`${BASE}/product_book?product_id=SOL-USD&limit=10`)
    const bids = json.pricebook.bids.map((l: { price: string }) => Number(l.price))
    const asks = json.pricebook.asks.map((l: { price: string }) => Number(l.price))
    expect(bids).toEqual(bids.toSorted((a: number, b: number) => b - a))
    expect(asks).toEqual(asks.toSorted((a: number, b: number) => a - b))
    expect([bids.length, bids[0] < asks[0]]).toEqual([10, true])
  })

  it('refuse unknown products', async () => {
    for (const path of [
      '/products/NOPE-USD',
      '/products/AAPL',
      '/product_book?product_id=NOPE-USD',
      '/nothing',
    ]) {
      const { status, json } = await s.get(`${BASE}${path}`)
      expect([path, status, json.error]).toEqual([path, 404, 'NOT_FOUND'])
    }
  })
})
