import { DAY_US, MINUTE_US, sessionOn } from '@onetape/market'
import { describe, expect, it } from 'vitest'
import { at, FRIDAY, type Stage, stage } from '../testing.ts'

const chartPath = (symbol: string, query: string) => `/yahoo/v8/finance/chart/${symbol}?${query}`
const seconds = (iso: string) => at(iso) / 1_000_000

async function ticket(s: Stage): Promise<{ cookie: string; crumb: string }> {
  const page = await s.get('/yahoo/')
  const cookie = String(page.headers['set-cookie']).split(';')[0]!
  const crumb = (await s.get('/yahoo/v1/test/getcrumb', { cookie })).text
  return { cookie, crumb: encodeURIComponent(crumb) }
}

async function quotes(s: Stage, symbols: string, more = '') {
  const { cookie, crumb } = await ticket(s)
  const { json, status } = await s.get(`/yahoo/v7/finance/quote?symbols=${symbols}&crumb=${crumb}${more}`, {
    cookie,
  })
  expect(status).toBe(200)
  return json.quoteResponse.result
}

async function chart(s: Stage, symbol: string, query: string) {
  const { json, status } = await s.get(chartPath(symbol, query))
  expect([query, status]).toEqual([query, 200])
  return json.chart.result[0]
}

describe('yahoo cookie and crumb', () => {
  it('gives a cookie with a 404 and eleven characters for it', async () => {
    await using s = await stage()
    for (const path of ['/yahoo', '/yahoo/', '/yahoo/cookie-host']) {
      const page = await s.get(path)
      expect([path, page.status, String(page.headers['set-cookie'])]).toEqual([
        path,
        404,
        expect.stringMatching(/^A3=d=/),
      ])
    }
    expect((await s.get('/yahoo/quote/AAPL')).status).toBe(200)
    const { crumb } = await ticket(s)
    expect(decodeURIComponent(crumb)).toHaveLength(11)
  })

  it('refuses what has no cookie, no crumb or another’s crumb', async () => {
    await using s = await stage()
    const { cookie } = await ticket(s)
    expect((await s.get('/yahoo/v1/test/getcrumb')).status).toBe(401)
    for (const [path, headers] of [
      ['/yahoo/v7/finance/quote?symbols=AAPL', { cookie }],
      ['/yahoo/v7/finance/quote?symbols=AAPL&crumb=abcdefghijk', { cookie }],
      ['/yahoo/v7/finance/quote?symbols=AAPL&crumb=abcdefghijk', {}],
    ] as const) {
      const { status, json } = await s.get(path, headers)
      expect([status, json.finance.error.description]).toEqual([401, 'Invalid Crumb'])
    }
  })

  it('answers 429 to who is no browser', async () => {
    await using s = await stage()
    const { status, text } = await s.get('/yahoo/v1/test/getcrumb', { 'user-agent': 'node' })
    expect([status, text.trim()]).toEqual([429, 'Too Many Requests'])
  })
})

