import { MINUTE_US, sessionOn, sessionsBetween } from '@onetape/market'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { at, FRIDAY, type Stage, stage } from '../testing.ts'
import { windowDate, windowLastDate } from './windows.ts'

let s: Stage
beforeAll(async () => {
  s = await stage()
})
afterAll(() => s[Symbol.asyncDispose]())

const range = (ticker: string, span: string, days: string, query = '') =>
  `/polygon/v2/aggs/ticker/${ticker}/range/${span}/${days}${query}`

interface Row {
  o: number
  h: number
  l: number
  c: number
  v: number
  t: number
}

/** All pages, with the number of requests they took. */
async function pages(path: string): Promise<{ rows: Row[]; count: number }> {
  const rows: Row[] = []
  let count = 0
  for (let next: string | undefined = path; next; count++) {
    const { json, status } = await s.get(next)
    expect(status).toBe(200)
    rows.push(...(json.results ?? []))
    next = json.next_url
    if (next) expect(next.startsWith(`${s.simulator.url}/polygon/`) && !/key/i.test(next)).toBe(true)
  }
  return { rows, count }
}

describe('polygon aggregates', () => {
  it('serves daily bars since 2005, stamped with midnight New York', async () => {
    const { json } = await s.get(range('AAPL', '1/day', '2005-01-01/2026-11-20', '?limit=50000'))
    expect(json).toMatchObject({ ticker: 'AAPL', status: 'OK', adjusted: true })
    expect(json.results).toHaveLength(sessionsBetween('XNYS', '2005-01-01', '2026-11-20').length)
    expect(json.results[0].t).toBe(at('2005-01-03T00:00:00-05:00') / 1000)
    expect(json.results.at(-1).t).toBe(at('2026-11-20T00:00:00-05:00') / 1000)
    expect(json.resultsCount).toBe(json.results.length)
    expect(json.next_url).toBeUndefined()
  })

  it('pages by base aggregates, in both directions, without loss or doubles', async () => {
    const one = await pages(range('AAPL', '5/minute', '2026-11-19/2026-11-20', '?limit=50000'))
    expect(one.count).toBe(1)
    const many = await pages(range('AAPL', '5/minute', '2026-11-19/2026-11-20', '?limit=103'))
    expect(many.count).toBeGreaterThan(10)
    expect(many.rows).toEqual(one.rows)
    const newestFirst = await pages(range('AAPL', '5/minute', '2026-11-19/2026-11-20', '?limit=97&sort=desc'))
    expect(newestFirst.rows.toReversed()).toEqual(one.rows)
    const days = await pages(range('AAPL', '1/day', '2026-01-01/2026-11-20', '?limit=10'))
    expect(days.rows).toEqual((await pages(range('AAPL', '1/day', '2026-01-01/2026-11-20'))).rows)
    const backwards = await pages(range('AAPL', '1/day', '2026-01-01/2026-11-20', '?limit=10&sort=desc'))
    expect(backwards.rows.toReversed()).toEqual(days.rows)
  })

  it('counts minutes for the limit of hour bars', async () => {
    const { json } = await s.get(range('AAPL', '1/hour', '2026-11-02/2026-11-20', '?limit=5000'))
    expect(json.queryCount).toBeGreaterThanOrEqual(5000)
    expect(json.resultsCount).toBeLessThan(120)
    expect(json.next_url).toBeDefined()
  })

  it('makes five minutes of one-minute bars, and a day of the regular ones', async () => {
    const ones = (await pages(range('IBM', '1/minute', '2026-11-19/2026-11-19', '?limit=50000'))).rows
    const fives = (await pages(range('IBM', '5/minute', '2026-11-19/2026-11-19', '?limit=50000'))).rows
    for (const five of fives) {
      const parts = ones.filter((m) => m.t >= five.t && m.t < five.t + 300_000)
      expect(merge(parts)).toEqual({ o: five.o, h: five.h, l: five.l, c: five.c, v: five.v, t: five.t })
    }
    const session = sessionOn('XNYS', '2026-11-19')!
    const inHours = ones.filter((m) => m.t * 1000 >= session.open && m.t * 1000 < session.close)
    const [day] = (await pages(range('IBM', '1/day', '2026-11-19/2026-11-19'))).rows
    expect(merge(inHours)).toMatchObject({ o: day!.o, h: day!.h, l: day!.l, c: day!.c })
    expect(ones.reduce((v, m) => v + m.v, 0)).toBe(day!.v)
  })

  it('ends with the minute that still runs', async () => {
    const { rows } = await pages(range('SPY', '1/minute', '2026-11-20/2026-11-20', '?limit=50000'))
    expect(rows.at(-1)!.t).toBe(Math.floor(FRIDAY / MINUTE_US) * 60_000)
    const running = rows.at(-1)!.v
    await using whole = await stage(FRIDAY + MINUTE_US)
    const { json } = await whole.get(range('SPY', '1/minute', '2026-11-20/2026-11-20', '?limit=50000'))
    const finished = json.results.find((r: Row) => r.t === rows.at(-1)!.t)
    expect(finished.v).toBeGreaterThan(running)
  })

  it('adjusts for splits unless told not to', async () => {
    const days = '2020-08-28/2020-08-31'
    const adjusted = (await pages(range('AAPL', '1/day', days))).rows
    const raw = (await pages(range('AAPL', '1/day', days, '?adjusted=false'))).rows
    expect(raw[0]!.c).toBeCloseTo(adjusted[0]!.c * 4, 1)
    expect(raw[0]!.v).toBe(adjusted[0]!.v / 4)
    expect(raw[1]).toEqual(adjusted[1])
    expect((await s.get(range('AAPL', '1/day', days, '?adjusted=false'))).json.adjusted).toBe(false)
  })

  it('has no results key where there is nothing', async () => {
    for (const path of [
      range('NOSUCH', '1/day', '2026-11-01/2026-11-20'),
      range('AAPL', '1/minute', '2026-11-21/2026-11-22'),
    ]) {
      const { json, status } = await s.get(path)
      expect(status).toBe(200)
      expect(json).toMatchObject({ resultsCount: 0, queryCount: 0, status: 'OK' })
      expect('results' in json).toBe(false)
    }
  })

  it('takes milliseconds, pairs, weeks and months', async () => {
    const ms = (iso: string) => at(iso) / 1000
    const minute = await pages(
      range('AAPL', '1/minute', `${ms('2026-11-20T10:00:00-05:00')}/${ms('2026-11-20T10:04:59-05:00')}`),
    )
    expect(minute.rows.map((r) => r.t)).toEqual(
      [0, 1, 2, 3, 4].map((n) => ms('2026-11-20T10:00:00-05:00') + n * 60_000),
    )
    const bitcoin = await pages(range('X:BTCUSD', '1/day', '2026-11-19/2026-11-20'))
    expect(bitcoin.rows.map((r) => r.t)).toEqual([ms('2026-11-19T00:00:00Z'), ms('2026-11-20T00:00:00Z')])
    const weeks = await pages(range('AAPL', '1/week', '2026-11-09/2026-11-20'))
    expect(weeks.rows.map((r) => r.t)).toEqual([
      ms('2026-11-08T00:00:00-05:00'),
      ms('2026-11-15T00:00:00-05:00'),
    ])
    const months = await pages(range('AAPL', '1/month', '2026-09-15/2026-11-20'))
    expect(months.rows.map((r) => r.t)).toEqual(
      ['09-01T00:00:00-04:00', '10-01T00:00:00-04:00', '11-01T00:00:00-04:00'].map((d) => ms(`2026-${d}`)),
    )
  })

  it('refuses nonsense with the vendor’s words', async () => {
    const wrong = {
      [range('AAPL', '1/fortnight', '2026-11-01/2026-11-20')]: 'timespan',
      [range('AAPL', '0/day', '2026-11-01/2026-11-20')]: 'multiplier',
      [range('AAPL', '1/day', '2026-13-01/2026-11-20')]: "'from'",
      [range('AAPL', '1/day', '2026-11-20/2026-11-01')]: 'occurs before',
      [range('AAPL', '1/day', '2026-11-01/2026-11-20', '?limit=60000')]: 'limit',
      [range('AAPL', '1/day', '2026-11-01/2026-11-20', '?cursor=rubbish')]: 'cursor',
    }
    for (const [path, word] of Object.entries(wrong)) {
      const { json, status } = await s.get(path)
      expect([path, status, json.status]).toEqual([path, 400, 'ERROR'])
      expect(json.error).toContain(word)
    }
  })

  it('groups one day of the whole market, stamped with its close', async () => {
    const { json } = await s.get('/polygon/v2/aggs/grouped/locale/us/market/stocks/2026-11-19')
    expect(json.resultsCount).toBeGreaterThan(8_000)
    const apple = json.results.find((r: { T: string }) => r.T === 'AAPL')
    const [day] = (await pages(range('AAPL', '1/day', '2026-11-19/2026-11-19'))).rows
    expect(apple).toMatchObject({
      o: day!.o,
      h: day!.h,
      l: day!.l,
      c: day!.c,
      v: day!.v,
      t: at('2026-11-19T16:00:00-05:00') / 1000,
    })
    const holiday = await s.get('/polygon/v2/aggs/grouped/locale/us/market/stocks/2026-07-03')
    expect(holiday.json.resultsCount).toBe(0)
  })
})

describe('windows', () => {
  it('hold each date once', () => {
    const dates = fc
      .integer({ min: 5_000, max: 22_000 })
      .map((n) => new Date(n * 86_400_000).toISOString().slice(0, 10))
    const windows = fc.record({
      multiplier: fc.integer({ min: 1, max: 6 }),
      timespan: fc.constantFrom('day', 'week', 'month', 'quarter', 'year'),
    })
    fc.assert(
      fc.property(dates, windows, (date, window) => {
        const first = windowDate(window, date)
        const last = windowLastDate(window, date)
        expect(first <= date && date <= last).toBe(true)
        expect(windowDate(window, last)).toBe(first)
        const next = new Date(Date.parse(`${last}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10)
        expect(windowDate(window, next)).toBe(next)
      }),
    )
  })
})

const merge = (rows: Row[]): Row => ({
  o: rows[0]!.o,
  h: Math.max(...rows.map((r) => r.h)),
  l: Math.min(...rows.map((r) => r.l)),
  c: rows.at(-1)!.c,
  v: rows.reduce((v, r) => v + r.v, 0),
  t: Math.floor(rows[0]!.t / 300_000) * 300_000,
})
