import type { SymbolRef } from '@onetape/market'
import { describe, expect, it } from 'vitest'
import type { ProviderDeps, WireCall } from '../contract.ts'
import type { ProviderError } from '../errors.ts'
import { openHouse } from '../house.ts'
import { fixture } from '../testing-fixture.ts'
import { at, clockAt, type SeenRequest, type TestAnswer, testVendor } from '../testing-server.ts'
import { schwab } from './index.ts'

const NOW = '2026-02-25T15:00:30Z'
const DATE = { date: 'Wed, 25 Feb 2026 15:00:30 GMT' }
const equity = (symbol: string): SymbolRef => ({ assetClass: 'equity', symbol })
const ACME = equity('ACME')
const SPX: SymbolRef = { assetClass: 'index', symbol: 'SPX' }
const ACME_CALL: SymbolRef = { assetClass: 'option', symbol: 'ACME:2026-03-20:C:50' }
const credentials = { clientId: 'app-key-1', clientSecret: 'app-secret-1', refreshToken: 'refresh-token-1' }

const deps = {
  fetch,
  marketClock: clockAt(NOW),
  wallClock: { now: () => Date.now() * 1000 },
  random: () => 0.5,
  timeoutMs: 2000,
}
const providerAt = (url: string, over: Partial<ProviderDeps> = {}) =>
  schwab.create({ ...deps, baseUrls: { rest: url }, credentials, ...over })

/** A Schwab that signs in and answers what a test writes down; tokens are numbered. */
const signingIn = (answer: (request: SeenRequest, index: number) => TestAnswer | 'hang' | 'drop') => {
  let tokens = 0
  let asked = 0
  return (request: SeenRequest): TestAnswer | 'hang' | 'drop' =>
    request.path.endsWith('/v1/oauth/token')
      ? { body: { access_token: `access-${++tokens}`, expires_in: 1800, refresh_token: 'refresh-token-1' } }
      : answer(request, asked++)
}
const quotes = () => ({ headers: DATE, body: fixture('schwab/fixtures/quotes.json') })
const dataRequests = (seen: SeenRequest[]) => seen.filter((r) => !r.path.endsWith('/token'))

