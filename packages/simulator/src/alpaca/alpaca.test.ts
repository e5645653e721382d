import { addDays, MINUTE_US, microsFromIso } from '@onetape/market'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { at, FRIDAY, type Stage, stage } from '../testing.ts'

let s: Stage
beforeAll(async () => {
  s = await stage()
})
afterAll(() => s[Symbol.asyncDispose]())

const KEYS = { 'apca-api-key-id': 'PKDEMO', 'apca-api-secret-key': 'secret' }
const FREE = { 'apca-api-key-id': 'freePK', 'apca-api-secret-key': 'secret' }
const get = (path: string, headers: Record<string, string> = KEYS) => s.get(`/alpaca${path}`, headers)
const stocks = (path: string, headers?: Record<string, string>) => get(`/v2/stocks/${path}`, headers)
type Bar = { t: string; o: number; h: number; l: number; c: number; v: number }

describe('alpaca snapshots', () => {
  it('are a bare map of what is known; what never traded is null', async () => {
    const { json, headers } = await stocks('snapshots?symbols=AAPL,BRK.B,NOPE')
    expect(Object.keys(json)).toEqual(['AAPL', 'BRK.B'])
    expect(headers['content-type']).toMatch(/json/)
    const { latestTrade, latestQuote, minuteBar, dailyBar, prevDailyBar } = json.AAPL
    expect(latestTrade.t).toMatch(/^2026-11-20T19:4\d:\d\d\.\d{4,9}Z$/)
    expect(latestQuote.bp).toBeLessThan(latestQuote.ap)
    expect(minuteBar.t).toMatch(/:00Z$/)
    expect([dailyBar.t, prevDailyBar.t]).toEqual(['2026-11-20T05:00:00Z', '2026-11-19T05:00:00Z'])
    expect(dailyBar.c).toBe(latestTrade.p)
    const polygon = (await s.get('/polygon/v2/snapshot/locale/us/markets/stocks/tickers/AAPL')).json.ticker
    expect([latestTrade.p, prevDailyBar.c, dailyBar.h]).toEqual([
      polygon.lastTrade.p,
      polygon.prevDay.c,
      polygon.day.h,
    ])
    s.set(at('2012-01-03T12:00:00-05:00'))
    const early = (await stocks('snapshots?symbols=ABNB,AAPL')).json
    expect([early.ABNB, typeof early.AAPL]).toEqual([null, 'object'])
    s.set(FRIDAY)
  })

  it('show the last day until the first trade of a new one', async () => {
    s.set(at('2026-11-23T09:00:00-05:00'))
    const { json } = await stocks('snapshots?symbols=AAPL')
    expect(json.AAPL.dailyBar.t).toBe('2026-11-20T05:00:00Z')
    expect(json.AAPL.prevDailyBar.t).toBe('2026-11-19T05:00:00Z')
    s.set(FRIDAY)
  })

  it('of coins are wrapped, need no key, and their day begins at midnight in Chicago', async () => {
    const { json, text, status } = await get('/v1beta3/crypto/us/snapshots?symbols=BTC%2FUSD,ETH/USD', {})
    expect(status).toBe(200)
    const btc = json.snapshots['BTC/USD']
    expect([btc.dailyBar.t, btc.prevDailyBar.t]).toEqual(['2026-11-20T06:00:00Z', '2026-11-19T06:00:00Z'])
    expect(text).toMatch(/"i":30000000\d{11}/)
    const path = '/v1beta3/crypto/us/bars?symbols=BTC/USD&start=2026-11-20T06:00:00Z'
    const minutes: Bar[] = (await get(`${path}&timeframe=1Min&limit=10000`, {})).json.bars['BTC/USD']
    expect(btc.dailyBar.v).toBeCloseTo(
      minutes.reduce((v, m) => v + m.v, 0),
      6,
    )
    expect(btc.dailyBar.h).toBe(Math.max(...minutes.map((m) => m.h)))
    const [day] = (await get(`${path}&timeframe=1Day`, {})).json.bars['BTC/USD']
    expect(day).toEqual(btc.dailyBar)
  })

  it('latest trades, quotes and bars leave out what is unknown', async () => {
    const all = (await stocks('snapshots?symbols=IBM')).json.IBM
    expect((await stocks('trades/latest?symbols=IBM,NOPE')).json).toEqual({
      trades: { IBM: all.latestTrade },
    })
    expect((await stocks('quotes/latest?symbols=IBM')).json.quotes.IBM).toEqual(all.latestQuote)
    expect((await stocks('bars/latest?symbols=IBM')).json.bars.IBM).toEqual(all.minuteBar)
    expect(
      (await get('/v1beta3/crypto/us/latest/quotes?symbols=BTC/USD', {})).json.quotes['BTC/USD'].bp,
    ).toBeGreaterThan(0)
  })
})

