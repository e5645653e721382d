import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Stage, stage } from '../testing.ts'

let s: Stage
beforeAll(async () => {
  s = await stage()
})
afterAll(() => s[Symbol.asyncDispose]())

async function all(path: string) {
  // biome-ignore lint/suspicious/noExplicitAny: rows of several lists
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

describe('polygon reference lists', () => {
  it('page through every active stock, by ticker', async () => {
    const { rows, pages } = await all('/polygon/v3/reference/tickers?market=stocks&active=true&limit=1000')
    expect(rows.length).toBeGreaterThan(8_000)
    expect(pages).toBe(Math.ceil(rows.length / 1000))
    const tickers = rows.map((r) => r.ticker)
    expect(new Set(tickers).size).toBe(tickers.length)
    expect(tickers).toEqual(tickers.toSorted((a, b) => (a < b ? -1 : 1)))
    expect(rows.find((r) => r.ticker === 'AAPL')).toMatchObject({
      name: 'Apple Inc.',
      market: 'stocks',
      locale: 'us',
      primary_exchange: 'XNAS',
      type: 'CS',
      active: true,
      currency_name: 'usd',
    })
  })

  it('tell pairs, types and single tickers apart', async () => {
    const crypto = await all('/polygon/v3/reference/tickers?market=crypto&limit=1000')
    expect(crypto.rows.map((r) => r.ticker)).toContain('X:BTCUSD')
    expect(crypto.rows).toHaveLength(12)
    const funds = await all('/polygon/v3/reference/tickers?market=stocks&type=ETF&limit=1000')
    expect(funds.rows.every((r) => r.type === 'ETF')).toBe(true)
    expect((await all('/polygon/v3/reference/tickers?ticker=IBM')).rows).toHaveLength(1)
    expect((await all('/polygon/v3/reference/tickers?market=stocks&active=false')).rows).toEqual([])
    expect((await s.get('/polygon/v3/reference/tickers?limit=5000')).status).toBe(400)
  })

  it('list splits, newest first, within dates', async () => {
    const { rows } = await all('/polygon/v3/reference/splits?ticker=AAPL')
    expect(rows.map((r) => [r.execution_date, r.split_from, r.split_to])).toEqual([
      ['2020-08-31', 1, 4],
      ['2014-06-09', 1, 7],
      ['2005-02-28', 1, 2],
    ])
    const some = await all(
      '/polygon/v3/reference/splits?execution_date.gte=2024-06-01&execution_date.lt=2024-07-01&limit=1000',
    )
    expect(some.rows.map((r) => r.ticker)).toEqual(expect.arrayContaining(['NVDA', 'CMG']))
    for (const row of some.rows) expect(row.execution_date.slice(0, 7)).toBe('2024-06')
    expect((await s.get('/polygon/v3/reference/splits?execution_date.gte=soon')).status).toBe(400)
  })

  it('list dividends, a few per page', async () => {
    const { rows, pages } = await all(
      '/polygon/v3/reference/dividends?ticker=KO&ex_dividend_date.gte=2024-01-01&ex_dividend_date.lt=2026-01-01&limit=3',
    )
    expect(rows).toHaveLength(8)
    expect(pages).toBe(3)
    for (const row of rows)
      expect(row).toMatchObject({ ticker: 'KO', dividend_type: 'CD', frequency: 4, currency: 'USD' })
  })
})
