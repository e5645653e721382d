import { HOUR_US, MINUTE_US, microsFromIso, SECOND_US } from '@onetape/market'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { at, FRIDAY, type Stage, stage } from '../testing.ts'

const ACCOUNT = '/oanda/v3/accounts/101-001-7-001'
let s: Stage
beforeAll(async () => {
  s = await stage()
})
afterAll(() => s[Symbol.asyncDispose]())

interface Row {
  complete: boolean
  volume: number
  time: string
  bid: Record<'o' | 'h' | 'l' | 'c', string>
  mid: Record<'o' | 'h' | 'l' | 'c', string>
  ask: Record<'o' | 'h' | 'l' | 'c', string>
}
const candles = (query: string, instrument = 'EUR_USD') =>
  s.get(`/oanda/v3/instruments/${instrument}/candles?${query}`)
const rows = async (query: string, instrument?: string): Promise<Row[]> => {
  const { status, json, text } = await candles(query, instrument)
  expect([status, status === 200 ? '' : text]).toEqual([200, ''])
  return json.candles
}
const times = (list: Row[]) => list.map((row) => row.time)
const ts = (row: Row) => microsFromIso(row.time)!

describe('oanda pricing', () => {
  it('answers many instruments in one call: ladders of texts around the best bid and ask', async () => {
    const { status, json } = await s.get(`${ACCOUNT}/pricing?instruments=EUR_USD,USD_JPY`)
    expect(status).toBe(200)
    expect(json.prices.map((p: { instrument: string }) => p.instrument)).toEqual(['EUR_USD', 'USD_JPY'])
    for (const [i, decimals] of [5, 3].entries()) {
      const p = json.prices[i]
      expect(p).toMatchObject({ type: 'PRICE', status: 'tradeable', tradeable: true })
      expect(p.bids[0].price).toMatch(new RegExp(`^\\d+\\.\\d{${decimals}}$`))
      expect(Number(p.bids[0].price)).toBeLessThan(Number(p.asks[0].price))
      expect(Number(p.closeoutBid)).toBeLessThan(Number(p.bids[0].price))
      expect(Number(p.closeoutAsk)).toBeGreaterThan(Number(p.asks[0].price))
      expect(p.time).toMatch(/^2026-11-20T19:4\d:\d{2}\.\d{9}Z$/)
      expect(microsFromIso(p.time)!).toBeLessThanOrEqual(FRIDAY)
    }
    expect(json.homeConversions).toBeUndefined()
  })

  it('tells only what is newer than `since`, and conversions home when asked', async () => {
    const { json } = await s.get(`${ACCOUNT}/pricing?instruments=GBP_JPY&includeHomeConversions=True`)
    const [price] = json.prices
    const later = await s.get(`${ACCOUNT}/pricing?instruments=GBP_JPY&since=${price.time}`)
    expect(later.json.prices).toEqual([])
    expect(json.homeConversions.map((c: { currency: string }) => c.currency)).toEqual(['GBP', 'JPY'])
    expect(Number(json.homeConversions[1].positionValue)).toBeCloseTo(1 / 156.84, 4)
    expect(Number(price.quoteHomeConversionFactors.positiveUnits)).toBeCloseTo(1 / 156.84, 4)
  })

  it('says when the market is closed, with the last price of the week', async () => {
    await using weekend = await stage(at('2026-11-21T12:00:00-05:00'))
    const { json } = await weekend.get(`${ACCOUNT}/pricing?instruments=EUR_USD`)
    expect(json.prices[0]).toMatchObject({ status: 'non-tradeable', tradeable: false })
    expect(json.prices[0].time < '2026-11-20T22:00').toBe(true)
    expect(json.time).toBe('2026-11-21T17:00:00.000000000Z')
  })

  it('writes UNIX times for who prefers them', async () => {
    const { json } = await s.get(`${ACCOUNT}/pricing?instruments=EUR_USD`, {
      'accept-datetime-format': 'UNIX',
    })
    expect(json.time).toBe('1795203693.250000000')
  })
})

