import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { at, FRIDAY, type Stage, stage } from '../testing.ts'

let s: Stage
beforeAll(async () => {
  s = await stage()
})
afterAll(() => s[Symbol.asyncDispose]())

const mixed = async (ticker: string) =>
  (await s.get(`/polygon/v3/snapshot?ticker.any_of=${ticker}`)).json.results[0]
const chart = async (query: string) =>
  (await s.get(`/yahoo/v8/finance/chart/%5EGSPC?${query}`)).json.chart.result[0]

describe('indices', () => {
  it('are the same at every vendor, a fund’s price at their scale', async () => {
    const index = await mixed('I:SPX')
    const fund = (await s.get('/yahoo/v8/finance/chart/SPY?interval=1d&range=1d')).json.chart.result[0].meta
    expect(index).toMatchObject({ ticker: 'I:SPX', type: 'indices', timeframe: 'REAL-TIME' })
    expect(index.value / fund.regularMarketPrice).toBeCloseTo(10, 6)
    expect('last_trade' in index || 'volume' in index.session).toBe(false)
    const { meta } = await chart('interval=1d&range=5d')
    expect([meta.symbol, meta.instrumentType]).toEqual(['^GSPC', 'INDEX'])
    expect(meta.regularMarketPrice).toBeCloseTo(index.value, 2)
    expect(meta.fiftyTwoWeekHigh / fund.fiftyTwoWeekHigh).toBeCloseTo(10, 4)
    expect((await mixed('I:NOPE')).error).toBe('NOT_FOUND')
    expect((await s.get('/yahoo/v8/finance/chart/%5ENOPE')).status).toBe(404)
  })

  it('have bars without volume, in regular hours alone', async () => {
    const path = '/polygon/v2/aggs/ticker/I:SPX/range/1/minute/2026-11-19/2026-11-19?limit=50000'
    const { results } = (await s.get(path)).json
    expect(results).toHaveLength(390)
    expect(Object.keys(results[0]).sort()).toEqual(['c', 'h', 'l', 'o', 't'])
    expect(results[0].t * 1000).toBe(at('2026-11-19T09:30:00-05:00'))
    const [day] = (await s.get('/polygon/v2/aggs/ticker/I:SPX/range/1/day/2026-11-19/2026-11-19')).json
      .results
    expect([day.o, day.h]).toEqual([results[0].o, Math.max(...results.map((r: { h: number }) => r.h))])
    const days = await chart('interval=1d&range=5d')
    expect(days.indicators.quote[0].close[3]).toBeCloseTo(day.c, 2)
  })

  it('stand still outside of them', async () => {
    s.set(at('2026-11-20T17:30:00-05:00'))
    const late = await mixed('I:SPX')
    expect(late.value).toBe(late.session.close)
    s.set(FRIDAY)
  })

  it('are streamed beside their fund', async () => {
    const socket = await s.socket('/yahoo/ws?version=2')
    socket.send({ subscribe: ['SPY', '^GSPC'] })
    const read = (frame: { message: string }) => {
      const bytes = Buffer.from(frame.message, 'base64')
      const name = bytes.subarray(2, 2 + bytes[1]!).toString()
      return [name, bytes.readFloatLE(3 + bytes[1]!)] as const
    }
    const [fund, index] = [read(await socket.next()), read(await socket.next())]
    expect([fund[0], index[0]]).toEqual(['SPY', '^GSPC'])
    expect(index[1] / fund[1]).toBeCloseTo(10, 4)
    s.set(FRIDAY + 30_000_000)
    expect([read(await socket.next())[0], read(await socket.next())[0]]).toEqual(['SPY', '^GSPC'])
  })
})
