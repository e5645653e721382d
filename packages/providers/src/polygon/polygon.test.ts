import type { SymbolRef } from '@onetape/market'
import { describe, expect, it } from 'vitest'
import type { ProviderDeps } from '../contract.ts'
import { ProviderError } from '../errors.ts'
import { fixture } from '../testing-fixture.ts'
import { at, clockAt, testVendor } from '../testing-server.ts'
import { tickerLists } from './client.ts'
import { polygon } from './index.ts'
import { nextPage } from './pages.ts'

const NOW = '2026-02-25T15:00:00Z'
const equity = (symbol: string): SymbolRef => ({ assetClass: 'equity', symbol })
const ACME = equity('ACME')

const providerAt = (url: string, over: Partial<ProviderDeps> = {}) =>
  polygon.create({
    fetch,
    marketClock: clockAt(NOW),
    wallClock: { now: () => Date.now() * 1000 },
    random: () => 0.5,
    timeoutMs: 2000,
    baseUrls: { rest: url },
    credentials: { apiKey: 'k-123456' },
    ...over,
  })

const minutes = {
  ref: ACME,
  timeframe: '1m',
  from: at('2026-02-25T14:58:00Z'),
  to: at('2026-02-25T15:01:00Z'),
} as const
const page = (results: unknown[], next_url?: string) => ({ status: 'OK', ticker: 'ACME', results, next_url })
const row = (t: number, c = 10) => ({ o: c, h: c, l: c, c, v: 1, t })

describe('snapshots', () => {
  it('the whole market is one call, with the key in a header only', async () => {
    await using vendor = await testVendor(() => ({ body: fixture('polygon/fixtures/snapshot-open.json') }))
    const all = await providerAt(`${vendor.url}/polygon`).getSnapshots({ assetClass: 'equity', refs: 'all' })
    expect([all.rows.length, all.dropped.length, all.calls, all.missing]).toEqual([3, 1, 1, []])
    expect(all.fetchedAt).toBe(at(NOW))
    const [request] = vendor.seen
    expect(request!.path).toBe('/polygon/v2/snapshot/locale/us/markets/stocks/tickers')
    expect([...request!.query.keys()]).toEqual([])
    expect(request!.headers.authorization).toBe('Bearer k-123456')
  })

  it('the whole market is the same, however it arrives and wherever the vendor says its status', async () => {
    const body = JSON.parse(fixture('polygon/fixtures/snapshot-open.json')) as { tickers: unknown[] }
    const status = 'DELAYED'
    const rubbish = { tickers: [...body.tickers, { ticker: 7 }], count: 5 }
    const answers = [
      { status, ...rubbish },
      { ...rubbish, status },
    ].map((answer) => new TextEncoder().encode(JSON.stringify(answer)))
    /** A byte at a time, of an answer that broke off once before. */
    const inBits = (bytes: Uint8Array) => {
      let at = 0
      const pull = (c: ReadableStreamDefaultController) =>
        at < bytes.length ? c.enqueue(bytes.slice(at, ++at)) : c.close()
      return new Response(new ReadableStream({ pull }))
    }
    const brokenOff = (bytes: Uint8Array) => {
      let isFirst = true
      const pull = (c: ReadableStreamDefaultController) => {
        if (isFirst) c.enqueue(bytes.slice(0, -20))
        else c.error(new TypeError('terminated'))
        isFirst = false
      }
      return new Response(new ReadableStream({ pull }))
    }
    const all = []
    for (const bytes of answers) {
      for (const responses of [[inBits(bytes)], [brokenOff(bytes), new Response(bytes)]]) {
        const provider = providerAt('http://polygon.test', { fetch: async () => responses.shift()! })
        all.push(await provider.getSnapshots({ assetClass: 'equity', refs: 'all' }))
      }
    }
    expect(all[0]!.rows.map((r) => [r.quote.symbol, r.quote.feed])).toContainEqual(['ACME', 'delayed'])
    expect(all[0]!.dropped.map((d) => d.row)).toEqual(['BROKEN', 4])
    for (const one of all.slice(1)) expect({ ...one, calls: 1 }).toEqual(all[0])
  })

  it('a list is asked by name; what did not come is missing, what came broken is dropped', async () => {
    await using vendor = await testVendor(() => ({ body: fixture('polygon/fixtures/snapshot-open.json') }))
    const refs = [ACME, equity('BAC.PRL'), equity('BROKEN'), equity('NOPE')]
    const some = await providerAt(vendor.url).getSnapshots({ assetClass: 'equity', refs })
    expect(vendor.seen[0]!.query.get('tickers')).toBe('ACME,BACpL,BROKEN,NOPE')
    expect(some.rows.map((r) => r.quote.symbol)).toEqual(['ACME', 'BAC.PRL'])
    expect(some.missing).toEqual([equity('NOPE')])
    expect(some.dropped.map((d) => d.row)).toEqual(['BROKEN'])
  })

  it('a row too broken to say whose it is counts too', async () => {
    await using vendor = await testVendor(() => ({
      body: { status: 'OK', tickers: [{ ticker: 7, day: null }] },
    }))
    const some = await providerAt(vendor.url).getSnapshots({
      assetClass: 'equity',
      refs: [ACME, equity('B')],
    })
    expect(some.dropped).toEqual([{ row: 0, reason: 'ticker: expected string, received number' }])
    expect(some.missing).toHaveLength(2)
  })

  it('one symbol has its own endpoint; its 404 is a missing symbol, not an error', async () => {
    const one = JSON.parse(fixture('polygon/fixtures/snapshot-open.json')).tickers[0]
    await using vendor = await testVendor((r) =>
      r.path.endsWith('/ACME')
        ? { body: { status: 'OK', ticker: one } }
        : { status: 404, body: { status: 'NotFound' } },
    )
    const provider = providerAt(vendor.url)
    expect((await provider.getQuotes([ACME])).rows[0]!.last).toBe(50.76)
    expect((await provider.getQuotes([equity('NOPE')])).missing).toEqual([equity('NOPE')])
  })

  it('addresses stay short; a list that needs too many of them becomes the whole market', async () => {
    const many = Array.from({ length: 1500 }, (_, i) => `T${i}`)
    const lists = tickerLists(many)
    expect(lists.flat()).toEqual(many)
    expect(Math.max(...lists.map((l) => encodeURIComponent(l.join(',')).length))).toBeLessThan(6100)
    await using vendor = await testVendor(() => ({ body: { status: 'OK', tickers: [] } }))
    const answer = await providerAt(vendor.url).getSnapshots({
      assetClass: 'equity',
      refs: Array.from({ length: 5000 }, (_, i) => equity(`T${i}`)),
    })
    expect([vendor.seen.length, answer.missing.length]).toEqual([1, 5000])
  })

  it('quotes of several asset classes go to their own endpoints', async () => {
    await using vendor = await testVendor(() => ({ body: { status: 'OK', tickers: [] } }))
    const btc: SymbolRef = { assetClass: 'crypto', symbol: 'BTC-USD' }
    const eth: SymbolRef = { assetClass: 'crypto', symbol: 'ETH-USD' }
    const answer = await providerAt(vendor.url).getQuotes([btc, eth, ACME, equity('B')])
    expect(vendor.seen.map((r) => r.query.get('tickers')).sort()).toEqual(['ACME,B', 'X:BTCUSD,X:ETHUSD'])
    expect(answer.missing).toHaveLength(4)
  })
})