describe('quotes', () => {
  it('a list is one call; last, sides, day and previous close in house units', async () => {
    await using vendor = await testVendor(signingIn(quotes))
    const refs = [ACME, equity('BRK.B'), equity('NOPE')]
    const some = await providerAt(`${vendor.url}/schwab`).getSnapshots({ assetClass: 'equity', refs })
    const [request] = dataRequests(vendor.seen)
    expect(request!.path).toBe('/schwab/marketdata/v1/quotes')
    expect(request!.query.get('symbols')).toBe('ACME,BRK/B,NOPE')
    expect(request!.headers.authorization).toBe('Bearer access-1')
    expect(some.rows[0]).toEqual({
      quote: {
        ...ACME,
        ts: at('2026-02-25T15:00:29.250Z'),
        tsOrigin: 'vendor',
        last: 50.11,
        bid: 50.1,
        ask: 50.12,
        bidSize: 1200,
        askSize: 300,
        volume: 1234567,
        feed: 'sip',
        delayedMinutes: 0,
        currency: 'USD',
      },
      minuteBar: null,
      day: { open: 49.6, high: 50.9, low: 49.2, close: 50.11, volume: 1234567 },
      sessionDate: '2026-02-25',
      previousClose: 49.5,
    })
  })

  it('a zero price or side is nobody’s price; a zero day is no day; NFL is a feed of its own', async () => {
    await using vendor = await testVendor(signingIn(quotes))
    const refs = [equity('BRK.B'), equity('EMPTY')]
    const some = await providerAt(vendor.url).getSnapshots({ assetClass: 'equity', refs })
    expect(some.rows.map((r) => [r.quote.symbol, r.quote.ask, r.quote.askSize, r.day, r.quote.feed])).toEqual(
      [['BRK.B', null, null, null, 'nfl']],
    )
    expect(some.dropped).toEqual([{ row: 'EMPTY', reason: 'no price' }])
  })

  it('`errors` inside a 200 is no symbol: those it names are missing, broken and mixed-up rows are dropped', async () => {
    await using vendor = await testVendor(signingIn(quotes))
    const refs = ['ACME', 'NOPE', 'BROKEN', 'MIXED', 'ABSENT', 'errors'].map(equity)
    const some = await providerAt(vendor.url).getSnapshots({ assetClass: 'equity', refs })
    expect(some.rows.map((r) => r.quote.symbol)).toEqual(['ACME'])
    expect(some.missing).toEqual(['NOPE', 'ABSENT', 'errors'].map(equity))
    expect(some.dropped.map((d) => d.row).sort()).toEqual(['BROKEN', 'MIXED'])
    expect(some.dropped).toContainEqual({ row: 'MIXED', reason: 'is a row of OTHER' })
  })

  it('realtime false is 15 minutes behind; an index has a dollar sign and no volume', async () => {
    await using vendor = await testVendor(signingIn(quotes))
    const [quote] = (await providerAt(vendor.url).getQuotes([SPX])).rows
    expect(dataRequests(vendor.seen)[0]!.query.get('symbols')).toBe('$SPX')
    expect(quote).toMatchObject({ ...SPX, last: 6040.25, feed: 'delayed', delayedMinutes: 15, volume: null })
  })

  it('before the open the day of yesterday is not today’s', async () => {
    await using vendor = await testVendor(signingIn(quotes))
    const [row] = (
      await providerAt(vendor.url).getSnapshots({ assetClass: 'equity', refs: [equity('PREM')] })
    ).rows
    expect(row).toMatchObject({ day: null, sessionDate: '2026-02-25', previousClose: 10 })
  })

  it('option symbols take 21 characters; their sizes are contracts', async () => {
    await using vendor = await testVendor(signingIn(quotes))
    const [quote] = (await providerAt(vendor.url).getQuotes([ACME_CALL])).rows
    expect(dataRequests(vendor.seen)[0]!.query.get('symbols')).toBe('ACME  260320C00050000')
    expect(quote).toMatchObject({ ...ACME_CALL, bidSize: 9, askSize: 7, volume: 40, feed: 'opra' })
  })

  it('more than 300 symbols are several lists; a failed list leaves the others', async () => {
    const answer = (r: SeenRequest, i: number) => (i === 1 ? { status: 429 } : { body: {}, path: r.path })
    await using vendor = await testVendor(signingIn(answer))
    const refs = Array.from({ length: 700 }, (_, i) => equity(`S${i}`))
    const some = await providerAt(vendor.url).getSnapshots({ assetClass: 'equity', refs })
    const sizes = dataRequests(vendor.seen).map((r) => r.query.get('symbols')!.split(',').length)
    expect(sizes.sort()).toEqual([100, 300, 300])
    expect([some.failure?.kind, some.missing]).toEqual(['rate_limited', []])
  })
})