describe('oanda refuses', () => {
  it('tokens, accounts and values with its own words', async () => {
    const path = `${ACCOUNT}/pricing?instruments=EUR_USD`
    const said = async (url: string, headers = {}) => {
      const { status, json } = await s.get(url, headers)
      return [status, json.errorMessage]
    }
    expect(await said(path, { authorization: 'Bearer wrong-1' })).toEqual([
      401,
      'Insufficient authorization to perform request.',
    ])
    expect(await said(path, { authorization: '' })).toEqual([401, expect.any(String)])
    expect(await said('/oanda/v3/accounts/wrong-1/pricing?instruments=EUR_USD')).toEqual([
      403,
      'The provided request was forbidden.',
    ])
    expect(await said(`${ACCOUNT}/pricing?instruments=EUR_USD,XXX_YYY`)).toEqual([
      400,
      "Invalid value specified for 'instruments'",
    ])
    for (const name of ['AAPL', 'BTC_USD', 'EUR-USD', 'EURUSD']) {
      expect(await said(`/oanda/v3/instruments/${name}/candles`)).toEqual([
        400,
        "Invalid value specified for 'instrument'",
      ])
    }
    expect((await said('/oanda/v3/nothing'))[0]).toBe(404)
  })

  it.each([
    ['granularity=M3', "Invalid value specified for 'granularity'"],
    ['granularity=M1&price=X', "Invalid value specified for 'price'"],
    ['granularity=M1&count=5001', "Maximum value for 'count' exceeded"],
    ['granularity=M1&count=0', "Invalid value specified for 'count'"],
    ['granularity=M1&from=soon', "Invalid value specified for 'from'"],
    ['granularity=M1&to=2026-11-21T00:00:00Z', "Invalid value specified for 'to'. Time is in the future"],
    [
      'granularity=M1&from=2026-11-10T00:00:00Z&to=2026-11-20T00:00:00Z',
      "Maximum value for 'count' exceeded",
    ],
    [
      'granularity=H1&from=2026-11-19T00:00:00Z&to=2026-11-20T00:00:00Z&count=10',
      "'count' cannot be specified when 'to' and 'from' parameters are set",
    ],
    ['granularity=D&alignmentTimezone=Mars/Olympus', "Invalid value specified for 'alignmentTimezone'"],
    ['granularity=W&weeklyAlignment=Noday', "Invalid value specified for 'weeklyAlignment'"],
    ['granularity=M1&smooth=maybe', "Invalid value specified for 'smooth'"],
  ])('%s', async (query, message) => {
    const { status, json } = await candles(query)
    expect([status, json.errorMessage]).toEqual([400, message])
  })

  it('more than 120 requests a second, a token at a time', async () => {
    let nowMs = 1_000
    await using own = await stage(FRIDAY, { quotas: true, wallNowMs: () => nowMs })
    const ask = async (token: string) =>
      (await own.get(`${ACCOUNT}/summary`, { authorization: `Bearer ${token}` })).status
    for (let i = 0; i < 120; i++) expect(await ask('one')).toBe(200)
    expect([await ask('one'), await ask('two')]).toEqual([429, 200])
    nowMs += 1_000
    expect(await ask('one')).toBe(200)
  })
})

