import type { SymbolRef } from '@onetape/market'
import { describe, expect, it } from 'vitest'
import { fixture } from '../testing-fixture.ts'
import { at, type SeenRequest, type TestAnswer, testVendor } from '../testing-server.ts'
import { shortestFloat } from './float.ts'
import { NOW, providerAt, withTicket } from './testing-provider.ts'

const equity = (symbol: string): SymbolRef => ({ assetClass: 'equity', symbol })
const ACME = equity('ACME')

const quoteOf = (symbol: string) => ({
  symbol,
  quoteType: 'EQUITY',
  currency: 'USD',
  exchangeTimezoneName: 'America/New_York',
  regularMarketPrice: 10,
  regularMarketTime: 1772031599,
})
const quotes = (symbols: readonly string[]) => ({
  quoteResponse: { result: symbols.map(quoteOf), error: null },
})
const answerAsked = (r: SeenRequest) => ({ body: quotes(r.query.get('symbols')!.split(',')) })
const invalidCrumb = {
  status: 401,
  body: { finance: { result: null, error: { code: 'Unauthorized', description: 'Invalid Crumb' } } },
}

describe('cookie and crumb', () => {
  it('are fetched once for all who wait, and go with every quote call', async () => {
    await using vendor = await testVendor(withTicket(answerAsked))
    const provider = providerAt(vendor.url)
    await Promise.all([
      provider.getQuotes([ACME]),
      provider.getQuotes([equity('B')]),
      provider.getQuotes([equity('C')]),
    ])
    const paths = vendor.seen.map((r) => r.path)
    expect(paths.filter((p) => p === '/quote/AAPL')).toHaveLength(1)
    expect(paths.filter((p) => p.endsWith('getcrumb'))).toHaveLength(1)
    const quoteCalls = vendor.seen.filter((r) => r.path === '/v7/finance/quote')
    expect(quoteCalls.map((r) => [r.query.get('crumb'), r.headers.cookie])).toEqual(
      Array(3).fill(['crumb.1', 'A3=d']),
    )
    expect(vendor.seen.every((r) => r.headers['user-agent']?.startsWith('Mozilla/5.0'))).toBe(true)
  })

  it('401 Invalid Crumb drops both and tries once more', async () => {
    await using vendor = await testVendor(
      withTicket((r) => (r.query.get('crumb') === 'crumb.1' ? invalidCrumb : answerAsked(r))),
    )
    const provider = providerAt(vendor.url)
    const answer = await provider.getQuotes([ACME])
    // Page, crumb and quote, twice.
    expect([answer.rows.length, answer.calls]).toEqual([1, 6])
    expect(vendor.seen.filter((r) => r.path === '/quote/AAPL')).toHaveLength(2)
    await provider.getQuotes([ACME])
    expect(vendor.seen.filter((r) => r.path.endsWith('getcrumb'))).toHaveLength(2)
  })

  it('a fresh crumb that is refused too is an error, not a loop', async () => {
    await using vendor = await testVendor(withTicket(() => invalidCrumb))
    await expect(providerAt(vendor.url).getQuotes([ACME])).rejects.toMatchObject({ kind: 'unauthorized' })
    expect(vendor.seen.filter((r) => r.path === '/v7/finance/quote')).toHaveLength(2)
  })

  const badCrumbs: [string, string][] = [
    ['', 'unavailable'],
    ['<html><body>sorry</body></html>', 'unavailable'],
    ['{"finance":{"error":{}}}', 'unavailable'],
    ['Too Many Requests', 'rate_limited'],
  ]
  for (const [crumb, kind] of badCrumbs) {
    it(`${JSON.stringify(crumb.slice(0, 20))} is no crumb (${kind}), and the next call starts anew`, async () => {
      await using vendor = await testVendor(withTicket(answerAsked, (n) => (n === 1 ? crumb : 'good.crumb')))
      const provider = providerAt(vendor.url)
      await expect(provider.getQuotes([ACME])).rejects.toMatchObject({ kind })
      expect((await provider.getQuotes([ACME])).rows).toHaveLength(1)
    })
  }

  it('429 is rate_limited for a minute at least', async () => {
    await using vendor = await testVendor(withTicket(() => ({ status: 429, body: 'Too Many Requests' })))
    await expect(providerAt(vendor.url).getQuotes([ACME])).rejects.toMatchObject({
      kind: 'rate_limited',
      retryAfterMs: 60_000,
    })
  })

  it('a page that sets no cookie is said', async () => {
    await using vendor = await testVendor(() => ({ body: '<html>' }))
    await expect(providerAt(vendor.url).getQuotes([ACME])).rejects.toThrow('set no cookie')
  })

  it('a caller who gives up does not take the others with it', async () => {
    await using vendor = await testVendor(withTicket(answerAsked))
    const provider = providerAt(vendor.url)
    const gone = new AbortController()
    const first = provider.getQuotes([ACME], { signal: gone.signal })
    const second = provider.getQuotes([ACME])
    gone.abort()
    await expect(first).rejects.toMatchObject({ kind: 'unavailable' })
    expect((await second).rows).toHaveLength(1)
  })
})