describe('sign-in', () => {
  it('one token for all calls at once: Basic, a form, and no secret in any address', async () => {
    await using vendor = await testVendor(signingIn(quotes))
    const provider = providerAt(vendor.url)
    const calls: WireCall[] = []
    const options = { onCall: (call: WireCall) => calls.push(call) }
    await Promise.all([1, 2, 3].map(() => provider.getQuotes([ACME], options)))
    const signIns = vendor.seen.filter((r) => r.path === '/v1/oauth/token')
    expect(signIns.map((r) => [r.method, r.body, r.headers.authorization])).toEqual([
      [
        'POST',
        'grant_type=refresh_token&refresh_token=refresh-token-1',
        `Basic ${Buffer.from('app-key-1:app-secret-1').toString('base64')}`,
      ],
    ])
    expect(calls).toHaveLength(4)
    expect(calls.map((c) => c.what).join()).not.toMatch(/access|refresh-token|secret-1/)
  })

  it('it is renewed ahead of its 30 minutes, by the wall clock', async () => {
    await using vendor = await testVendor(signingIn(quotes))
    let wall = at('2026-02-25T15:00:00Z')
    const provider = providerAt(vendor.url, { wallClock: { now: () => wall } })
    const used = async () => {
      await provider.getQuotes([ACME])
      return vendor.seen.at(-1)!.headers.authorization
    }
    expect(await used()).toBe('Bearer access-1')
    wall += 28 * 60e6
    expect(await used()).toBe('Bearer access-1')
    wall += 1.5 * 60e6
    expect(await used()).toBe('Bearer access-2')
  })

  it('a token refused is replaced once; a new one refused is the answer', async () => {
    let refusals = 0
    const answer = (r: SeenRequest) =>
      r.headers.authorization === 'Bearer access-1' && refusals++ >= 1
        ? { status: 401, body: { errors: [{ id: 'x', status: '401', title: 'Unauthorized' }] } }
        : quotes()
    await using vendor = await testVendor(signingIn(answer))
    const provider = providerAt(vendor.url)
    await provider.getQuotes([ACME])
    const again = await provider.getQuotes([ACME])
    expect([again.rows.length, again.calls]).toEqual([1, 3])

    await using closed = await testVendor(
      signingIn(() => ({
        status: 401,
        body: { errors: [{ status: 401, title: 'Unauthorized', detail: 'no' }] },
      })),
    )
    await expect(providerAt(closed.url).getQuotes([ACME])).rejects.toMatchObject({
      kind: 'unauthorized',
      message: "Schwab's API answered 401: Unauthorized: no",
    })
    expect(closed.seen).toHaveLength(2)
  })

  it('a sign-in that has run out needs a person, is not tried again, and tells when', async () => {
    await using vendor = await testVendor(() => ({
      status: 400,
      body: { error: 'invalid_grant', error_description: 'refresh-token-1 is no good' },
    }))
    const provider = providerAt(vendor.url, { wallClock: clockAt(NOW) })
    for (let i = 0; i < 2; i++) {
      const error = await provider.getQuotes([ACME]).catch((e: ProviderError) => e)
      expect(error).toMatchObject({ kind: 'unauthorized' })
      expect((error as ProviderError).message).toMatch(/person must sign in again/)
      expect((error as ProviderError).message).not.toMatch(/refresh-token-1/)
    }
    expect(vendor.seen).toHaveLength(1)
    expect(provider.authExpiresAt!()).toBe(at(NOW))
  })

  it('seven days after the sign-in a person is due; unknown where nobody said when it was', () => {
    const refreshTokenIssuedAt = '2026-02-20T10:00:00Z'
    const known = providerAt('http://127.0.0.1:1', { credentials: { ...credentials, refreshTokenIssuedAt } })
    expect(known.authExpiresAt!()).toBe(at('2026-02-27T10:00:00Z'))
    expect(providerAt('http://127.0.0.1:1').authExpiresAt!()).toBeNull()
    for (const wrong of ['2026-02-20', '2026-02-20T10:00:00', 'last Friday', '1771581600']) {
      const open = () =>
        providerAt('http://127.0.0.1:1', { credentials: { ...credentials, refreshTokenIssuedAt: wrong } })
      expect(open, wrong).toThrow(
        expect.objectContaining({
          kind: 'invalid_request',
          message: expect.stringContaining('SCHWAB_REFRESH_TOKEN_ISSUED_AT'),
        }),
      )
    }
  })

  it('the house knows it by its setting', () => {
    const settings = {
      SCHWAB_CLIENT_ID: 'id',
      SCHWAB_CLIENT_SECRET: 'secret',
      SCHWAB_REFRESH_TOKEN: 'token',
      SCHWAB_REFRESH_TOKEN_ISSUED_AT: '2026-02-20T11:00:00+01:00',
    }
    const [source] = openHouse({ definitions: [schwab], settings, mode: 'live', deps })
    expect(source!.provider!.authExpiresAt!()).toBe(at('2026-02-27T10:00:00Z'))
  })

  it('an unknown app and absent credentials are said so, without what they are', async () => {
    await using vendor = await testVendor(() => ({ status: 401, body: { error: 'invalid_client' } }))
    await expect(providerAt(vendor.url).getQuotes([ACME])).rejects.toMatchObject({
      kind: 'unauthorized',
      message: "Schwab's sign-in answered 401: the app is unknown (credentials clientId, clientSecret)",
    })
    expect(vendor.seen).toHaveLength(1)
    await expect(providerAt(vendor.url, { credentials: {} }).getQuotes([ACME])).rejects.toMatchObject({
      kind: 'unauthorized',
    })
  })
})