describe('bars', () => {
  it('follow the pages at our own base, oldest first, half-open, bad rows counted', async () => {
    await using vendor = await testVendor((r): { body: unknown } =>
      r.query.get('cursor')
        ? { body: page([row(1772031540000, 11), row(1772031660000, 12)]) }
        : { body: page([row(1772031480000), { t: 'x' }], `${vendor.url}/v2/aggs/next?cursor=2`) },
    )
    const bars = await providerAt(vendor.url).getBars(minutes)
    expect(bars.rows.map((b) => [b.ts, b.close])).toEqual([
      [at('2026-02-25T14:58:00Z'), 10],
      [at('2026-02-25T14:59:00Z'), 11],
    ])
    expect([bars.calls, bars.dropped.length]).toEqual([2, 1])
    const [first, second] = vendor.seen
    expect(first!.path).toBe('/v2/aggs/ticker/ACME/range/1/minute/1772031480000/1772031659999')
    expect(Object.fromEntries(first!.query)).toEqual({ adjusted: 'true', sort: 'asc', limit: '50000' })
    expect(second!.headers.authorization).toBe('Bearer k-123456')
  })

  it('a page elsewhere is never asked, so the key goes nowhere else', async () => {
    await using thief = await testVendor(() => ({ body: page([]) }))
    await using vendor = await testVendor(() => ({
      body: page([row(1772031480000)], `${thief.url}/v2?cursor=2`),
    }))
    await expect(providerAt(vendor.url).getBars(minutes)).rejects.toMatchObject({ kind: 'malformed' })
    expect(thief.seen).toHaveLength(0)
  })

  it("the vendor's two names are one host, and ours is kept", () => {
    const next = nextPage('https://api.massive.com/v3/x?cursor=a', 'https://api.polygon.io')
    expect(next.href).toBe('https://api.polygon.io/v3/x?cursor=a')
    expect(() => nextPage('https://api.massive.com.evil.test/x', 'https://api.polygon.io')).toThrow(
      'not followed',
    )
    expect(() => nextPage('nonsense', 'https://api.polygon.io')).toThrow('no address')
  })

  it('pages in a circle end', async () => {
    await using vendor = await testVendor((): { body: unknown } => ({
      body: page([], `${vendor.url}/again?cursor=1`),
    }))
    await expect(providerAt(vendor.url).getBars(minutes)).rejects.toThrow('in a circle')
    expect(vendor.seen).toHaveLength(2)
  })

  it('only a bar whose end has passed is final; impossible and off-grid rows are dropped', async () => {
    await using vendor = await testVendor(() => ({
      body: fixture('polygon/fixtures/aggregates-minute.json'),
    }))
    const clock = clockAt('2026-02-25T14:59:59.999Z')
    const bars = await providerAt(vendor.url, { marketClock: clock }).getBars(minutes)
    expect(bars.rows.map((b) => [b.ts, b.final])).toEqual([
      [at('2026-02-25T14:58:00Z'), true],
      [at('2026-02-25T14:59:00Z'), false],
    ])
    expect(bars.dropped).toEqual([
      { row: 2, reason: 'high lies below open, close or low' },
      { row: 3, reason: 'starts off the 1m grid' },
    ])
  })

  it('an empty range has no results key and is no error', async () => {
    await using vendor = await testVendor(() => ({ body: { status: 'OK', resultsCount: 0, ticker: 'ACME' } }))
    expect((await providerAt(vendor.url).getBars(minutes)).rows).toEqual([])
    expect((await providerAt(vendor.url).getBars({ ...minutes, to: minutes.from })).calls).toBe(0)
  })

  it('days are asked by date, dated in New York through the change of its clocks, final at the close', async () => {
    // Midnight New York: 05:00Z on 6 March, 04:00Z on 9 March 2026.
    const body = page([row(1772773200000), row(1773028800000)])
    await using vendor = await testVendor(() => ({ body }))
    const request = { ref: ACME, timeframe: '1d', from: at('2026-03-06'), to: at('2026-03-10') } as const
    const during = await providerAt(vendor.url, { marketClock: clockAt('2026-03-09T19:59:00Z') }).getBars(
      request,
    )
    expect(during.rows.map((b) => [b.sessionDate, b.ts, b.final, b.basis])).toEqual([
      ['2026-03-06', at('2026-03-06'), true, 'split'],
      ['2026-03-09', at('2026-03-09'), false, 'split'],
    ])
    expect(vendor.seen[0]!.path).toContain('/range/1/day/2026-03-06/2026-03-09')
    const after = await providerAt(vendor.url, { marketClock: clockAt('2026-03-09T20:00:00Z') }).getBars(
      request,
    )
    expect(after.rows[1]!.final).toBe(true)
  })

  it('weeks are known by their Monday, months by their first day', async () => {
    await using vendor = await testVendor((r) => ({
      body: page([
        row(r.path.includes('/week/') ? Date.parse('2026-02-22T05:00Z') : Date.parse('2026-02-01T05:00Z')),
      ]),
    }))
    const provider = providerAt(vendor.url)
    const range = { ref: ACME, from: at('2026-02-01'), to: at('2026-03-01') }
    const week = await provider.getBars({ ...range, timeframe: '1w' })
    expect(week.rows.map((b) => [b.sessionDate, b.final])).toEqual([['2026-02-23', false]])
    const month = await provider.getBars({ ...range, timeframe: '1mo' })
    expect(month.rows[0]!.sessionDate).toBe('2026-02-01')
  })

  it('crypto days are UTC days on no basis; forex volume counts quotes and is none', async () => {
    await using vendor = await testVendor(() => ({ body: page([row(Date.parse('2026-02-24T00:00Z'))]) }))
    const crypto = await providerAt(vendor.url).getBars({
      ref: { assetClass: 'crypto', symbol: 'BTC-USD' },
      timeframe: '1d',
      from: at('2026-02-24'),
      to: at('2026-02-25'),
    })
    expect(crypto.rows[0]).toMatchObject({
      symbol: 'BTC-USD',
      sessionDate: '2026-02-24',
      basis: 'raw',
      final: true,
    })
    const fx = await providerAt(vendor.url).getBars({
      ref: { assetClass: 'fx', symbol: 'EUR-USD' },
      timeframe: '1h',
      from: at('2026-02-24'),
      to: at('2026-02-25'),
    })
    expect(fx.rows[0]!.volume).toBeNull()
  })

  it('the market of one day is one call, dated by its end-of-day stamp', async () => {
    const results = [
      { ...row(1772053200000), T: 'ACME' },
      { ...row(1772053200000), T: 'BACpL' },
      { T: 'BAD' },
    ]
    await using vendor = await testVendor(() => ({ body: { status: 'OK', results } }))
    const day = await providerAt(vendor.url).getMarketDay!({
      assetClass: 'equity',
      sessionDate: '2026-02-25',
    })
    expect(day.rows.map((b) => [b.symbol, b.sessionDate])).toEqual([
      ['ACME', '2026-02-25'],
      ['BAC.PRL', '2026-02-25'],
    ])
    expect([day.dropped[0]!.row, vendor.seen.length]).toEqual(['BAD', 1])
  })

  it('what is not declared is refused before a call is spent', async () => {
    await using vendor = await testVendor(() => ({ body: page([]) }))
    const provider = providerAt(vendor.url)
    await expect(provider.getBars({ ...minutes, timeframe: '4h' })).rejects.toMatchObject({
      kind: 'unsupported',
    })
    await expect(provider.getSnapshots({ assetClass: 'option', refs: 'all' })).rejects.toMatchObject({
      kind: 'unsupported',
    })
    await expect(provider.getSnapshots({ assetClass: 'crypto', refs: [ACME] })).rejects.toMatchObject({
      kind: 'invalid_request',
    })
    expect(vendor.seen).toHaveLength(0)
  })
})