describe('consent', () => {
  it('is agreed to with the fields of the form, then the cookies count', async () => {
    const form = fixture('yahoo/fixtures/consent.html')
    await using vendor = await testVendor((r): TestAnswer => {
      const to = (location: string, cookie?: string) => ({
        status: 302,
        headers: { location, ...(cookie ? { 'set-cookie': cookie } : {}) },
      })
      if (r.path === '/quote/AAPL' && r.query.has('guccounter')) return { body: '<html>' }
      if (r.path === '/quote/AAPL') return to('/consent?done=x', 'GUCS=g; Path=/')
      if (r.path === '/consent') return to('/v2/collectConsent?sessionId=3_cc-session')
      if (r.path === '/v2/collectConsent' && r.method === 'GET') return { body: form }
      if (r.path === '/v2/collectConsent') return to('/copyConsent?sessionId=3_cc-session')
      if (r.path === '/copyConsent') return to('/quote/AAPL?guccounter=1', 'A1=ok; Path=/; Secure')
      if (r.path === '/v1/test/getcrumb') return { body: 'crumb.1' }
      return answerAsked(r)
    })
    expect((await providerAt(vendor.url).getQuotes([ACME])).rows).toHaveLength(1)
    const agreed = new URLSearchParams(vendor.seen.find((r) => r.method === 'POST')!.body)
    expect(Object.fromEntries(agreed)).toEqual({
      csrfToken: 'tok&en',
      sessionId: '3_cc-session',
      originalDoneUrl: 'https://finance.yahoo.com/quote/AAPL?guccounter=1',
      namespace: 'yahoo',
      agree: 'agree',
    })
    expect(vendor.seen.at(-1)!.headers.cookie).toBe('GUCS=g; A1=ok')
  })

  it('a page without the form, a circle and a stranger end in one clear line', async () => {
    const flows: [TestAnswer, RegExp][] = [
      [{ status: 302, headers: { location: '/v2/collectConsent' } }, /holds no form/],
      [{ status: 302, headers: { location: '/quote/AAPL' } }, /redirects more than/],
      [
        { status: 302, headers: { location: 'https://elsewhere.test/x' } },
        /leads to elsewhere\.test: not followed/,
      ],
    ]
    for (const [first, message] of flows) {
      await using vendor = await testVendor((r) => (r.path === '/quote/AAPL' ? first : { body: '<html>' }))
      await expect(providerAt(vendor.url).getQuotes([ACME])).rejects.toThrow(message)
    }
  })
})

