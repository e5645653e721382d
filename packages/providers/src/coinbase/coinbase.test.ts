import type { SymbolRef } from '@onetape/market'
import { describe, expect, it } from 'vitest'
import type { ProviderDeps } from '../contract.ts'
import { fixture } from '../testing-fixture.ts'
import { at, clockAt, testVendor } from '../testing-server.ts'
import { coinbase } from './index.ts'
import { decimal } from './payload.ts'

const NOW = '2026-02-25T15:00:30Z'
const crypto = (symbol: string): SymbolRef => ({ assetClass: 'crypto', symbol })
const BTC = crypto('BTC-USD')
const DATE = { date: 'Wed, 25 Feb 2026 15:00:29 GMT' }

const providerAt = (url: string, over: Partial<ProviderDeps> = {}) =>
  coinbase.create({
    fetch,
    marketClock: clockAt(NOW),
    wallClock: { now: () => Date.now() * 1000 },
    random: () => 0.5,
    timeoutMs: 2000,
    baseUrls: { rest: url },
    credentials: {},
    ...over,
  })

const products = () => ({ headers: DATE, body: fixture('coinbase/fixtures/products.json') })

describe('products', () => {
  it('all spot products in one call, stamped with the answer’s Date, no sliding volume', async () => {
    await using vendor = await testVendor(products)
    const all = await providerAt(`${vendor.url}/coinbase`).getSnapshots({ assetClass: 'crypto', refs: 'all' })
    expect(vendor.seen.map((r) => r.path)).toEqual(['/coinbase/api/v3/brokerage/market/products'])
    expect(all.rows.map((r) => r.quote.symbol)).toEqual(['BTC-USD', 'ETH-USD', 'BTC-EUR'])
    expect(all.rows[0]).toEqual({
      quote: {
        ...BTC,
        ts: at('2026-02-25T15:00:29Z'),
        tsOrigin: 'response',
        last: 70000.51,
        bid: null,
        ask: null,
        bidSize: null,
        askSize: null,
        volume: null,
        feed: 'coinbase',
        delayedMinutes: 0,
        currency: 'USD',
      },
      minuteBar: null,
      day: null,
      sessionDate: '2026-02-25',
      previousClose: null,
    })
    expect(all.rows[1]!.quote).toMatchObject({ bid: 3500.2, ask: 3500.3 })
  })

  it('halted, delisted, priceless, broken and dated ones are counted with their reason', async () => {
    await using vendor = await testVendor(products)
    const all = await providerAt(vendor.url).getSnapshots({ assetClass: 'crypto', refs: 'all' })
    expect(all.dropped).toEqual([
      { row: 'HALT-USD', reason: 'trading is disabled' },
      { row: 'OLD-USD', reason: 'status is delisted' },
      { row: 'NEW-USD', reason: 'no price' },
      { row: 'BIT-CDE', reason: 'is a FUTURE product' },
      { row: 'BROKEN-USD', reason: 'price: expected string, received number' },
      { row: 'ODD-USD', reason: 'no price' },
    ])
  })

  it('a list repeats its key; what does not come is missing', async () => {
    await using vendor = await testVendor(products)
    const refs = [BTC, crypto('ETH-USD'), crypto('FOO-USD')]
    const some = await providerAt(vendor.url).getSnapshots({ assetClass: 'crypto', refs })
    expect(vendor.seen[0]!.query.getAll('product_ids')).toEqual(['BTC-USD', 'ETH-USD', 'FOO-USD'])
    expect([some.rows.length, some.missing, some.dropped]).toEqual([2, [crypto('FOO-USD')], []])
  })

  it('a row too broken to say whose it is counts too', async () => {
    await using vendor = await testVendor(() => ({ body: { products: [{ product_id: 7, price: 'n/a' }] } }))
    const refs = [BTC, crypto('ETH-USD')]
    const some = await providerAt(vendor.url).getSnapshots({ assetClass: 'crypto', refs })
    expect([some.dropped.map((d) => d.row), some.missing]).toEqual([[0], refs])
  })

  it('one product has its own endpoint; its 404 is a missing symbol', async () => {
    const [row] = JSON.parse(fixture('coinbase/fixtures/products.json')).products
    await using vendor = await testVendor((r) =>
      r.path.endsWith('/BTC-USD')
        ? { headers: DATE, body: row }
        : { status: 404, body: { error: 'NOT_FOUND' } },
    )
    const provider = providerAt(vendor.url)
    const one = await provider.getSnapshots({ assetClass: 'crypto', refs: [BTC] })
    expect(one.rows[0]!.quote.last).toBe(70000.51)
    const none = await provider.getSnapshots({ assetClass: 'crypto', refs: [crypto('NO-USD')] })
    expect(none.missing).toEqual([crypto('NO-USD')])
  })

  it('the list of instruments: spot, in dollars, trading', async () => {
    await using vendor = await testVendor(products)
    const list = await providerAt(vendor.url).listInstruments!('crypto')
    expect(list.rows.map((i) => [i.symbol, i.name, i.currency])).toEqual([
      ['BTC-USD', 'Bitcoin', 'USD'],
      ['ETH-USD', 'Ethereum', 'USD'],
      ['NEW-USD', 'NEW', 'USD'],
      ['ODD-USD', 'ODD', 'USD'],
    ])
    expect(list.dropped).toContainEqual({ row: 'BTC-EUR', reason: 'is priced in EUR, not in USD' })
  })
})