describe('alpaca bars', () => {
  const pages = async (path: string, headers = KEYS) => {
    const all: Record<string, Bar[]> = {}
    const order: string[] = []
    let token = ''
    let count = 0
    do {
      const { json, status } = await stocks(
        `${path}${token && `&page_token=${encodeURIComponent(token)}`}`,
        headers,
      )
      expect(status).toBe(200)
      for (const [symbol, bars] of Object.entries<Bar[]>(json.bars)) {
        all[symbol] = [...(all[symbol] ?? []), ...bars]
        order.push(symbol)
      }
      token = json.next_page_token
      count++
    } while (token)
    return { all, order, count }
  }

  it('come in pages over all symbols, sorted by symbol and then by time', async () => {
    const range = 'timeframe=1Min&start=2026-11-20T14:30:00Z&end=2026-11-20T15:29:00Z'
    const whole = await pages(`bars?symbols=MSFT,AAPL,KO&${range}&limit=1000`)
    expect(whole.count).toBe(1)
    const paged = await pages(`bars?symbols=MSFT,AAPL,KO&${range}&limit=45`)
    expect(paged.all).toEqual(whole.all)
    expect(paged.count).toBe(Math.ceil(Object.values(whole.all).flat().length / 45))
    expect(paged.order).toEqual([...paged.order].sort())
    for (const bars of Object.values(paged.all)) {
      expect(bars.map((b) => b.t)).toEqual([...bars.map((b) => b.t)].sort())
      expect(bars.at(-1)!.t <= '2026-11-20T15:29:00Z').toBe(true)
    }
    const back = await pages(`bars?symbols=MSFT,AAPL,KO&${range}&limit=45&sort=desc`)
    expect(back.all.KO!.toReversed()).toEqual(whole.all.KO)
  })

  it('of an hour are its minutes, of a day the market’s own, stamped midnight in New York', async () => {
    const at10 = 'start=2026-11-20T15:00:00Z&end=2026-11-20T15:59:00Z'
    const minutes = (await stocks(`bars?symbols=AAPL&timeframe=1Min&${at10}`)).json.bars.AAPL as Bar[]
    const [hour] = (await stocks(`bars?symbols=AAPL&timeframe=1Hour&${at10}`)).json.bars.AAPL as Bar[]
    expect([hour!.o, hour!.c, hour!.t]).toEqual([minutes[0]!.o, minutes.at(-1)!.c, '2026-11-20T15:00:00Z'])
    expect(hour!.v).toBe(minutes.reduce((v, m) => v + m.v, 0))
    const days = (await stocks('bars?symbols=AAPL&timeframe=1Day&start=2026-10-26&end=2026-11-20')).json.bars
      .AAPL
    expect(days).toHaveLength(20)
    // The clocks change on 2026-11-01.
    expect([days[0].t, days.at(-1).t]).toEqual(['2026-10-26T04:00:00Z', '2026-11-20T05:00:00Z'])
    const weeks = (await stocks('bars?symbols=AAPL&timeframe=1Week&start=2026-11-09&end=2026-11-20')).json
      .bars.AAPL
    expect(weeks.map((w: Bar) => w.t)).toEqual(['2026-11-09T05:00:00Z', '2026-11-16T05:00:00Z'])
    expect(weeks[0].h).toBe(Math.max(...days.slice(10, 15).map((d: Bar) => d.h)))
  })

  it('miss the minutes without a trade', async () => {
    const thin = 'timeframe=1Min&start=2026-11-19T14:30:00Z&end=2026-11-19T20:59:00Z&feed=iex'
    const bars = (await stocks(`bars?symbols=BRK.A,IBM&${thin}`)).json.bars
    expect(bars.IBM.length).toBeGreaterThan(300)
    expect(bars.IBM.length).toBeLessThan(390)
    expect((bars['BRK.A'] ?? []).length).toBeLessThan(10)
  })

  it('are raw by default, and adjusted as asked', async () => {
    const day = async (adjustment: string) =>
      (await stocks(`bars?symbols=NVDA,KO&timeframe=1Day&start=2024-06-06&end=2024-06-07${adjustment}`)).json
        .bars
    const [raw, none, split, dividend, all] = await Promise.all(
      ['', '&adjustment=raw', '&adjustment=split', '&adjustment=dividend', '&adjustment=all'].map(day),
    )
    expect(none).toEqual(raw)
    expect(raw.NVDA[1].c / split.NVDA[1].c).toBeCloseTo(10, 4)
    expect(split.NVDA[1].v / raw.NVDA[1].v).toBeCloseTo(10, 6)
    expect(split.KO).toEqual(raw.KO)
    expect(dividend.KO[1].c).toBeLessThan(raw.KO[1].c * 0.96)
    expect(dividend.KO[1].v).toBe(raw.KO[1].v)
    expect(all.NVDA[1].c / dividend.NVDA[1].c).toBeCloseTo(0.1, 4)
  })

  it('are refused with a sentence, and empty where there is nothing', async () => {
    const bad = async (query: string) => {
      const { status, json } = await stocks(`bars?${query}`)
      return [status, typeof json.message]
    }
    expect(await bad('symbols=AAPL&timeframe=7Day')).toEqual([422, 'string'])
    expect(await bad('symbols=AAPL&timeframe=1Min&limit=10001')).toEqual([422, 'string'])
    expect(await bad('symbols=AAPL&timeframe=1Min&start=yesterday')).toEqual([422, 'string'])
    expect(await bad('symbols=aapl&timeframe=1Min')).toEqual([400, 'string'])
    const empty = await stocks('bars?symbols=NOPE,AAPL&timeframe=1Day&start=1990-01-01&end=1990-02-01')
    expect(empty.json).toEqual({ bars: {}, next_page_token: null })
  })
})