describe('quotes', () => {
  const refs = ['ACME', 'BRK.B', 'LATE', 'PENNY.L', 'GONE', 'NOPRICE', 'BROKEN', 'ABSENT'].map(equity)
  const read = async () => {
    await using vendor = await testVendor(withTicket(() => ({ body: fixture('yahoo/fixtures/quotes.json') })))
    const answer = await providerAt(vendor.url).getSnapshots({ assetClass: 'equity', refs })
    const asked = vendor.seen.at(-1)!.query.get('symbols')
    return { answer, asked, by: new Map(answer.rows.map((r) => [r.quote.symbol, r])) }
  }

  it('spells share classes the vendor’s way and answers under the house’s name', async () => {
    const { asked, by } = await read()
    expect(asked).toContain('BRK-B')
    expect(asked).toContain('PENNY.L')
    expect(by.has('BRK.B')).toBe(true)
  })

  it('in the session: regular price, no size of unknown unit, zero ask is none', async () => {
    const { by } = await read()
    expect(by.get('ACME')).toEqual({
      quote: {
        ...ACME,
        ts: at('2026-02-25T14:59:59Z'),
        tsOrigin: 'vendor',
        last: 50.76,
        bid: 50.75,
        ask: null,
        bidSize: null,
        askSize: null,
        volume: 1200345,
        feed: 'yahoo',
        delayedMinutes: 0,
        currency: 'USD',
      },
      minuteBar: null,
      day: { open: 50.1, high: 51.25, low: 49.8, close: 50.76, volume: 1200345 },
      sessionDate: '2026-02-25',
      previousClose: 50,
    })
  })

  it('pre-market: the newest event wins, the regular close is the previous close, yesterday is no day', async () => {
    const early = (await read()).by.get('BRK.B')!
    expect(early.quote).toMatchObject({ last: 480.1, ts: at('2026-02-25T11:00:15Z'), volume: null })
    expect([early.day, early.previousClose, early.sessionDate]).toEqual([null, 479.5, '2026-02-25'])
  })

  it('post-market: its own price beside the day, the delay kept', async () => {
    const late = (await read()).by.get('LATE')!
    expect(late.quote).toMatchObject({ last: 20.25, feed: 'delayed', delayedMinutes: 15 })
    expect([late.day?.close, late.previousClose, late.sessionDate]).toEqual([20, 19.5, '2026-02-24'])
  })

  it('pence become pounds, previous close and day too', async () => {
    const penny = (await read()).by.get('PENNY.L')!
    expect(penny.quote).toMatchObject({ last: 3.055, bid: 3.05, ask: 3.06, currency: 'GBP' })
    expect(penny.quote).toMatchObject({ delayedMinutes: 20, feed: 'delayed' })
    expect(penny.previousClose).toBe(3.01)
    expect(penny.day).toEqual({ open: 3, high: 3.07, low: 2.99, close: 3.055, volume: 9000 })
  })

  it('NONE and absent symbols are missing; priceless and broken rows are dropped', async () => {
    const { answer } = await read()
    expect(answer.missing.map((r) => r.symbol)).toEqual(['GONE', 'ABSENT'])
    expect(answer.dropped).toEqual([
      { row: 'BTC-USD', reason: 'was not asked for' },
      { row: 'NOPRICE', reason: 'no price' },
      { row: 'BROKEN', reason: 'regularMarketPrice: expected number, received string' },
    ])
  })

  it('crypto volume is dollars over 24 hours, not coins of the session: unknown', async () => {
    await using vendor = await testVendor(withTicket(() => ({ body: fixture('yahoo/fixtures/quotes.json') })))
    const ref: SymbolRef = { assetClass: 'crypto', symbol: 'BTC-USD' }
    const [btc] = (await providerAt(vendor.url).getSnapshots({ assetClass: 'crypto', refs: [ref] })).rows
    expect([btc!.quote.volume, btc!.day?.volume, btc!.day?.open]).toEqual([null, null, 69000])
  })

  it('batches of 100, a bounded number at a time', async () => {
    await using vendor = await testVendor(withTicket(answerAsked))
    const many = Array.from({ length: 950 }, (_, i) => equity(`T${i}`))
    const answer = await providerAt(vendor.url).getQuotes(many)
    expect([answer.rows.length, answer.calls, answer.missing.length]).toEqual([950, 12, 0])
    const sizes = vendor.seen
      .filter((r) => r.path.includes('/v7/'))
      .map((r) => r.query.get('symbols')!.split(',').length)
    expect(Math.max(...sizes)).toBe(100)
  })

  it('a batch that fails leaves the others standing and is named', async () => {
    await using vendor = await testVendor(
      withTicket((r) =>
        r.query.get('symbols')!.includes('T150') ? { status: 429, body: 'no' } : answerAsked(r),
      ),
    )
    const many = Array.from({ length: 200 }, (_, i) => equity(`T${i}`))
    const answer = await providerAt(vendor.url).getQuotes(many)
    expect([answer.rows.length, answer.missing.length, answer.failure?.kind]).toEqual([
      100,
      0,
      'rate_limited',
    ])
  })
})