describe('bars', () => {
  const candle = (datetime: number, close = 10) => ({
    open: 10,
    high: 11,
    low: 9,
    close,
    volume: 5,
    datetime,
  })
  const ms = (iso: string) => Date.parse(iso)

  it('minutes with extended hours, both ends in ms, oldest first, the open one not final', async () => {
    const rows = [
      candle(ms('2026-02-25T15:00:00Z')),
      candle(ms('2026-02-25T14:59:00Z')),
      candle(1_772_031_001_000),
    ]
    await using vendor = await testVendor(
      signingIn(() => ({ body: { symbol: 'ACME', empty: false, candles: [...rows, { open: 'x' }] } })),
    )
    const bars = await providerAt(vendor.url).getBars({
      ref: ACME,
      timeframe: '1m',
      from: at('2026-02-25T14:55:00Z'),
      to: at('2026-02-25T15:01:00Z'),
    })
    expect(Object.fromEntries(dataRequests(vendor.seen)[0]!.query)).toEqual({
      symbol: 'ACME',
      periodType: 'day',
      frequencyType: 'minute',
      frequency: '1',
      startDate: String(ms('2026-02-25T14:55:00Z')),
      endDate: String(ms('2026-02-25T15:01:00Z') - 1),
      needExtendedHoursData: 'true',
      needPreviousClose: 'false',
    })
    expect(bars.rows.map((b) => [b.ts, b.final, b.basis, b.feed])).toEqual([
      [at('2026-02-25T14:59:00Z'), true, 'split', 'sip'],
      [at('2026-02-25T15:00:00Z'), false, 'split', 'sip'],
    ])
    expect(bars.dropped.map((d) => d.row)).toEqual([2, 3])
  })

  it('a day stamped at midnight Chicago keeps its date, in summer and in winter', async () => {
    const rows = [candle(ms('2026-02-24T06:00:00Z')), candle(ms('2025-07-01T05:00:00Z'))]
    await using vendor = await testVendor(signingIn(() => ({ body: { candles: rows, empty: false } })))
    const days = await providerAt(vendor.url).getBars({
      ref: ACME,
      timeframe: '1d',
      from: at('2025-07-01T00:00:00Z'),
      to: at('2026-02-25T00:00:00Z'),
    })
    expect(days.rows.map((b) => [b.sessionDate, b.ts, b.final])).toEqual([
      ['2025-07-01', at('2025-07-01T00:00:00Z'), true],
      ['2026-02-24', at('2026-02-24T00:00:00Z'), true],
    ])
    expect(dataRequests(vendor.seen)[0]!.query.get('frequencyType')).toBe('daily')
  })

  it('weeks and months are dated by their first day', async () => {
    const rows = [candle(ms('2026-02-02T06:00:00Z'))]
    await using vendor = await testVendor(signingIn(() => ({ body: { candles: rows } })))
    const range = { ref: ACME, from: at('2026-01-01T00:00:00Z'), to: at('2026-03-01T00:00:00Z') }
    const provider = providerAt(vendor.url)
    const dates = []
    for (const timeframe of ['1w', '1mo'] as const) {
      dates.push((await provider.getBars({ ...range, timeframe })).rows.map((b) => b.sessionDate))
    }
    expect(dates).toEqual([['2026-02-02'], ['2026-02-01']])
  })

  it('an empty range is empty; an unknown symbol and an hour bar are typed', async () => {
    const answer = (r: SeenRequest) =>
      r.query.get('symbol') === 'NOPE'
        ? { status: 404, body: { errors: [{ id: 'i', status: '404', title: 'Not Found' }] } }
        : { body: { candles: [], symbol: 'ACME', empty: true } }
    await using vendor = await testVendor(signingIn(answer))
    const provider = providerAt(vendor.url)
    const range = {
      timeframe: '1d',
      from: at('2026-02-01T00:00:00Z'),
      to: at('2026-02-25T00:00:00Z'),
    } as const
    expect((await provider.getBars({ ref: ACME, ...range })).rows).toEqual([])
    await expect(provider.getBars({ ref: equity('NOPE'), ...range })).rejects.toMatchObject({
      kind: 'not_found',
    })
    await expect(provider.getBars({ ref: ACME, ...range, timeframe: '1h' })).rejects.toMatchObject({
      kind: 'unsupported',
    })
  })

  it('candles and contracts of another symbol are refused, not taken for ours', async () => {
    const answer = (r: SeenRequest) => {
      if (r.path.endsWith('/expirationchain')) {
        return { body: { expirationList: [{ expirationDate: '2026-03-20' }] } }
      }
      return { body: { symbol: 'OTHER', status: 'SUCCESS', candles: [candle(ms('2026-02-25T14:59:00Z'))] } }
    }
    await using vendor = await testVendor(signingIn(answer))
    const provider = providerAt(vendor.url)
    const range = { from: at('2026-02-25T14:00:00Z'), to: at('2026-02-25T15:00:00Z') }
    const wrong = { kind: 'malformed', message: 'Schwab answered about OTHER when asked about ACME' }
    await expect(provider.getBars({ ref: ACME, timeframe: '1m', ...range })).rejects.toMatchObject(wrong)
    await expect(provider.getOptionsChain!({ ref: ACME })).rejects.toMatchObject(wrong)
  })

  it('a range too big for the gateway is asked in halves that meet', async () => {
    const fault = {
      fault: { faultstring: 'Body buffer overflow', detail: { errorcode: 'protocol.http.TooBigBody' } },
    }
    const answer = (r: SeenRequest) => {
      const [start, end] = [Number(r.query.get('startDate')), Number(r.query.get('endDate'))]
      if (end - start > 3 * 3600e3) return { status: 502, body: fault }
      const first = Math.ceil(start / 60e3) * 60e3
      const minutes = Math.floor((end - first) / 60e3) + 1
      return { body: { candles: Array.from({ length: minutes }, (_, i) => candle(first + i * 60e3)) } }
    }
    await using vendor = await testVendor(signingIn(answer))
    const bars = await providerAt(vendor.url).getBars({
      ref: ACME,
      timeframe: '1m',
      from: at('2026-02-24T14:30:00Z'),
      to: at('2026-02-24T20:30:00Z'),
    })
    expect([bars.rows.length, dataRequests(vendor.seen).length]).toEqual([360, 3])
  })
})