describe('alpaca plans', () => {
  it('know a bad key, and what a free plan lacks', async () => {
    const wrong = { 'apca-api-key-id': 'wrongPK', 'apca-api-secret-key': 'secret' }
    for (const headers of [wrong, {}]) {
      const { status, json } = await stocks('snapshots?symbols=AAPL', headers)
      expect([status, json.message]).toEqual([403, 'forbidden.'])
    }
    expect((await get('/v1beta3/crypto/us/snapshots?symbols=BTC/USD', wrong)).status).toBe(403)
    const words = 'subscription does not permit querying recent SIP data'
    for (const path of [
      'snapshots?symbols=AAPL&feed=sip',
      'quotes/latest?symbols=AAPL&feed=sip',
      `bars?symbols=AAPL&timeframe=1Min&feed=sip&start=2026-11-20T15:00:00Z&end=2026-11-20T19:30:00Z`,
    ]) {
      const { status, json } = await stocks(path, FREE)
      expect([path, status, json.message]).toEqual([path, 403, words])
    }
    const old = 'bars?symbols=AAPL&timeframe=1Min&start=2026-11-20T15:00:00Z&limit=10000&feed=sip'
    const free = (await stocks(old, FREE)).json.bars.AAPL as Bar[]
    const paid = (await stocks(old)).json.bars.AAPL as Bar[]
    expect(microsFromIso(free.at(-1)!.t)!).toBeLessThanOrEqual(FRIDAY - 15 * MINUTE_US)
    expect(paid.length - free.length).toBe(15)
    expect(paid.slice(0, free.length - 1)).toEqual(free.slice(0, -1))
  })

  it('show IEX alone where the whole market is not paid for', async () => {
    const symbols = 'AAPL,MSFT,KO,XOM,INTC'
    const sip = (await stocks(`snapshots?symbols=${symbols}`)).json
    const iex = (await stocks(`snapshots?symbols=${symbols}`, FREE)).json
    expect((await stocks(`snapshots?symbols=${symbols}&feed=iex`)).json).toEqual(iex)
    let otherLast = 0
    for (const symbol of symbols.split(',')) {
      const [a, b] = [sip[symbol], iex[symbol]]
      expect(b.dailyBar.v / a.dailyBar.v).toBeGreaterThan(0.02)
      expect(b.dailyBar.v / a.dailyBar.v).toBeLessThan(0.03)
      expect(b.dailyBar.h).toBeLessThanOrEqual(a.dailyBar.h + 0.01)
      expect(Math.abs(b.latestTrade.p / a.latestTrade.p - 1)).toBeLessThan(0.005)
      expect(b.latestTrade.x).toBe('V')
      expect(b.latestTrade.t <= a.latestTrade.t).toBe(true)
      if (b.latestTrade.p !== a.latestTrade.p) otherLast++
    }
    expect(otherLast).toBeGreaterThan(0)
    const range = 'timeframe=1Min&start=2026-11-20T14:30:00Z&end=2026-11-20T19:40:00Z&feed=iex&limit=10000'
    const minutes = (await stocks(`bars?symbols=AAPL&${range}`)).json.bars.AAPL as Bar[]
    expect(Math.max(...minutes.map((m) => m.h))).toBeLessThanOrEqual(iex.AAPL.dailyBar.h)
    expect(Math.min(...minutes.map((m) => m.l))).toBeGreaterThanOrEqual(iex.AAPL.dailyBar.l)
  })

  it('delay the SIP for everybody who asks for that', async () => {
    const late = (await stocks('snapshots?symbols=AAPL&feed=delayed_sip', FREE)).json.AAPL
    s.set(FRIDAY - 15 * MINUTE_US)
    expect((await stocks('snapshots?symbols=AAPL')).json.AAPL).toEqual(late)
    s.set(FRIDAY)
  })

  it('tell what is left, and refuse what is too much', async () => {
    let wall = 1_000_000
    await using limited = await stage(FRIDAY, { quotas: true, wallNowMs: () => wall })
    limited.simulator.quotas.override({ vendor: 'alpaca', scope: 'rest', calls: 2, windowMs: 60_000 })
    const ask = () => limited.get('/alpaca/v2/stocks/trades/latest?symbols=AAPL', KEYS)
    const first = await ask()
    expect(first.headers).toMatchObject({ 'x-ratelimit-limit': '2', 'x-ratelimit-remaining': '1' })
    const reset = Number(first.headers['x-ratelimit-reset']) * 1000 - Date.parse(String(first.headers.date))
    expect(reset).toBeGreaterThanOrEqual(60_000)
    expect(reset).toBeLessThanOrEqual(61_000)
    await ask()
    const third = await ask()
    expect([third.status, third.json, third.headers['x-ratelimit-remaining']]).toEqual([
      429,
      { message: 'too many requests.' },
      '0',
    ])
    wall += 60_001
    expect((await ask()).status).toBe(200)
  })
})

