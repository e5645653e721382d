import { MINUTE_US, SECOND_US, sessionOn } from '@onetape/market'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Market } from '../market/market.ts'
import { at, FRIDAY, type Stage, stage } from '../testing.ts'
import {
  asking,
  barsIn,
  type HistoryOptions,
  history,
  is,
  named,
  signIn,
  type TestClient,
} from './testing-client.ts'

const index = (symbol: string, exchange: string) => [
  '',
  symbol,
  'IND',
  '',
  '',
  '',
  '',
  exchange,
  '',
  'USD',
  '',
  '',
]
const SPX = index('SPX', 'CBOE')
const FUND = named('SPY')
const market = new Market(1)
const spy = market.find('SPY')!
const FACTOR = 10

let s: Stage
let client: TestClient
let reqId = 0
beforeAll(async () => {
  s = await stage()
  client = await signIn(s.simulator.endpoints.ibkr!.tws!)
})
afterAll(async () => {
  await client[Symbol.asyncDispose]()
  await s[Symbol.asyncDispose]()
})

const details = async (contract: string[]) => {
  client.send(9, 8, ++reqId, ...contract, 0, '', '', '')
  return client.until((f) => is(52, reqId)(f) || is(4, reqId)(f))
}
const snapshot = async (contract: string[]) => {
  client.send(1, 11, ++reqId, ...contract, ...asking({ snapshot: true }))
  return client.until((f) => is(57, reqId)(f) || is(4, reqId)(f))
}
const ask = async (o: HistoryOptions) => {
  client.send(...history(++reqId, { contract: SPX, ...o }))
  return client.next((f) => is(17, reqId)(f) || is(4, reqId)(f))
}
const pricesIn = (rows: string[][]) => Object.fromEntries(rows.filter(is(1)).map((f) => [f[3], Number(f[4])]))

describe('contracts of indices', () => {
  it('are found at the exchange that calculates them, under its name, in dollars', async () => {
    const found = []
    for (const contract of [SPX, index('NDX', 'NASDAQ'), index('INDU', 'CME'), index('RUT', 'RUSSELL')]) {
      const [row, ...rest] = await details(contract)
      expect(row!.slice(2, 4)).toEqual(contract.slice(1, 3))
      expect([row![8], row![9], rest.length]).toEqual([contract[7], 'USD', 1])
      expect(row!.find((f) => f.startsWith('20261120:'))).toMatch(/^20261120:0930-20261120:1600;/)
      found.push(row![13])
    }
    expect(new Set(found).size).toBe(4)
    const byNumber = [found[0]!, ...Array(6).fill(''), 'CBOE', '', '', '', '']
    expect((await details(byNumber))[0]![2]).toBe('SPX')
  })

  it('are nowhere else, and nothing else is one', async () => {
    for (const wrong of [
      index('SPX', 'SMART'),
      index('DJI', 'CME'),
      index('SPY', 'CBOE'),
      SPX.with(9, 'EUR'),
    ]) {
      expect((await details(wrong)).map((f) => [f[0], f[3]])).toEqual([['4', '200']])
    }
    expect((await details(SPX.with(2, 'STK').with(7, 'SMART'))).at(-1)![3]).toBe('200')
  })
})

describe('prices of indices', () => {
  it('are last, day and previous close: no bid or ask, no size, no volume', async () => {
    const rows = await snapshot(SPX)
    const [today, before] = [sessionOn('XNYS', '2026-11-20')!, sessionOn('XNYS', '2026-11-19')!]
    const [day, last] = [market.day(spy, today, FRIDAY)!, market.lastTrade(spy, FRIDAY)!]
    const points = (price: number) => expect.closeTo(price * FACTOR, 6)
    expect(pricesIn(rows)).toEqual({
      4: points(last.price),
      6: points(day.high),
      7: points(day.low),
      9: points(market.day(spy, before, FRIDAY)!.close),
      14: points(day.open),
    })
    expect(rows.filter(is(2))).toEqual([])
    expect(rows.find(is(46))!.slice(3)).toEqual(['45', String(Math.floor(last.ts / SECOND_US))])
    expect(rows.at(-1)![0]).toBe('57')
    const chart = await s.get('/yahoo/v8/finance/chart/%5EGSPC?interval=1d&range=1d')
    expect(pricesIn(rows)[4]).toBeCloseTo(chart.json.chart.result[0].meta.regularMarketPrice, 2)
  })

  it('stand still when the stocks have closed', async () => {
    s.set(at('2026-11-20T17:30:00-05:00'))
    const close = market.day(spy, sessionOn('XNYS', '2026-11-20')!, at('2026-11-20T20:30:00-05:00'))!.close
    expect(pricesIn(await snapshot(SPX))[4]).toBeCloseTo(close * FACTOR, 6)
    s.set(FRIDAY)
  })

  it('have bars of regular hours whatever was asked, without a volume, as trades alone', async () => {
    const bars = barsIn(await ask({ rth: 0 }))
    const { open } = sessionOn('XNYS', '2026-11-20')!
    const expected = [...market.minutes(spy, open, FRIDAY, FRIDAY)]
    expect(bars.map((b) => [Number(b.date) * SECOND_US, b.volume, b.wap])).toEqual(
      expected.map((m) => [m.start, 0, 0]),
    )
    expect(bars[7]!.high).toBeCloseTo(expected[7]!.high * FACTOR, 4)
    expect(Number(bars.at(-1)!.date) * SECOND_US).toBe(FRIDAY - (FRIDAY % MINUTE_US))
    const days = barsIn(await ask({ bar: '1 day', back: '3 D' }))
    expect(days.map((b) => b.date)).toEqual(['20261118', '20261119', '20261120'])
    expect(days[2]!.open).toBe(bars[0]!.open)
    for (const show of ['MIDPOINT', 'BID_ASK']) {
      expect((await ask({ show })).slice(3, 5).join(' ')).toMatch(
        /^162 .*No historical market data for SPX\/IND/,
      )
    }
  })

  it('are streamed with their fund, in its hours', async () => {
    await using own = await stage()
    await using line = await signIn(own.simulator.endpoints.ibkr!.tws!)
    line.send(1, 11, 1, ...SPX, ...asking())
    expect(Object.keys(pricesIn(await line.until(is(45, 1))))).toEqual(['4', '6', '7', '9', '14'])
    const later = FRIDAY + 4 * SECOND_US
    own.set(later)
    const level = market.lastTrade(spy, later)!.price * FACTOR
    await line.next((f) => is(1, 1)(f) && f[3] === '4' && Math.abs(Number(f[4]) - level) < 1e-6)
    own.set(at('2026-11-20T16:30:00-05:00'))
    line.send(1, 11, 2, ...FUND, ...asking())
    await line.until(is(45, 2))
    // After the close the fund goes on: two of its moves, so that both lines were looked at in between.
    const seen: string[][] = []
    for (const now of ['16:31:00', '16:32:00']) {
      own.set(at(`2026-11-20T${now}-05:00`))
      const { price } = market.lastTrade(spy, at(`2026-11-20T${now}-05:00`))!
      seen.push(...(await line.until((f) => is(1, 2)(f) && f[3] === '4' && Number(f[4]) === price)))
    }
    const close = market.day(spy, sessionOn('XNYS', '2026-11-20')!, at('2026-11-20T20:30:00-05:00'))!.close
    const levels = seen.filter((f) => is(1, 1)(f) && f[3] === '4').map((f) => Number(f[4]))
    // The last one of the session may only be heard of now.
    expect(levels.filter((level) => Math.abs(level - close * FACTOR) > 1e-6)).toEqual([])
  })
})