describe('oanda candles', () => {
  it('are 500 of five seconds and the mid unless asked, the last one open', async () => {
    const { json } = await candles('')
    expect([json.instrument, json.granularity, json.candles.length]).toEqual(['EUR_USD', 'S5', 500])
    const complete = (await rows('granularity=M1')).map((row) => row.complete)
    expect([complete.lastIndexOf(true), complete.at(-1)]).toEqual([498, false])
    expect(Object.keys(json.candles[0])).toEqual(['complete', 'volume', 'time', 'mid'])
    expect(times(json.candles)).toEqual(times(json.candles).toSorted())
  })

  it('are sparse: no update, no candle', async () => {
    const list = await rows('granularity=S5&from=2026-11-19T22:00:00Z&to=2026-11-20T03:00:00Z', 'USD_MXN')
    expect(list.length).toBeGreaterThan(50)
    expect(list.length).toBeLessThan(3_600 * 0.8)
    for (const row of list) {
      expect(ts(row) % (5 * SECOND_US)).toBe(0)
      expect(row.volume).toBeGreaterThan(0)
    }
  })

  it('of bid, mid and ask lie around each other', async () => {
    for (const granularity of ['S30', 'M1', 'M15', 'H4', 'D', 'W']) {
      for (const row of await rows(`granularity=${granularity}&price=BMA&count=40`, 'GBP_JPY')) {
        for (const letter of ['o', 'h', 'l', 'c'] as const) {
          const [bid, mid, ask] = [row.bid, row.mid, row.ask].map((side) => Number(side[letter]))
          expect(bid! < mid! && mid! < ask!, `${granularity} ${row.time}`).toBe(true)
        }
        for (const side of [row.bid, row.mid, row.ask]) {
          const [o, h, l, c] = (['o', 'h', 'l', 'c'] as const).map((letter) => Number(side[letter]))
          expect(h! >= Math.max(o!, c!) && l! <= Math.min(o!, c!)).toBe(true)
          expect(side.o).toMatch(/^\d+\.\d{3}$/)
        }
      }
    }
  })

  it('of an hour are its minutes, whatever the side', async () => {
    const range = 'from=2026-11-19T14:00:00Z&to=2026-11-19T15:00:00Z&price=BA'
    const [hour] = await rows(`granularity=H1&${range}`)
    const minutes = await rows(`granularity=M1&${range}`)
    for (const side of ['bid', 'ask'] as const) {
      expect(hour![side]).toEqual({
        o: minutes[0]![side].o,
        h: minutes
          .map((m) => m[side].h)
          .toSorted()
          .at(-1),
        l: minutes.map((m) => m[side].l).toSorted()[0],
        c: minutes.at(-1)![side].c,
      })
    }
    expect(hour!.volume).toBe(minutes.reduce((sum, m) => sum + m.volume, 0))
    const seconds = await rows(`granularity=S5&${range}`)
    expect(seconds.reduce((sum, m) => sum + m.volume, 0)).toBe(hour!.volume)
  })

  it('of a day start at 17:00 New York, Sunday included, 21:00Z in summer and 22:00Z in winter', async () => {
    const winter = await rows('granularity=D&count=6')
    expect(times(winter)).toEqual(
      ['12', '15', '16', '17', '18', '19'].map((day) => `2026-11-${day}T22:00:00.000000000Z`),
    )
    expect(winter.map((row) => row.complete)).toEqual([true, true, true, true, true, false])
    const [summer] = await rows('granularity=D&from=2026-07-12T21:00:00Z&count=1')
    expect(summer!.time).toBe('2026-07-12T21:00:00.000000000Z')
  })

  it('of a day are the same from sessions and from minutes, and other alignments are other days', async () => {
    const range = 'from=2026-11-16T22:00:00Z&to=2026-11-18T22:00:00Z'
    const days = await rows(`granularity=D&${range}`)
    const same = await rows(`granularity=D&${range}&dailyAlignment=22&alignmentTimezone=UTC`)
    expect(days).toEqual(same)
    const utc = await rows('granularity=D&count=3&dailyAlignment=0&alignmentTimezone=UTC')
    expect(utc.map((row) => row.time.slice(0, 16))).toEqual([
      '2026-11-18T00:00',
      '2026-11-19T00:00',
      '2026-11-20T00:00',
    ])
  })

  it('of hours are aligned to the day, weeks to Friday, months to the first', async () => {
    expect(times(await rows('granularity=H4&count=3')).map((t) => t.slice(11, 13))).toEqual([
      '10',
      '14',
      '18',
    ])
    expect((await rows('granularity=W&count=2')).map((row) => row.time.slice(0, 13))).toEqual([
      '2026-11-06T22',
      '2026-11-13T22',
    ])
    expect((await rows('granularity=W&count=1&weeklyAlignment=Monday'))[0]!.time.slice(0, 13)).toBe(
      '2026-11-16T22',
    )
    expect((await rows('granularity=M&count=2')).map((row) => row.time.slice(0, 13))).toEqual([
      '2026-09-30T21',
      '2026-10-31T21',
    ])
  })

  it('go on from a time and back from one, over the weekend', async () => {
    const ahead = await rows('granularity=M1&from=2026-11-13T21:58:00Z&count=4')
    expect(ahead).toHaveLength(4)
    expect(ts(ahead.at(-1)!)).toBeGreaterThanOrEqual(at('2026-11-15T22:00:00Z'))
    const back = await rows('granularity=M1&to=2026-11-15T22:10:00Z&count=30')
    expect(back).toHaveLength(30)
    expect(ts(back[0]!)).toBeLessThan(at('2026-11-13T22:00:00Z'))
    expect(back.every((row) => ts(row) < at('2026-11-15T22:10:00Z'))).toBe(true)
  })

  it('begin with the one that covers `from`, or with the next', async () => {
    const from = 'granularity=M15&from=2026-11-19T14:07:00Z&to=2026-11-19T15:00:00Z'
    const minutes = async (query: string) => times(await rows(query)).map((t) => t.slice(14, 16))
    expect(await minutes(from)).toEqual(['00', '15', '30', '45'])
    expect(await minutes(`${from}&includeFirst=false`)).toEqual(['15', '30', '45'])
    expect(
      await minutes('granularity=M15&from=2026-11-19T14:15:00Z&to=2026-11-19T15:00:00Z&includeFirst=False'),
    ).toEqual(['30', '45'])
  })

  it('are smoothed when asked: each opens where the one before closed', async () => {
    const plain = await rows('granularity=M5&count=12')
    const smooth = await rows('granularity=M5&count=12&smooth=true')
    expect(smooth.slice(1).map((row) => row.mid.o)).toEqual(plain.slice(0, -1).map((row) => row.mid.c))
    expect(smooth.map((row) => row.mid.c)).toEqual(plain.map((row) => row.mid.c))
  })

  it('page through 5,000 at a time without a seam', async () => {
    const page = await rows('granularity=M1&count=5000')
    expect(page).toHaveLength(5_000)
    const first = await rows(`granularity=M1&from=${page[0]!.time}&count=2500`)
    const second = await rows(`granularity=M1&from=${first.at(-1)!.time}&includeFirst=false&count=2500`)
    expect([...first, ...second]).toEqual(page)
  })

  it('reach back to the first day there is', async () => {
    const days = await rows('granularity=D&from=2004-01-01T00:00:00Z&count=2')
    expect(times(days)[0]).toBe('2005-01-02T22:00:00.000000000Z')
    expect((await rows('granularity=M&count=5000')).length).toBeGreaterThan(200)
    expect(await rows('granularity=D&to=2004-06-01T00:00:00Z&count=5')).toEqual([])
  })

  it('come as the latest two for many instruments at once', async () => {
    const { json } = await s.get(`${ACCOUNT}/candles/latest?candleSpecifications=EUR_USD:M1:BA,EUR_CHF:H1:M`)
    expect(json.latestCandles.map((l: { instrument: string }) => l.instrument)).toEqual([
      'EUR_USD',
      'EUR_CHF',
    ])
    for (const { candles: list } of json.latestCandles) {
      expect(list.map((c: Row) => c.complete)).toEqual([true, false])
    }
    expect(Object.keys(json.latestCandles[0].candles[0])).toEqual([
      'complete',
      'volume',
      'time',
      'bid',
      'ask',
    ])
    expect((await s.get(`${ACCOUNT}/candles/latest?candleSpecifications=EUR_USD`)).status).toBe(400)
  })

  it('agree with the price: the open minute closes at the mid', async () => {
    const [row] = await rows('granularity=M1&count=1&price=BMA')
    const { json } = await s.get(`${ACCOUNT}/pricing?instruments=EUR_USD`)
    expect([row!.bid.c, row!.ask.c]).toEqual([json.prices[0].bids[0].price, json.prices[0].asks[0].price])
    expect(ts(row!)).toBe(FRIDAY - (FRIDAY % MINUTE_US))
  })
})