describe('alpaca options', () => {
  const chain = (query: string, headers = KEYS) => get(`/v1beta1/options/snapshots/AAPL?${query}`, headers)

  it('come in pages by contract, with greeks where there is a guide to them', async () => {
    const symbols: string[] = []
    let token = ''
    let rows: Record<
      string,
      { latestQuote: { bp: number; ap: number }; greeks?: unknown; impliedVolatility?: number }
    > = {}
    do {
      const { json } = await chain(`limit=500${token && `&page_token=${encodeURIComponent(token)}`}`)
      symbols.push(...Object.keys(json.snapshots))
      rows = { ...rows, ...json.snapshots }
      token = json.next_page_token
    } while (token)
    expect(symbols.length).toBeGreaterThan(1000)
    expect(new Set(symbols).size).toBe(symbols.length)
    expect(symbols).toEqual([...symbols].sort())
    for (const [symbol, row] of Object.entries(rows)) {
      expect(symbol).toMatch(/^AAPL2\d{5}[CP]\d{8}$/)
      expect(row.latestQuote.ap).toBeGreaterThan(row.latestQuote.bp)
      expect(row.greeks === undefined).toBe(row.impliedVolatility === undefined)
    }
    expect(Object.values(rows).some((row) => row.greeks === undefined)).toBe(true)
    const named = symbols.slice(100, 103)
    const some = await get(`/v1beta1/options/snapshots?symbols=${named.join(',')}`)
    expect(some.json.snapshots).toEqual(Object.fromEntries(named.map((n) => [n, rows[n]])))
  })

  it('are filtered, and belong to a plan', async () => {
    const { json } = await chain(
      'type=put&expiration_date=2026-12-18&strike_price_gte=250&strike_price_lte=260',
    )
    const found = Object.keys(json.snapshots)
    expect(found.length).toBeGreaterThan(2)
    for (const symbol of found) expect(symbol).toMatch(/^AAPL261218P002(5|60)/)
    const refused = await chain('feed=opra', FREE)
    expect([refused.status, refused.json.message]).toEqual([403, 'OPRA agreement is not signed'])
    expect((await chain('', FREE)).status).toBe(200)
    expect((await get('/v1beta1/options/snapshots/NOPE')).json).toEqual({
      snapshots: {},
      next_page_token: null,
    })
  })
})