describe('yahoo quotes', () => {
  it('answer for many symbols, silent about the unknown', async () => {
    await using s = await stage()
    const rows = await quotes(s, 'AAPL,NOSUCH,BRK-B,BTC-USD,SPY')
    expect(rows.map((r: { symbol: string; quoteType: string }) => [r.symbol, r.quoteType])).toEqual([
      ['AAPL', 'EQUITY'],
      ['BRK-B', 'EQUITY'],
      ['BTC-USD', 'CRYPTOCURRENCY'],
      ['SPY', 'ETF'],
    ])
    expect(await quotes(s, 'BRK.B')).toHaveLength(1)
  })

  it('agree with polygon about price and previous close', async () => {
    await using s = await stage()
    const [row] = await quotes(s, 'AAPL')
    const { json } = await s.get('/polygon/v2/snapshot/locale/us/markets/stocks/tickers/AAPL')
    expect(row.regularMarketPrice).toBe(json.ticker.lastTrade.p)
    expect(row.regularMarketPreviousClose).toBe(json.ticker.prevDay.c)
    expect([row.regularMarketOpen, row.regularMarketDayHigh, row.regularMarketDayLow]).toEqual([
      json.ticker.day.o,
      json.ticker.day.h,
      json.ticker.day.l,
    ])
    expect(row.regularMarketTime).toBe(Math.floor(json.ticker.lastTrade.t / 1e9))
    expect([row.bid, row.ask]).toEqual([json.ticker.lastQuote.p, json.ticker.lastQuote.P])
  })

  it('know the states of the day, and have no bid outside of it', async () => {
    await using s = await stage()
    const states: [string, string][] = [
      ['2026-11-20T03:00:00-05:00', 'PREPRE'],
      ['2026-11-20T08:00:00-05:00', 'PRE'],
      ['2026-11-20T12:00:00-05:00', 'REGULAR'],
      ['2026-11-20T17:00:00-05:00', 'POST'],
      ['2026-11-20T21:00:00-05:00', 'POSTPOST'],
      ['2026-11-21T12:00:00-05:00', 'CLOSED'],
    ]
    for (const [iso, state] of states) {
      s.set(at(iso))
      const [row] = await quotes(s, 'AAPL')
      expect([iso, row.marketState, row.bid > 0]).toEqual([iso, state, state === 'REGULAR'])
      expect('preMarketPrice' in row, iso).toBe(state === 'PRE')
      expect('postMarketPrice' in row, iso).toBe(['POST', 'POSTPOST', 'CLOSED', 'PREPRE'].includes(state))
    }
  })

  it('send the fields asked for and the ones that always come', async () => {
    await using s = await stage()
    const [row] = await quotes(s, 'AAPL', '&fields=regularMarketVolume,longName')
    expect(row).toMatchObject({
      symbol: 'AAPL',
      longName: 'Apple Inc.',
      marketState: 'REGULAR',
      exchangeDataDelayedBy: 0,
    })
    expect(row.regularMarketVolume).toBeGreaterThan(0)
    expect('fiftyTwoWeekHigh' in row).toBe(false)
  })
})

