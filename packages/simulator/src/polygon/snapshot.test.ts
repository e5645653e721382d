import { microsFromNanos, sessionOn } from '@onetape/market'
import { describe, expect, it } from 'vitest'
import { at, FRIDAY, type Stage, stage } from '../testing.ts'

const ALL = '/polygon/v2/snapshot/locale/us/markets/stocks/tickers'
const apple = async (s: Stage) => (await s.get(`${ALL}/AAPL`)).json.ticker

describe('polygon snapshots', () => {
  it('give the whole market in one call', async () => {
    await using s = await stage()
    for (const call of ['first', 'second']) {
      const started = performance.now()
      const { json, text } = await s.get(ALL)
      console.log(
        `${call} snapshot of ${json.count} tickers: ${Math.round(performance.now() - started)} ms, ${text.length} bytes`,
      )
      expect(json.status).toBe('OK')
      expect(json.tickers.length).toBeGreaterThan(8_000)
      expect(json.count).toBe(json.tickers.length)
    }
  })

  it('agree with the bars', async () => {
    await using s = await stage()
    const row = await apple(s)
    const bars = async (span: string, day: string) =>
      (await s.get(`/polygon/v2/aggs/ticker/AAPL/range/1/${span}/${day}/${day}?limit=50000`)).json.results
    const [today] = await bars('day', '2026-11-20')
    const [yesterday] = await bars('day', '2026-11-19')
    const minute = (await bars('minute', '2026-11-20')).at(-1)
    expect(row.day).toMatchObject({ o: today.o, h: today.h, l: today.l, c: today.c, v: today.v })
    expect(row.prevDay).toMatchObject({ o: yesterday.o, c: yesterday.c, v: yesterday.v })
    expect(row.min).toMatchObject({ o: minute.o, c: minute.c, v: minute.v, t: minute.t, av: today.v })
    expect(row.lastTrade.p).toBe(minute.c)
    expect(row.todaysChange).toBeCloseTo(minute.c - yesterday.c, 4)
    expect(row.lastQuote.p).toBeLessThan(row.lastQuote.P)
  })

  it('write nanoseconds as raw integers beyond 2^53', async () => {
    await using s = await stage()
    const { text } = await s.get(`${ALL}/AAPL`)
    const nanos = /"updated":(\d+)/.exec(text)![1]!
    expect(nanos).toHaveLength(19)
    expect(Number.isSafeInteger(Number(nanos))).toBe(false)
    const ts = microsFromNanos(nanos)
    expect(ts <= FRIDAY && ts > FRIDAY - 10_000_000).toBe(true)
    expect(new Set([...text.matchAll(/"t":(\d{19})/g)].map((m) => m[1]!.slice(-3))).size).toBeGreaterThan(1)
  })

  it('list the tickers asked for, without the unknown', async () => {
    await using s = await stage()
    const { json } = await s.get(`${ALL}?tickers=AAPL,NOSUCH,BRK.B,X:BTCUSD`)
    expect(json.tickers.map((t: { ticker: string }) => t.ticker)).toEqual(['AAPL', 'BRK.B'])
    const crypto = await s.get('/polygon/v2/snapshot/locale/global/markets/crypto/tickers')
    expect(crypto.json.tickers.map((t: { ticker: string }) => t.ticker)).toContain('X:BTCUSD')
    expect((await s.get(`${ALL}/NOSUCH`)).status).toBe(404)
    expect((await s.get(`${ALL}/NOSUCH`)).json.status).toBe('NotFound')
  })

  it('are cleared at 3:30 and have a day of zeros until the first regular trade', async () => {
    await using s = await stage(at('2026-11-23T03:29:59-05:00'))
    const night = await apple(s)
    expect(night.day.c).toBeGreaterThan(0)
    expect(night.todaysChange).not.toBe(0)

    s.set(at('2026-11-23T03:30:00-05:00'))
    const cleared = await apple(s)
    expect(cleared.day).toEqual({ o: 0, h: 0, l: 0, c: 0, v: 0, vw: 0 })
    expect(cleared.min).toMatchObject({ t: 0, c: 0, v: 0 })
    expect([cleared.todaysChange, cleared.todaysChangePerc]).toEqual([0, 0])
    expect(cleared.prevDay.c).toBe(night.day.c)
    expect(cleared.lastTrade.p).toBe(night.lastTrade.p)

    s.set(at('2026-11-23T09:15:00-05:00'))
    const early = await apple(s)
    expect(early.day.o).toBe(0)
    expect(early.min.c).toBeGreaterThan(0)
    expect(early.todaysChange).not.toBe(0)

    s.set(at('2026-11-23T09:31:00-05:00'))
    const open = await apple(s)
    const regularSoFar = (
      await s.get(`/polygon/v2/aggs/ticker/AAPL/range/1/minute/2026-11-23/2026-11-23?limit=50000`)
    ).json.results
      .filter((r: { t: number }) => r.t * 1000 >= sessionOn('XNYS', '2026-11-23')!.open)
      .reduce((v: number, r: { v: number }) => v + r.v, 0)
    expect(open.day.o).toBeGreaterThan(0)
    expect(open.day.v).toBeGreaterThan(regularSoFar)
  })

  it('keep still on a holiday', async () => {
    await using s = await stage(at('2026-11-26T12:00:00-05:00'))
    const first = await apple(s)
    s.set(at('2026-11-26T18:00:00-05:00'))
    expect(await apple(s)).toEqual(first)
    expect((await s.get('/polygon/v1/marketstatus/now')).json.market).toBe('closed')
  })

  it('mix assets in v3, with an error in place of the unknown', async () => {
    await using s = await stage()
    const { json } = await s.get('/polygon/v3/snapshot?ticker.any_of=NOSUCH,AAPL,X:BTCUSD')
    expect(json.results.map((r: { ticker: string }) => r.ticker)).toEqual(['AAPL', 'NOSUCH', 'X:BTCUSD'])
    expect(json.results[1]).toEqual({ error: 'NOT_FOUND', message: 'Ticker not found.', ticker: 'NOSUCH' })
    expect(json.results[0].session.close).toBe((await apple(s)).day.c)
    const page = await s.get('/polygon/v3/snapshot?ticker.any_of=A,AAPL,IBM,MSFT&limit=3')
    expect(page.json.results).toHaveLength(3)
    expect((await s.get(page.json.next_url)).json.results.map((r: { ticker: string }) => r.ticker)).toEqual([
      'MSFT',
    ])
    const many = Array.from({ length: 251 }, (_, i) => `T${i}`).join(',')
    expect((await s.get(`/polygon/v3/snapshot?ticker.any_of=${many}`)).status).toBe(400)
  })

  it('need a key, and a plan that has them', async () => {
    await using s = await stage()
    const ask = (authorization: string, query = '') => s.get(`${ALL}/AAPL${query}`, { authorization })
    expect((await ask('')).json).toMatchObject({ status: 'ERROR', error: 'API Key was not provided' })
    expect((await ask('')).status).toBe(401)
    expect((await ask('Bearer wrong-key')).status).toBe(401)
    expect((await ask('', '?apiKey=demo-key')).status).toBe(200)
    expect((await ask('Bearer free-plan')).json.status).toBe('NOT_AUTHORIZED')
    expect((await ask('Bearer free-plan')).status).toBe(403)
  })

  it('carry the simulated date', async () => {
    await using s = await stage()
    expect((await s.get(`${ALL}/AAPL`)).headers.date).toBe('Fri, 20 Nov 2026 19:41:33 GMT')
  })
})