describe('options and figures', () => {
  const expirations = {
    expirationList: [
      { expirationDate: '2026-03-27' },
      { expirationDate: '2026-03-20' },
      { expirationDate: '2026-02-20' },
    ],
  }
  const fault = {
    fault: { faultstring: 'Body buffer overflow', detail: { errorcode: 'protocol.http.TooBigBody' } },
  }

  it('the nearest expiry to come, by strike; sentinels are nothing; percent becomes a fraction', async () => {
    const answer = (r: SeenRequest) =>
      r.path.endsWith('/chains') ? { body: fixture('schwab/fixtures/chain.json') } : { body: expirations }
    await using vendor = await testVendor(signingIn(answer))
    const chain = await providerAt(vendor.url).getOptionsChain!({ ref: ACME })
    const query = dataRequests(vendor.seen)[1]!.query
    expect([query.get('fromDate'), query.get('toDate')]).toEqual(['2026-03-20', '2026-03-20'])
    expect([chain.expiry, chain.underlyingLast]).toEqual(['2026-03-20', 50.11])
    expect(chain.expirations).toEqual(['2026-02-20', '2026-03-20', '2026-03-27'])
    expect(chain.rows.map((r) => r.symbol)).toEqual([
      'ACME:2026-03-20:C:50',
      'ACME:2026-03-20:P:50',
      'ACME1:2026-03-20:P:50',
      'ACME:2026-03-20:C:55',
    ])
    expect(chain.rows[0]).toMatchObject({
      impliedVolatility: 0.3125,
      delta: 0.52,
      theta: -0.03,
      openInterest: 1200,
    })
    const nothing = { impliedVolatility: null, delta: null, gamma: null, theta: null, vega: null }
    expect(chain.rows[1]).toMatchObject(nothing)
    expect(chain.rows[3]).toMatchObject({ ...nothing, last: null, ts: at('2026-02-25T15:00:00Z') })
    expect(chain.dropped.map((d) => d.row)).toEqual(['ACME  260320P00060000'])
  })

  it('TooBigBody: calls and puts apart, each of them in and out of the money where it must', async () => {
    const asked: string[] = []
    const answer = (r: SeenRequest) => {
      if (!r.path.endsWith('/chains')) return { body: expirations }
      asked.push([r.query.get('contractType'), r.query.get('range')].filter(Boolean).join(' '))
      const tooBig = ['ALL', 'PUT'].includes(asked.at(-1)!)
      return tooBig ? { status: 502, body: fault } : { body: fixture('schwab/fixtures/chain.json') }
    }
    await using vendor = await testVendor(signingIn(answer))
    const chain = await providerAt(vendor.url).getOptionsChain!({ ref: ACME, expiry: '2026-03-20' })
    expect(asked).toEqual(['ALL', 'CALL', 'PUT', 'PUT ITM', 'PUT OTM'])
    expect(chain.rows).toHaveLength(4)
  })

  it('no options and an expiry that is not listed', async () => {
    const answer = (r: SeenRequest) =>
      r.query.get('symbol') === 'NOPE' ? { status: 404 } : { body: expirations }
    await using vendor = await testVendor(signingIn(answer))
    const provider = providerAt(vendor.url)
    const none = await provider.getOptionsChain!({ ref: equity('NOPE') })
    expect([none.missing, none.expirations, none.expiry]).toEqual([[equity('NOPE')], [], null])
    const other = await provider.getOptionsChain!({ ref: ACME, expiry: '2026-03-21' })
    expect([other.rows, other.missing, other.expiry]).toEqual([[], [], null])
  })

  it('figures of a company: percent yields as fractions, zeros that mean nothing left out', async () => {
    const fundamental = {
      symbol: 'ACME',
      high52: 60,
      low52: 40,
      dividendAmount: 1.5,
      dividendYield: 3,
      peRatio: 0,
      pbRatio: 4.5,
      sharesOutstanding: 1e9,
      marketCap: 5e10,
      beta: 1.1,
    }
    const answer = (r: SeenRequest) =>
      r.query.get('symbol') === 'ACME'
        ? { headers: DATE, body: { instruments: [{ symbol: 'ACME', assetType: 'EQUITY', fundamental }] } }
        : { body: {} }
    await using vendor = await testVendor(signingIn(answer))
    const provider = providerAt(vendor.url)
    const { rows } = await provider.getFundamentals!({ ref: ACME })
    expect(rows[0]).toEqual({
      ...ACME,
      currency: 'USD',
      periods: [],
      current: {
        marketCap: 5e10,
        sharesOutstanding: 1e9,
        priceToBook: 4.5,
        dividendPerShare: 1.5,
        dividendYield: 0.03,
        beta: 1.1,
        week52High: 60,
        week52Low: 40,
      },
      ts: at(NOW),
      tsOrigin: 'response',
      feed: 'schwab',
    })
    expect((await provider.getFundamentals!({ ref: equity('NOPE') })).missing).toEqual([equity('NOPE')])
  })
})

