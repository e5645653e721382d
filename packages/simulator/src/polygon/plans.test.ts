import { microsFromNanos } from '@onetape/market'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { at, FRIDAY, type Stage, stage } from '../testing.ts'

let s: Stage
beforeAll(async () => {
  s = await stage()
})
afterAll(() => s[Symbol.asyncDispose]())

const as = (key: string) => ({ authorization: `Bearer ${key}` })
const ask = (key: string, path: string) => s.get(`/polygon${path}`, as(key))
const aggs = (ticker: string, range: string) => `/v2/aggs/ticker/${ticker}/range/${range}?limit=50000`
const APPLE = '/v2/snapshot/locale/us/markets/stocks/tickers/AAPL'

describe('polygon plans', () => {
  it('let the free one see days that are over, and nothing else', async () => {
    for (const path of [
      APPLE,
      '/v3/snapshot?ticker.any_of=AAPL',
      '/v3/snapshot/options/AAPL',
      '/v2/last/trade/AAPL',
      '/stocks/financials/v1/ratios?ticker=AAPL',
    ]) {
      const { status, json } = await ask('free-key', path)
      expect([path, status, json.status]).toEqual([path, 403, 'NOT_AUTHORIZED'])
    }
    const days = await ask('free-key', aggs('AAPL', '1/day/2026-11-16/2026-11-20'))
    expect([days.json.status, days.json.resultsCount]).toEqual(['DELAYED', 4])
    const today = await ask('free-key', aggs('AAPL', '1/minute/2026-11-20/2026-11-20'))
    expect([today.status, today.json.message]).toEqual([403, expect.stringContaining('timeframe')])
    expect((await ask('free-key', aggs('AAPL', '1/day/2020-01-02/2020-01-31'))).status).toBe(403)
    expect((await ask('demo-key', aggs('AAPL', '1/day/2020-01-02/2020-01-31'))).status).toBe(200)
    expect((await ask('free-key', '/v3/reference/tickers/AAPL')).status).toBe(200)
  })

  it('run 15 minutes behind and lack a part', async () => {
    const live = (await ask('demo-key', APPLE)).json.ticker
    const starter = (await ask('starter-key', APPLE)).json
    const developer = (await ask('developer-key', APPLE)).json
    expect([starter.status, developer.status]).toEqual(['DELAYED', 'DELAYED'])
    expect('lastTrade' in starter.ticker || 'lastQuote' in developer.ticker).toBe(false)
    const us = microsFromNanos(String(BigInt(Math.floor(developer.ticker.lastTrade.t / 1000)) * 1000n))
    expect(FRIDAY - us).toBeGreaterThan(15 * 60_000_000 - 1_000_000)
    expect(starter.ticker.min.t).toBeLessThan(live.min.t)
    const minutes = (await ask('starter-key', aggs('AAPL', '1/minute/2026-11-20/2026-11-20'))).json
    expect(minutes.status).toBe('DELAYED')
    expect(minutes.results.at(-1).t * 1000).toBeLessThanOrEqual(FRIDAY - 15 * 60_000_000)
    const [row] = (await ask('developer-key', '/v3/snapshot?ticker.any_of=AAPL')).json.results
    expect([row.last_trade.timeframe, row.last_quote]).toEqual(['DELAYED', undefined])
    // Currencies have plans of their own.
    expect(
      (await ask('starter-key', '/v3/snapshot?ticker.any_of=X:BTCUSD')).json.results[0].last_trade.timeframe,
    ).toBe('REAL-TIME')
  })
})

describe('polygon currencies', () => {
  it('are quoted, not traded', async () => {
    const { json } = await ask(
      'demo-key',
      '/v2/snapshot/locale/global/markets/forex/tickers?tickers=C:EURUSD,C:USDJPY,AAPL',
    )
    expect(json.tickers.map((t: { ticker: string }) => t.ticker)).toEqual(['C:EURUSD', 'C:USDJPY'])
    const [euro] = json.tickers
    expect(euro.lastTrade).toBeUndefined()
    expect(euro.lastQuote.a).toBeGreaterThan(euro.lastQuote.b)
    const last = (await ask('demo-key', '/v1/last_quote/currencies/EUR/USD')).json
    expect([last.last.ask, last.last.bid, last.symbol]).toEqual([
      euro.lastQuote.a,
      euro.lastQuote.b,
      'EUR/USD',
    ])
  })

  it('have days cut at midnight UTC, with a stub on Sunday', async () => {
    const { json } = await ask('demo-key', aggs('C:EURUSD', '1/day/2026-11-13/2026-11-17'))
    const stamps = json.results.map((r: { t: number }) => new Date(r.t).toISOString())
    expect(stamps).toEqual(['13', '15', '16', '17'].map((day) => `2026-11-${day}T00:00:00.000Z`))
    const [friday, sunday] = json.results
    expect(sunday.n).toBeLessThan(friday.n / 3)
    const minutes = (await ask('demo-key', aggs('C:EURUSD', '1/minute/2026-11-16/2026-11-16'))).json.results
    const monday = json.results[2]
    expect([monday.o, monday.c]).toEqual([minutes[0].o, minutes.at(-1).c])
    expect(monday.h).toBe(Math.max(...minutes.map((m: { h: number }) => m.h)))
    const grouped = (await ask('demo-key', '/v2/aggs/grouped/locale/global/market/fx/2026-11-16')).json
      .results
    expect(grouped.find((r: { T: string }) => r.T === 'C:EURUSD')).toMatchObject({ o: monday.o, c: monday.c })
  })
})