describe('oanda accounts', () => {
  it('name their instruments with decimals and pips', async () => {
    const { json } = await s.get(`${ACCOUNT}/instruments`)
    expect(json.instruments).toHaveLength(12)
    const two = await s.get(`${ACCOUNT}/instruments?instruments=USD_JPY,EUR_USD`)
    expect(two.json.instruments).toMatchObject([
      { name: 'USD_JPY', displayPrecision: 3, pipLocation: -2, type: 'CURRENCY' },
      { name: 'EUR_USD', displayPrecision: 5, pipLocation: -4, displayName: 'EUR/USD' },
    ])
    const { accounts } = (await s.get('/oanda/v3/accounts')).json
    expect((await s.get(`/oanda/v3/accounts/${accounts[0].id}/summary`)).json.account.currency).toBe('USD')
  })
})

describe('oanda faults', () => {
  it('spoil a row, empty a page, and bend prices', async () => {
    await using own = await stage()
    const { faults } = own.simulator
    const get = async () =>
      (await own.get(`${ACCOUNT}/pricing?instruments=EUR_USD,GBP_USD,USD_JPY`)).json.prices
    const clean = await get()
    faults.add({ vendor: 'oanda', kind: 'malformed_row', count: 1 })
    expect((await get())[1].bids).toBe('n/a')
    faults.add({ vendor: 'oanda', kind: 'empty', count: 1 })
    expect(await get()).toEqual([])
    faults.add({ vendor: 'oanda', kind: 'unit_error', symbol: 'GBP-USD', count: 1 })
    const scaled = await get()
    expect(Number(scaled[1].bids[0].price) / Number(clean[1].bids[0].price)).toBeCloseTo(100, 3)
    expect(scaled[0]).toEqual(clean[0])
    faults.add({ vendor: 'oanda', kind: 'inverted', count: 1 })
    const [inverted] = await get()
    expect(Number(inverted.bids[0].price)).toBeGreaterThan(Number(inverted.asks[0].price))
    faults.add({ vendor: 'oanda', kind: 'stale', count: 1 })
    const [stale] = await get()
    expect(FRIDAY - microsFromIso(stale.time)!).toBeGreaterThan(HOUR_US - MINUTE_US)
    faults.add({ vendor: 'oanda', kind: 'outlier', count: 1, match: 'granularity=S5' })
    const plain = (await own.get('/oanda/v3/instruments/EUR_USD/candles?granularity=S10&count=1')).json
    const bent = (await own.get('/oanda/v3/instruments/EUR_USD/candles?granularity=S5&count=1')).json
    expect(Number(bent.candles[0].mid.c) / Number(plain.candles[0].mid.c)).toBeCloseTo(3, 3)
    faults.add({ vendor: 'oanda', kind: 'wrong_symbol', count: 1 })
    expect((await own.get('/oanda/v3/instruments/EUR_USD/candles?count=1')).json.instrument).not.toBe(
      'EUR_USD',
    )
    expect(own.simulator.requestsAfter(0).every((r) => r.vendor === 'oanda' && r.credential === 'demo')).toBe(
      true,
    )
  })

  it('leave the same answer byte for byte when there is none', async () => {
    await using own = await stage()
    for (const path of [
      `${ACCOUNT}/pricing?instruments=EUR_USD,USD_MXN`,
      '/oanda/v3/instruments/GBP_USD/candles?granularity=H1&price=BMA&count=100',
      '/oanda/v3/instruments/GBP_USD/candles?granularity=D&count=100',
    ]) {
      expect((await own.get(path)).text).toBe((await s.get(path)).text)
    }
  })
})
