import { describe, expect, it } from 'vitest'
import { fixture } from '../testing-fixture.ts'
import { at, testVendor } from '../testing-server.ts'
import { contract, NOW, pair, providerAt, stock } from './testing-alpaca.ts'

const stocks = () => ({ body: fixture('alpaca/fixtures/stocks.json') })
const crypto = () => ({ body: fixture('alpaca/fixtures/crypto.json') })
const NVDA = stock('NVDA')

describe('snapshots of shares', () => {
  it('one call for a list, with the key in headers and the plan’s feed', async () => {
    await using vendor = await testVendor(stocks)
    const got = await providerAt(`${vendor.url}/alpaca`).getSnapshots({ assetClass: 'equity', refs: [NVDA] })
    const [request] = vendor.seen
    expect(request!.path).toBe('/alpaca/v2/stocks/snapshots')
    expect(Object.fromEntries(request!.query)).toEqual({ symbols: 'NVDA', feed: 'sip' })
    expect(request!.headers).toMatchObject({
      'apca-api-key-id': 'PKTEST',
      'apca-api-secret-key': 'very-secret',
    })
    expect(got.rows).toEqual([
      {
        quote: {
          ...NVDA,
          ts: at('2026-02-25T15:00:12Z') + 123_456, // nanoseconds are cut, never rounded up
          tsOrigin: 'vendor',
          last: 191.25,
          bid: 191.24,
          ask: 191.27,
          bidSize: 200,
          askSize: 300,
          volume: 812_345,
          feed: 'sip',
          delayedMinutes: 0,
          currency: 'USD',
        },
        minuteBar: {
          ...NVDA,
          open: 191,
          high: 191.4,
          low: 190.9,
          close: 191.2,
          volume: 5120,
          timeframe: '1m',
          ts: at('2026-02-25T14:59:00Z'),
          sessionDate: '2026-02-25',
          basis: 'split',
          feed: 'sip',
          final: true,
        },
        day: { open: 189.5, high: 192, low: 189.1, close: 191.2, volume: 812_345 },
        sessionDate: '2026-02-25',
        previousClose: 189.9,
      },
    ])
    expect([got.missing, got.calls]).toEqual([[], 1])
  })

  it('the free plan asks IEX and says so in every row', async () => {
    await using vendor = await testVendor(stocks)
    const provider = providerAt(vendor.url, { tier: 'iex_free' })
    const { rows } = await provider.getQuotes([NVDA])
    expect(vendor.seen[0]!.query.get('feed')).toBe('iex')
    expect(rows[0]).toMatchObject({ feed: 'iex', delayedMinutes: 0 })
  })

  it('absent and null members are missing; broken and priceless ones are dropped; others’ are counted, never taken', async () => {
    await using vendor = await testVendor(stocks)
    const refs = ['NVDA', 'GONE', 'NONE', 'BAD', 'DARK'].map(stock)
    const got = await providerAt(vendor.url).getSnapshots({ assetClass: 'equity', refs })
    expect(got.rows.map((r) => r.quote.symbol)).toEqual(['NVDA'])
    expect(got.missing).toEqual([stock('GONE'), stock('NONE')])
    expect(got.dropped).toEqual([
      { row: 'BAD', reason: 'dailyBar.o: expected number, received string' },
      { row: 'DARK', reason: 'no price' },
      { row: 'KO', reason: 'was not asked for' },
    ])
  })

  it('a price of 0 is a side without a quote', async () => {
    await using vendor = await testVendor(stocks)
    const { rows } = await providerAt(vendor.url).getQuotes([stock('KO')])
    expect(rows[0]).toMatchObject({ bid: 70, bidSize: 100, ask: null, askSize: null })
  })

  it('before the open the daily bar is yesterday’s: no day yet, its close is the previous one', async () => {
    await using vendor = await testVendor(stocks)
    const { rows } = await providerAt(vendor.url).getSnapshots({ assetClass: 'equity', refs: [stock('KO')] })
    expect(rows[0]).toMatchObject({ sessionDate: '2026-02-25', day: null, previousClose: 70.3 })
    expect(rows[0]!.quote.volume).toBeNull()
  })

  it('sizes were round lots until 2025-11-03', async () => {
    const quote = (t: string) => ({ latestQuote: { t, ap: 2, as: 3, bp: 1, bs: 4 } })
    await using vendor = await testVendor(() => ({
      body: { OLD: quote('2025-10-31T15:00:00Z'), NEW: quote('2025-11-03T15:00:00Z') },
    }))
    const { rows } = await providerAt(vendor.url).getQuotes([stock('OLD'), stock('NEW')])
    expect(rows.map((q) => [q.bidSize, q.askSize])).toEqual([
      [400, 300],
      [4, 3],
    ])
  })

  it('a long list is cut by count and by address', async () => {
    await using vendor = await testVendor(() => ({ body: {} }))
    const refs = Array.from({ length: 2500 }, (_, i) => stock(`SYM${i}`))
    const got = await providerAt(vendor.url).getSnapshots({ assetClass: 'equity', refs })
    const lists = vendor.seen.map((r) => r.query.get('symbols')!.split(','))
    expect(lists.flat().sort()).toEqual(refs.map((r) => r.symbol).sort())
    for (const list of lists) {
      expect(list.length).toBeLessThanOrEqual(1000)
      expect(encodeURIComponent(list.join(',')).length).toBeLessThan(8000)
    }
    expect(got.missing).toHaveLength(2500)
    expect(got.calls).toBe(lists.length)
  })

  it('a symbol that is none by the vendor’s grammar costs itself, not the list', async () => {
    await using vendor = await testVendor((r) =>
      r.query.get('symbols')!.includes('ODD.X')
        ? { status: 400, body: { message: 'invalid symbol: ODD.X' } }
        : stocks(),
    )
    const refs = [NVDA, stock('ODD.X'), stock('AC/WS')]
    const got = await providerAt(vendor.url).getSnapshots({ assetClass: 'equity', refs })
    expect(vendor.seen.map((r) => r.query.get('symbols'))).toEqual(['NVDA,ODD.X', 'NVDA'])
    expect([got.rows.length, got.calls]).toEqual([1, 2])
    expect(got.missing).toEqual([stock('AC/WS'), stock('ODD.X')])
  })

  it('the whole market is not to be had, and other classes are not here', async () => {
    const provider = providerAt('http://127.0.0.1:1')
    await expect(provider.getSnapshots({ assetClass: 'equity', refs: 'all' })).rejects.toMatchObject({
      kind: 'unsupported',
    })
    await expect(provider.getSnapshots({ assetClass: 'fx', refs: [] })).rejects.toMatchObject({
      kind: 'unsupported',
    })
  })
})