describe('errors', () => {
  const cases: [number, object | string, string][] = [
    [401, { status: 'ERROR', error: 'Unknown API Key' }, 'unauthorized'],
    [403, { status: 'NOT_AUTHORIZED', message: 'upgrade your plan' }, 'not_entitled'],
    [429, { status: 'ERROR', error: "You've exceeded the maximum requests per minute" }, 'rate_limited'],
    [404, { status: 'NOT_FOUND', message: 'no such page' }, 'not_found'],
    [200, { status: 'NOT_AUTHORIZED', message: 'upgrade your plan' }, 'not_entitled'],
    [200, { status: 'OK', results: 'none' }, 'malformed'],
    [200, '<html>', 'malformed'],
  ]
  for (const [status, body, kind] of cases) {
    it(`${status} ${JSON.stringify(body).slice(0, 40)} is ${kind}`, async () => {
      await using vendor = await testVendor(() => ({ status, body }))
      const error = await providerAt(vendor.url)
        .getBars(minutes)
        .catch((e: unknown) => e)
      expect(error).toBeInstanceOf(ProviderError)
      expect((error as ProviderError).kind).toBe(kind)
      expect((error as ProviderError).message).not.toContain('k-123456')
    })
  }

  it('without a key nothing is asked', async () => {
    await using vendor = await testVendor(() => ({}))
    const provider = providerAt(vendor.url, { credentials: {} })
    await expect(provider.getQuotes([ACME])).rejects.toMatchObject({ kind: 'unauthorized' })
    expect(vendor.seen).toHaveLength(0)
  })
})