describe('errors', () => {
  it('status as number or text, gateway faults, plain text: the kind is right and short', async () => {
    const cases: [number, unknown, string][] = [
      [403, { errors: [{ status: '403', title: 'Forbidden' }] }, 'not_entitled'],
      [400, { errors: [{ status: 400, title: 'Bad Request', detail: 'symbols' }] }, 'invalid_request'],
      [429, {}, 'rate_limited'],
      [503, 'upstream', 'unavailable'],
      [200, '<html>', 'malformed'],
      [
        200,
        { fault: { faultstring: 'Rate limit', detail: { errorcode: 'policies.ratelimit.QuotaViolation' } } },
        'rate_limited',
      ],
    ]
    for (const [status, body, kind] of cases) {
      await using vendor = await testVendor(signingIn(() => ({ status, body })))
      const provider = providerAt(vendor.url)
      await expect(provider.getQuotes([ACME]), `${status}`).rejects.toMatchObject({ kind })
    }
  })

  it('what is not declared is refused before a call', async () => {
    await using vendor = await testVendor(signingIn(quotes))
    const provider = providerAt(vendor.url)
    const crypto: SymbolRef = { assetClass: 'crypto', symbol: 'BTC-USD' }
    await expect(provider.getQuotes([crypto])).rejects.toMatchObject({ kind: 'unsupported' })
    await expect(provider.getSnapshots({ assetClass: 'equity', refs: 'all' })).rejects.toMatchObject({
      kind: 'unsupported',
    })
    expect(() => provider.streamQuotes!([crypto])).toThrow(expect.objectContaining({ kind: 'unsupported' }))
    expect(vendor.seen).toEqual([])
  })
})