describe('chart', () => {
  const days = { ref: ACME, timeframe: '1d', from: at('2026-02-20'), to: at('2026-02-26') } as const

  it('days by their date, one row a date, the live one last and not final, floats as the vendor holds them', async () => {
    await using vendor = await testVendor(() => ({ body: fixture('yahoo/fixtures/chart-days.json') }))
    const bars = await providerAt(vendor.url).getBars(days)
    expect(bars.rows.map((b) => [b.sessionDate, b.open, b.close, b.volume, b.final])).toEqual([
      ['2026-02-20', 49.6, 49.8, 2100000, true],
      ['2026-02-24', 49, 50, 2400000, true],
      ['2026-02-25', 50.1, 50.76, 1200345, false],
    ])
    expect(bars.rows[0]).toMatchObject({ ts: at('2026-02-20'), basis: 'split', feed: 'yahoo' })
    expect(bars.dropped).toEqual([
      { row: 1, reason: 'no trade' },
      { row: 4, reason: '1 earlier row(s) of the same date: the last is kept' },
    ])
    expect(vendor.seen[0]!.query.has('crumb')).toBe(false)
  })

  it('prices in pence come in pounds, and the answer names the currency', async () => {
    const body = JSON.parse(fixture('yahoo/fixtures/chart-days.json'))
    const [chart] = body.chart.result
    chart.meta.currency = 'GBp'
    await using vendor = await testVendor(() => ({ body }))
    const ref = equity('PENNY.L')
    const range = { from: at('2026-01-01'), to: at('2027-01-01') }
    const pounds = await providerAt(vendor.url).getBars({ ref, timeframe: '1d', ...range })
    chart.meta.currency = 'USD'
    const whole = await providerAt(vendor.url).getBars({ ref, timeframe: '1d', ...range })
    expect([pounds.currency, whole.currency]).toEqual(['GBP', 'USD'])
    expect(pounds.rows.length).toBeGreaterThan(0)
    expect(pounds.rows.map((b) => b.close)).toEqual(
      whole.rows.map((b) => Number((b.close / 100).toPrecision(15))),
    )
    expect(pounds.rows.map((b) => b.volume)).toEqual(whole.rows.map((b) => b.volume))
  })

  it('splits and dividends are corporate actions', async () => {
    await using vendor = await testVendor(() => ({ body: fixture('yahoo/fixtures/chart-days.json') }))
    const range = { refs: [ACME], from: '2026-02-01', to: '2026-03-01' }
    expect((await providerAt(vendor.url).listCorporateActions!(range)).rows).toEqual([
      { ...ACME, exDate: '2026-02-20', kind: 'split', ratio: 4 },
      { ...ACME, exDate: '2026-02-23', kind: 'dividend', amount: 0.26, currency: 'USD' },
    ])
  })

  it('dividends come as they were paid, whatever splits the vendor has divided them by since', async () => {
    const event = (iso: string) => at(iso) / 1e6
    const dividends = {
      a: { amount: 0.094643, date: event('2012-08-09T13:30:00Z') },
      b: { amount: 0.82, date: event('2020-08-07T13:30:00Z') },
      c: { amount: 0.205, date: event('2020-11-06T14:30:00Z') },
    }
    const splits = {
      a: { numerator: 7, denominator: 1, date: event('2014-06-09T13:30:00Z') },
      b: { numerator: 4, denominator: 1, date: event('2020-08-31T13:30:00Z') },
    }
    const body = JSON.parse(fixture('yahoo/fixtures/chart-days.json'))
    body.chart.result[0].events = { dividends, splits }
    await using vendor = await testVendor(() => ({ body }))
    const ask = { refs: [ACME], from: '2012-01-01', to: '2013-01-01' }
    const old = await providerAt(vendor.url).listCorporateActions!(ask)
    expect(old.rows).toEqual([
      { ...ACME, exDate: '2012-08-09', kind: 'dividend', amount: 2.65, currency: 'USD' },
    ])
    expect(Number(vendor.seen[0]!.query.get('period2')), 'up to today').toBeGreaterThan(at(NOW) / 1e6)
    const all = await providerAt(vendor.url).listCorporateActions!({ ...ask, to: '2021-01-01' })
    expect(all.rows.flatMap((r) => (r.kind === 'dividend' ? [r.amount] : []))).toEqual([2.65, 3.28, 0.205])
  })

  it('minutes are asked in 7-day windows and come back whole, in order', async () => {
    await using vendor = await testVendor((r) => {
      const start = Math.ceil(Number(r.query.get('period1')) / 60) * 60
      return { body: minuteChart([start, start + 60]) }
    })
    const from = at('2026-02-05T15:00:00Z')
    const bars = await providerAt(vendor.url).getBars({ ref: ACME, timeframe: '1m', from, to: at(NOW) })
    const spans = vendor.seen.map((r) => Number(r.query.get('period2')) - Number(r.query.get('period1')))
    expect([spans.length, Math.max(...spans)]).toEqual([3, 7 * 86_400])
    expect(bars.rows.map((b) => b.ts)).toEqual([...bars.rows.map((b) => b.ts)].sort((a, b) => a - b))
    expect(bars.rows).toHaveLength(6)
  })

  it('what the vendor no longer keeps is refused, or left out at the edge', async () => {
    await using vendor = await testVendor(() => ({ body: minuteChart([]) }))
    const provider = providerAt(vendor.url)
    const old = { ref: ACME, timeframe: '1m', from: at('2025-12-01'), to: at('2025-12-05') } as const
    await expect(provider.getBars(old)).rejects.toThrow('keeps 1m bars for 30 days only')
    await provider.getBars({ ...old, to: at(NOW) })
    expect(Number(vendor.seen[0]!.query.get('period1'))).toBe(at('2026-01-26T15:01:00Z') / 1e6)
  })

  it('the last trade at its own second is no bar of the grid', async () => {
    await using vendor = await testVendor(() => ({ body: minuteChart([1772031480, 1772031540, 1772031577]) }))
    const bars = await providerAt(vendor.url).getBars({
      ref: ACME,
      timeframe: '1m',
      from: at('2026-02-25T14:00:00Z'),
      to: at(NOW),
    })
    expect(bars.rows).toHaveLength(2)
    expect(bars.dropped).toEqual([{ row: 2, reason: 'starts off the 1m grid' }])
  })

  it('coarser rows than asked for are refused', async () => {
    await using vendor = await testVendor(() => ({ body: fixture('yahoo/fixtures/chart-days.json') }))
    const request = { ref: ACME, timeframe: '1m', from: at('2026-02-25'), to: at(NOW) } as const
    await expect(providerAt(vendor.url).getBars(request)).rejects.toThrow(
      'answered with 1d rows where 1m was asked for',
    )
  })

  it('nothing in the range is empty; an unknown symbol is not_found; a bad range is ours', async () => {
    const error = (code: string, description: string) => ({
      chart: { result: null, error: { code, description } },
    })
    const answers: [TestAnswer, string | null][] = [
      [{ body: fixture('yahoo/fixtures/chart-empty.json') }, null],
      [
        { status: 400, body: error('Bad Request', "Data doesn't exist for startDate = 1, endDate = 2") },
        null,
      ],
      [{ status: 404, body: fixture('yahoo/fixtures/chart-not-found.json') }, 'not_found'],
      [{ status: 200, body: fixture('yahoo/fixtures/chart-not-found.json') }, 'not_found'],
      [{ status: 422, body: error('Unprocessable Entity', '1m data not available') }, 'invalid_request'],
      [{ status: 400, body: error('Bad Request', 'invalid period') }, 'invalid_request'],
      [{ status: 200, body: { chart: {} } }, null],
      [{ status: 200, body: { nonsense: true } }, 'malformed'],
    ]
    for (const [answer, kind] of answers) {
      await using vendor = await testVendor(() => answer)
      const bars = providerAt(vendor.url).getBars(days)
      if (kind === null) expect((await bars).rows).toEqual([])
      else await expect(bars).rejects.toMatchObject({ kind })
    }
  })

  it('one bad value in a column costs its row only', async () => {
    const chart = JSON.parse(fixture('yahoo/fixtures/chart-days.json'))
    const [result] = chart.chart.result
    result.indicators.quote[0].close[2] = 'n/a'
    result.timestamp[0] = null
    await using vendor = await testVendor(() => ({ body: chart }))
    const bars = await providerAt(vendor.url).getBars(days)
    expect(bars.rows.map((b) => b.sessionDate)).toEqual(['2026-02-25'])
    expect(bars.dropped.slice(0, 3).map((d) => [d.row, d.reason])).toEqual([
      [0, 'timestamp: expected number, received null'],
      [1, 'no trade'],
      [2, 'close: expected number, received string'],
    ])
  })

  it('half a row is counted, a missing volume is unknown', async () => {
    const chart = JSON.parse(fixture('yahoo/fixtures/chart-days.json'))
    const [series] = chart.chart.result[0].indicators.quote
    series.close[0] = null
    series.volume[2] = null
    await using vendor = await testVendor(() => ({ body: chart }))
    const bars = await providerAt(vendor.url).getBars(days)
    expect(bars.dropped[0]).toEqual({ row: 0, reason: 'incomplete: a price is null' })
    expect(bars.rows[0]!.volume).toBeNull()
  })
})

const minuteChart = (timestamp: number[]) => {
  const series = timestamp.map(() => 10)
  return {
    chart: {
      error: null,
      result: [
        {
          meta: {
            currency: 'USD',
            symbol: 'ACME',
            instrumentType: 'EQUITY',
            exchangeTimezoneName: 'America/New_York',
            dataGranularity: '1m',
          },
          timestamp,
          indicators: { quote: [{ open: series, high: series, low: series, close: series, volume: series }] },
        },
      ],
    },
  }
}

describe('32-bit floats', () => {
  it('become the shortest decimal that is the same float; other numbers stay', () => {
    expect(shortestFloat(136.75999450683594)).toBe(136.76)
    expect(shortestFloat(75.0875015258789)).toBe(75.0875)
    expect(shortestFloat(234.56)).toBe(234.56) // no 32-bit float: a double of its own
    expect(shortestFloat(1.5926669836044312)).toBe(1.592667)
    expect(shortestFloat(0)).toBe(0)
    for (const v of [0.0001, 7200.17431640625, 123456.789])
      expect(Math.fround(shortestFloat(Math.fround(v)))).toBe(Math.fround(v))
  })
})