describe('tickers', () => {
  it('a few quotes carry the newest trade’s own time, bid and ask', async () => {
    await using vendor = await testVendor(() => ({
      headers: DATE,
      body: fixture('coinbase/fixtures/ticker.json'),
    }))
    const [quote] = (await providerAt(vendor.url).getQuotes([BTC])).rows
    expect(quote).toMatchObject({ last: 70000.5, bid: 70000.5, ask: 70000.51, tsOrigin: 'vendor' })
    expect(quote!.ts).toBe(at('2026-02-25T14:59:58Z') + 544_778)
  })

  it('the year 1 is no event time: the answer’s Date stands in, marked', async () => {
    const body = {
      trades: [{ price: '5', size: '0.-10000', time: '0001-01-01T00:00:00Z' }],
      best_bid: '',
      best_ask: '0',
    }
    await using vendor = await testVendor(() => ({ headers: DATE, body }))
    const [quote] = (await providerAt(vendor.url).getQuotes([BTC])).rows
    expect(quote).toMatchObject({
      last: 5,
      tsOrigin: 'response',
      ts: at('2026-02-25T15:00:29Z'),
      bid: null,
      ask: null,
    })
  })

  it('unknown ones are missing, empty ones dropped; many quotes are one call', async () => {
    await using vendor = await testVendor((r) => {
      if (r.path.endsWith('/products')) return products()
      return r.path.includes('NO-USD') ? { status: 404 } : { headers: DATE, body: { trades: [] } }
    })
    const provider = providerAt(vendor.url)
    const few = await provider.getQuotes([crypto('NO-USD'), BTC])
    expect([few.missing, few.dropped]).toEqual([[crypto('NO-USD')], [{ row: 'BTC-USD', reason: 'no price' }]])
    const before = vendor.seen.length
    await provider.getQuotes([BTC, ...Array.from({ length: 20 }, (_, i) => crypto(`C${i}-USD`))])
    expect(vendor.seen.length - before).toBe(1)
  })
})