describe('yahoo charts', () => {
  it('serve days, stamped with the open, the running one with its last trade', async () => {
    await using s = await stage()
    const c = await chart(s, 'AAPL', 'interval=1d&range=5d')
    expect(c.timestamp.slice(0, 4)).toEqual(
      ['16', '17', '18', '19'].map((d) => seconds(`2026-11-${d}T09:30:00-05:00`)),
    )
    expect(c.timestamp[4]).toBe(c.meta.regularMarketTime)
    const [quote] = c.indicators.quote
    expect(quote.close[4]).toBe(Math.fround(c.meta.regularMarketPrice))
    const polygon = await s.get('/polygon/v2/aggs/ticker/AAPL/range/1/day/2026-11-16/2026-11-20')
    expect(quote.high).toEqual(polygon.json.results.map((r: { h: number }) => Math.fround(r.h)))
    s.set(at('2026-11-20T16:00:00-05:00'))
    expect((await chart(s, 'AAPL', 'interval=1d&range=5d')).timestamp[4]).toBe(
      seconds('2026-11-20T09:30:00-05:00'),
    )
  })

  it('serve regular minutes only, unless asked for more, up to now', async () => {
    await using s = await stage()
    const c = await chart(s, 'SPY', 'interval=1m&range=1d')
    expect(c.timestamp[0]).toBe(seconds('2026-11-20T09:30:00-05:00'))
    expect(c.timestamp.at(-1)).toBe(Math.floor(FRIDAY / MINUTE_US) * 60)
    expect(c.indicators.adjclose).toBeUndefined()
    const extended = await chart(s, 'SPY', 'interval=1m&range=1d&includePrePost=true')
    expect(extended.timestamp[0]).toBeLessThan(seconds('2026-11-20T09:00:00-05:00'))
  })

  it('have rows of nulls for minutes without a trade', async () => {
    await using s = await stage()
    const { json } = await s.get('/polygon/v2/snapshot/locale/us/markets/stocks/tickers')
    const thin = json.tickers.filter((t: { day: { v: number } }) => t.day.v > 0 && t.day.v < 5_000)[0]!.ticker
    const [quote] = (await chart(s, thin, 'interval=1m&range=1d')).indicators.quote
    const nulls = quote.close.filter((c: number | null) => c === null).length
    expect(nulls).toBeGreaterThan(50)
    expect(quote.close.length).toBeGreaterThan(nulls)
    expect(quote.open.map((o: number | null) => o === null)).toEqual(
      quote.close.map((o: number | null) => o === null),
    )
  })

  it('adjust for splits and, in adjclose, for dividends', async () => {
    await using s = await stage()
    const around = `period1=${seconds('2024-06-01T00:00:00Z')}&period2=${seconds('2024-06-20T00:00:00Z')}`
    const c = await chart(s, 'NVDA', `interval=1d&${around}&events=div|split`)
    expect(Object.values(c.events.splits)).toEqual([
      { date: seconds('2024-06-10T09:30:00-04:00'), numerator: 10, denominator: 1, splitRatio: '10:1' },
    ])
    const closes: number[] = c.indicators.quote[0].close
    for (let i = 1; i < closes.length; i++)
      expect(Math.abs(closes[i]! / closes[i - 1]! - 1)).toBeLessThan(0.3)
    const ko = await chart(
      s,
      'KO',
      `interval=1d&period1=${seconds('2024-01-01T00:00:00Z')}&period2=${seconds('2026-11-20T23:00:00Z')}&events=div|split`,
    )
    expect(Object.keys(ko.events.dividends).length).toBeGreaterThanOrEqual(11)
    const ratio = (i: number) => ko.indicators.adjclose[0].adjclose.at(i) / ko.indicators.quote[0].close.at(i)
    expect(ratio(-1)).toBeCloseTo(1, 6)
    expect(ratio(0) > 0.85 && ratio(0) < 0.97).toBe(true)
  })

  it('gather weeks and months, and begin hours at half past', async () => {
    await using s = await stage()
    const weeks = await chart(
      s,
      'IBM',
      `interval=1wk&period1=${seconds('2026-11-02T05:00:00Z')}&period2=${seconds('2026-11-20T23:00:00Z')}`,
    )
    expect(weeks.timestamp).toEqual(['02', '09', '16'].map((d) => seconds(`2026-11-${d}T00:00:00-05:00`)))
    const months = await chart(s, 'IBM', 'interval=1mo&range=3mo')
    expect(months.timestamp.length).toBeGreaterThanOrEqual(3)
    const hours = await chart(s, 'IBM', 'interval=1h&range=1d')
    expect(hours.timestamp.slice(0, 2)).toEqual([
      seconds('2026-11-20T09:30:00-05:00'),
      seconds('2026-11-20T10:30:00-05:00'),
    ])
  })

  it('know coins by UTC days, their volume in dollars', async () => {
    await using s = await stage()
    const c = await chart(s, 'BTC-USD', 'interval=1d&range=5d')
    expect(c.timestamp[0] % 86_400).toBe(0)
    expect(c.meta).toMatchObject({ instrumentType: 'CRYPTOCURRENCY', exchangeTimezoneName: 'UTC' })
    expect(c.indicators.quote[0].volume[0]).toBeGreaterThan(50_000_000)
  })

  it('refuse in the vendor’s words', async () => {
    await using s = await stage()
    const month = (FRIDAY - 40 * DAY_US) / 1_000_000
    const refusals: [string, string, number, string][] = [
      ['NOSUCH', 'interval=1d&range=5d', 404, 'No data found'],
      ['AAPL', 'interval=1m&range=1mo', 422, 'Only 8 days worth of 1m'],
      [
        'AAPL',
        `interval=1m&period1=${Math.floor(month)}&period2=${Math.floor(month) + 3600}`,
        422,
        'within the last 30 days',
      ],
      ['AAPL', 'interval=7m&range=1d', 422, 'interval=7m is not supported'],
      ['AAPL', 'interval=1d&range=7d', 422, 'range=7d is not supported'],
      ['AAPL', 'interval=1d&period1=1700000000&period2=1600000000', 400, 'start date cannot be after'],
      [
        'AAPL',
        `interval=1d&period1=${seconds('2026-11-14T05:00:00Z')}&period2=${seconds('2026-11-16T05:00:00Z')}`,
        400,
        "Data doesn't exist",
      ],
    ]
    for (const [symbol, query, status, words] of refusals) {
      const answer = await s.get(chartPath(symbol, query))
      expect([query, answer.status]).toEqual([query, status])
      expect(answer.json.chart.result).toBeNull()
      expect(answer.json.chart.error.description).toContain(words)
    }
  })

  it('has no columns where the range has not begun', async () => {
    await using s = await stage()
    const c = await chart(
      s,
      'AAPL',
      `interval=1d&period1=${seconds('2026-11-21T00:00:00Z')}&period2=${seconds('2026-11-22T00:00:00Z')}`,
    )
    expect(c.timestamp).toBeUndefined()
    expect(c.indicators.quote).toEqual([{}])
    expect(sessionOn('XNYS', '2026-11-21')).toBeNull()
  })
})