describe('alpaca corporate actions', () => {
  it('list splits on their day and dividends on the day they are paid', async () => {
    const query = '/v1/corporate-actions?symbols=NVDA,GE,KO&start=2021-01-01&end=2024-12-31&limit=1000'
    const { json } = await get(query)
    const { forward_splits, reverse_splits, cash_dividends } = json.corporate_actions
    expect(forward_splits).toMatchObject([
      { symbol: 'NVDA', ex_date: '2021-07-20', new_rate: 4, old_rate: 1 },
      { symbol: 'NVDA', ex_date: '2024-06-10', new_rate: 10, old_rate: 1, process_date: '2024-06-10' },
    ])
    expect(reverse_splits).toMatchObject([{ symbol: 'GE', ex_date: '2021-08-02', new_rate: 1, old_rate: 8 }])
    const coke = cash_dividends.filter((d: { symbol: string }) => d.symbol === 'KO')
    expect(coke).toHaveLength(16)
    for (const d of coke) expect(d.payable_date).toBe(addDays(d.ex_date, 14))
    const polygon = await s.get(
      '/polygon/v3/reference/dividends?ticker=KO&ex_dividend_date.gte=2021-01-01&ex_dividend_date.lte=2024-12-31&limit=100&order=asc',
    )
    const same = new Map(
      polygon.json.results.map((d: { ex_dividend_date: string; cash_amount: number }) => [
        d.ex_dividend_date,
        d.cash_amount,
      ]),
    )
    for (const d of coke.slice(1)) expect(d.rate).toBe(same.get(d.ex_date))
  })

  it('come in pages, in the order in which they are booked', async () => {
    const rows: { id: string; process_date: string }[] = []
    let token = ''
    do {
      const more = token && `&page_token=${encodeURIComponent(token)}`
      const { json } = await get(
        `/v1/corporate-actions?types=cash_dividend&start=2026-10-01&end=2026-10-14&limit=150${more}`,
      )
      rows.push(...json.corporate_actions.cash_dividends)
      token = json.next_page_token
    } while (token)
    expect(rows.length).toBeGreaterThan(150)
    expect(new Set(rows.map((r) => r.id)).size).toBe(rows.length)
    expect(rows.map((r) => r.process_date)).toEqual([...rows.map((r) => r.process_date)].sort())
    expect((await get('/v1/corporate-actions?types=gift')).status).toBe(422)
    expect((await get('/v1/corporate-actions?symbols=NOPE')).json).toEqual({
      corporate_actions: {},
      next_page_token: null,
    })
  })
})