describe('reference', () => {
  it('instruments over all pages, with their currency and kind', async () => {
    await using vendor = await testVendor((r): { body: unknown } =>
      r.query.get('cursor')
        ? {
            body: {
              status: 'OK',
              results: [{ ticker: 'BACpL', name: 'B', type: 'PFD', currency_name: 'usd' }],
            },
          }
        : {
            body: {
              status: 'OK',
              results: [
                { ticker: 'ACME', name: 'Acme Inc.', type: 'CS', currency_name: 'usd' },
                { name: 'nameless' },
              ],
              next_url: `${vendor.url}/v3/reference/tickers?cursor=x`,
            },
          },
    )
    const list = await providerAt(vendor.url).listInstruments!('equity')
    expect(list.rows).toEqual([
      { assetClass: 'equity', symbol: 'ACME', name: 'Acme Inc.', currency: 'USD', listingType: 'CS' },
      { assetClass: 'equity', symbol: 'BAC.PRL', name: 'B', currency: 'USD', listingType: 'PFD' },
    ])
    expect([list.dropped.length, list.calls]).toEqual([1, 2])
  })

  it('splits and dividends oldest first; two dividends of one day are one fact', async () => {
    const splits = {
      status: 'OK',
      results: [{ ticker: 'ACME', execution_date: '2025-06-10', split_from: 1, split_to: 10 }],
    }
    await using vendor = await testVendor((r) => ({
      body: r.path.endsWith('/splits') ? splits : fixture('polygon/fixtures/dividends.json'),
    }))
    const range = { refs: [ACME], from: '2025-01-01', to: '2026-01-01' }
    const actions = await providerAt(vendor.url).listCorporateActions!(range)
    expect(actions.rows).toEqual([
      { ...ACME, exDate: '2025-05-12', kind: 'dividend', amount: 0.25, currency: 'USD' },
      { ...ACME, exDate: '2025-06-10', kind: 'split', ratio: 10 },
      { ...ACME, exDate: '2025-08-11', kind: 'dividend', amount: 1.36, currency: 'USD' },
    ])
    expect(actions.dropped).toHaveLength(2)
    expect(vendor.seen[0]!.query.get('execution_date.lt')).toBe('2026-01-01')
  })
})