describe('snapshots of crypto', () => {
  it('needs no key, spells pairs with a slash, and its UTC day is the house’s', async () => {
    await using vendor = await testVendor(crypto)
    const provider = providerAt(vendor.url, { credentials: {} })
    const { rows } = await provider.getSnapshots({ assetClass: 'crypto', refs: [pair('BTC-USD')] })
    expect(vendor.seen[0]!.path).toBe('/v1beta3/crypto/us/snapshots')
    expect(Object.fromEntries(vendor.seen[0]!.query)).toEqual({ symbols: 'BTC/USD' })
    expect(vendor.seen[0]!.headers).not.toHaveProperty('apca-api-key-id')
    expect(rows[0]).toMatchObject({
      quote: {
        symbol: 'BTC-USD',
        last: 70001.5,
        bidSize: 0.68,
        volume: 3.8,
        feed: 'alpaca',
        currency: 'USD',
      },
      day: { open: 69000, volume: 3.8 },
      minuteBar: { close: 70002.2, volume: 0, basis: 'raw' },
      sessionDate: '2026-02-25',
      previousClose: 69010.5,
    })
  })

  it('a day that began at midnight Chicago is no day of ours', async () => {
    await using vendor = await testVendor(crypto)
    const { rows } = await providerAt(vendor.url).getSnapshots({
      assetClass: 'crypto',
      refs: [pair('ETH-USD')],
    })
    expect(rows[0]).toMatchObject({ day: null, previousClose: null, quote: { last: 3500.5, volume: null } })
  })

  it('both classes in one list of quotes are two calls', async () => {
    await using vendor = await testVendor((r) => (r.path.includes('crypto') ? crypto() : stocks()))
    const { rows, calls } = await providerAt(vendor.url).getQuotes([NVDA, pair('BTC-USD')])
    expect([rows.map((q) => q.symbol).sort(), calls]).toEqual([['BTC-USD', 'NVDA'], 2])
  })
})

describe('quotes of option contracts', () => {
  it('at most 100 a call, by OCC symbol, with the plan’s feed and its delay', async () => {
    await using vendor = await testVendor(() => ({ body: fixture('alpaca/fixtures/chain.json') }))
    const known = contract('NVDA:2026-02-27:C:190')
    const others = Array.from({ length: 120 }, (_, i) => contract(`XYZ:2026-02-27:C:${i + 1}`))
    const provider = providerAt(vendor.url, { tier: 'iex_free' })
    const got = await provider.getQuotes([known, ...others])
    expect(vendor.seen.map((r) => r.query.get('symbols')!.split(',').length)).toEqual([100, 21])
    expect(vendor.seen[0]!.query.get('feed')).toBe('indicative')
    expect(got.rows[0]).toMatchObject({
      ...known,
      last: 5.1,
      bid: 5,
      ask: 5.2,
      bidSize: 11,
      delayedMinutes: 15,
    })
    expect(got.missing).toHaveLength(120)
  })
})

it('the answer is stamped with the market clock', async () => {
  await using vendor = await testVendor(stocks)
  expect((await providerAt(vendor.url).getQuotes([NVDA])).fetchedAt).toBe(at(NOW))
})