describe('candles', () => {
  const request = {
    ref: BTC,
    timeframe: '1m',
    from: at('2026-02-25T14:55:00Z'),
    to: at('2026-02-25T15:01:00Z'),
  } as const

  it('text to numbers, oldest first, the open one not final, odd ones counted', async () => {
    await using vendor = await testVendor(() => ({ body: fixture('coinbase/fixtures/candles.json') }))
    const bars = await providerAt(vendor.url).getBars(request)
    expect(bars.rows.map((b) => [b.ts, b.close, b.volume, b.final])).toEqual([
      [at('2026-02-25T14:56:00Z'), 69990, 3, true],
      [at('2026-02-25T14:59:00Z'), 70005, 1.25000001, true],
      [at('2026-02-25T15:00:00Z'), 70001.5, 0.5, false],
    ])
    expect(bars.rows[0]).toMatchObject({ sessionDate: '2026-02-25', basis: 'raw', feed: 'coinbase' })
    expect(bars.dropped).toEqual([
      { row: '1772031480', reason: 'volume is "0.-10000", not a number' },
      { row: '1772031420', reason: 'a price is not a number' },
    ])
    expect(Object.fromEntries(vendor.seen[0]!.query)).toEqual({
      start: '1772031300',
      end: '1772031659',
      granularity: 'ONE_MINUTE',
      limit: '300',
    })
  })

  it('pages of 300 meet without a gap or an overlap', async () => {
    await using vendor = await testVendor((r) => {
      const [start, end] = [Number(r.query.get('start')), Number(r.query.get('end'))]
      const candles = []
      for (let t = end - (end % 60); t >= start; t -= 60) {
        candles.push({ start: String(t), low: '1', high: '1', open: '1', close: '1', volume: '1' })
      }
      return { body: { candles } }
    })
    const from = at('2026-02-25T00:00:30Z')
    const bars = await providerAt(vendor.url).getBars({ ...request, from, to: from + 1000 * 60e6 })
    expect([bars.rows.length, bars.calls]).toEqual([1000, 4])
    expect(bars.rows[0]!.ts).toBe(at('2026-02-25T00:01:00Z'))
    expect(bars.rows.every((b, i) => i === 0 || b.ts - bars.rows[i - 1]!.ts === 60e6)).toBe(true)
  })

  it('one failed page is no half series', async () => {
    await using vendor = await testVendor((_r, i) => (i === 1 ? { status: 429 } : { body: { candles: [] } }))
    const whole = providerAt(vendor.url).getBars({ ...request, from: request.to - 1000 * 60e6 })
    await expect(whole).rejects.toMatchObject({ kind: 'rate_limited' })
  })

  it('days are UTC days; longer than a day and 4h are not served', async () => {
    const start = String(Date.parse('2026-02-24') / 1000)
    const body = { candles: [{ start, low: '1', high: '2', open: '1', close: '2', volume: '9' }] }
    await using vendor = await testVendor(() => ({ body }))
    const provider = providerAt(vendor.url)
    const days = { ref: BTC, timeframe: '1d', from: at('2026-02-24'), to: at('2026-02-26') } as const
    expect((await provider.getBars(days)).rows[0]).toMatchObject({
      sessionDate: '2026-02-24',
      ts: at('2026-02-24'),
      final: true,
    })
    await expect(provider.getBars({ ...days, timeframe: '4h' })).rejects.toMatchObject({
      kind: 'unsupported',
    })
  })

  it('an unknown product and too long a range are typed', async () => {
    for (const [status, kind] of [
      [404, 'not_found'],
      [400, 'invalid_request'],
    ] as const) {
      await using vendor = await testVendor(() => ({
        status,
        body: { error: 'x', error_details: 'number of candles' },
      }))
      await expect(providerAt(vendor.url).getBars(request)).rejects.toMatchObject({ kind })
    }
  })
})

it('numbers are decimals or nothing', () => {
  expect(['1', '-0.5', '1e-8', '0.00000001'].map(decimal)).toEqual([1, -0.5, 1e-8, 1e-8])
  expect(['', '0.-10000', '1,5', 'NaN', ' 1', undefined, null].map(decimal)).toEqual(Array(7).fill(null))
})