describe('polygon options', () => {
  const all = async (path: string) => {
    // biome-ignore lint/suspicious/noExplicitAny: rows of two lists
    const rows: any[] = []
    let pages = 0
    for (let next: string | undefined = path; next; pages++) {
      const { json, status } = await s.get(next)
      expect(status).toBe(200)
      rows.push(...json.results)
      next = json.next_url
    }
    return { rows, pages }
  }

  it('page through a chain by strike', async () => {
    const contracts = await all(
      '/polygon/v3/reference/options/contracts?underlying_ticker=AAPL&contract_type=call&limit=1000',
    )
    const expiries = [...new Set(contracts.rows.map((r) => r.expiration_date))]
    expect(expiries.length).toBeGreaterThan(8)
    const { rows, pages } = await all(
      `/polygon/v3/snapshot/options/AAPL?expiration_date=${expiries[3]}&sort=strike_price&order=asc&limit=50`,
    )
    expect(pages).toBe(Math.ceil(rows.length / 50))
    const strikes = rows.map((r) => r.details.strike_price)
    expect(strikes).toEqual(strikes.toSorted((a, b) => a - b))
    expect(new Set(rows.map((r) => r.details.ticker)).size).toBe(rows.length)
    expect(rows[0].details.ticker).toMatch(/^O:AAPL26\d{4}[CP]\d{8}$/)
    const one = (await s.get(`/polygon/v3/snapshot/options/AAPL/${rows[7].details.ticker}`)).json.results
    expect(one).toEqual(rows[7])
    const [mixed] = (await s.get(`/polygon/v3/snapshot?ticker.any_of=${rows[7].details.ticker}`)).json.results
    expect(mixed).toMatchObject({
      ticker: rows[7].details.ticker,
      type: 'options',
      last_quote: rows[7].last_quote,
    })
    const near = await all(
      `/polygon/v3/snapshot/options/AAPL?strike_price.gte=${strikes[10]}&strike_price.lt=${strikes[14]}&contract_type=put&limit=250`,
    )
    expect(near.rows.every((r) => r.details.contract_type === 'put')).toBe(true)
  })

  it('have none for what has no options', async () => {
    expect((await s.get('/polygon/v3/snapshot/options/NOSUCH')).json.results).toEqual([])
    expect((await s.get('/polygon/v3/snapshot/options/AAPL/O:AAPL261219C99999000')).status).toBe(404)
    expect((await s.get('/polygon/v3/snapshot/options/AAPL?limit=251')).status).toBe(400)
  })
})

describe('polygon company figures', () => {
  it('say the same in their newer and older form', async () => {
    const of = async (path: string) => (await s.get(`/polygon${path}`)).json.results
    const [income] = await of(
      '/stocks/financials/v1/income-statements?tickers=AAPL&timeframe=quarterly&limit=5',
    )
    const [sheet] = await of('/stocks/financials/v1/balance-sheets?tickers=AAPL&timeframe=quarterly')
    const [flow] = await of('/stocks/financials/v1/cash-flow-statements?tickers=AAPL&timeframe=quarterly')
    const [older] = await of('/vX/reference/financials?ticker=AAPL&timeframe=quarterly')
    const lines = older.financials
    expect([older.end_date, lines.income_statement.revenues.value]).toEqual([
      income.period_end,
      income.revenue,
    ])
    expect(lines.balance_sheet.assets.value).toBe(sheet.total_assets)
    expect(sheet.total_assets).toBe(sheet.total_liabilities + sheet.total_equity)
    expect(lines.cash_flow_statement.net_cash_flow_from_operating_activities.value).toBe(
      flow.net_cash_from_operating_activities,
    )
    expect(lines.income_statement.basic_earnings_per_share.unit).toBe('USD / shares')
    const page = await s.get('/polygon/stocks/financials/v1/income-statements?tickers=AAPL&limit=3')
    expect(page.json.results).toHaveLength(3)
    expect(
      (await s.get(page.json.next_url)).json.results[0].period_end <= page.json.results[2].period_end,
    ).toBe(true)
  })

  it('value the company at its price', async () => {
    const [ratios] = (await s.get('/polygon/stocks/financials/v1/ratios?ticker=AAPL')).json.results
    const details = (await s.get('/polygon/v3/reference/tickers/AAPL')).json.results
    const price = (await s.get('/polygon/v2/last/trade/AAPL')).json.results.p
    expect([ratios.price, ratios.date]).toEqual([price, '2026-11-20'])
    expect(details.market_cap / (details.share_class_shares_outstanding * price)).toBeCloseTo(1, 6)
    expect(ratios.market_cap / details.market_cap).toBeCloseTo(1, 6)
    expect((await s.get('/polygon/stocks/financials/v1/ratios?ticker=SPY')).json.results).toEqual([])
    expect((await s.get('/polygon/v3/reference/tickers/NOSUCH')).status).toBe(404)
  })

  it('stay as they are until the next report', async () => {
    const first = (await s.get('/polygon/vX/reference/financials?ticker=MSFT')).text
    s.set(at('2026-11-20T15:00:00-05:00'))
    expect((await s.get('/polygon/vX/reference/financials?ticker=MSFT')).text).toBe(first)
    s.set(FRIDAY)
  })
})