describe('alpaca faults', () => {
  it('are played in its own words', async () => {
    await using f = await stage()
    const ask = (path = '/v2/stocks/bars?symbols=AAPL&timeframe=1Day&start=2026-11-02&end=2026-11-13') =>
      f.get(`/alpaca${path}`, KEYS)
    const order = (kind: string, more = {}) =>
      f.simulator.faults.add({ vendor: 'alpaca', kind: kind as never, count: 1, ...more })
    order('rate_limited', { retryAfterS: 3 })
    const limited = await ask()
    expect([limited.status, limited.headers['retry-after']]).toEqual([429, '3'])
    order('plan_error')
    expect((await ask()).json.message).toMatch(/subscription does not permit/)
    order('malformed_row')
    const spoiled = (await ask()).json.bars.AAPL
    expect(spoiled.filter((b: Bar) => typeof b.o !== 'number')).toHaveLength(1)
    expect(spoiled).toHaveLength(10)
    order('truncated_page')
    const cut = (await ask()).json
    expect(cut).not.toHaveProperty('next_page_token')
    expect(cut.bars.AAPL).toHaveLength(5)
    order('empty')
    expect((await ask()).json).toEqual({ bars: {}, next_page_token: null })
    order('truncated_page')
    const broken = await f
      .get('/alpaca/v1beta3/crypto/us/snapshots?symbols=BTC/USD', { ...KEYS, accept: 'text' })
      .catch((e) => e)
    expect(broken).toBeInstanceOf(SyntaxError)
    const plain = (await ask('/v2/stocks/snapshots?symbols=AAPL')).json.AAPL.latestTrade.p
    order('unit_error')
    expect((await ask('/v2/stocks/snapshots?symbols=AAPL')).json.AAPL.latestTrade.p).toBeCloseTo(
      plain * 100,
      4,
    )
    order('inverted')
    const { latestQuote } = (await ask('/v2/stocks/snapshots?symbols=AAPL')).json.AAPL
    expect(latestQuote.bp).toBeGreaterThan(latestQuote.ap)
    order('wrong_symbol')
    expect((await ask('/v2/stocks/snapshots?symbols=AAPL')).json).not.toHaveProperty('AAPL')
    order('malformed_row')
    const rows = (await ask('/v2/stocks/snapshots?symbols=AAPL,IBM,KO')).json
    expect([rows.AAPL.latestTrade.p, rows.IBM.latestTrade.p]).toEqual([expect.any(Number), 'n/a'])
  })
})

describe('two simulated alpacas with one seed', () => {
  it('answer byte for byte the same, in whatever order they are asked', async () => {
    await using a = await stage()
    await using b = await stage()
    const paths = [
      '/v2/stocks/snapshots?symbols=AAPL,BRK.B,KO&feed=iex',
      '/v2/stocks/bars?symbols=KO,AAPL&timeframe=5Min&start=2026-11-18&end=2026-11-20&limit=200&adjustment=all',
      '/v1beta3/crypto/us/snapshots?symbols=BTC/USD',
      '/v1beta1/options/snapshots/KO?limit=300',
      '/v1/corporate-actions?start=2026-10-01&end=2026-11-20&limit=500',
    ]
    const texts = new Map<string, string>()
    for (const path of paths) texts.set(path, (await a.get(`/alpaca${path}`, KEYS)).text)
    for (const path of paths.toReversed()) {
      expect((await b.get(`/alpaca${path}`, KEYS)).text === texts.get(path), path).toBe(true)
    }
  })
})
