import { SECOND_US } from '@onetape/market'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FRIDAY, type Stage, stage } from '../testing.ts'

let s: Stage
let cookie: string
let crumb: string
beforeAll(async () => {
  s = await stage()
  const page = await s.get('/yahoo/')
  cookie = String(page.headers['set-cookie']).split(';')[0]!
  crumb = encodeURIComponent((await s.get('/yahoo/v1/test/getcrumb', { cookie })).text)
})
afterAll(() => s[Symbol.asyncDispose]())

const withCrumb = (path: string) =>
  s.get(`/yahoo${path}${path.includes('?') ? '&' : '?'}crumb=${crumb}`, { cookie })
const seconds = (iso: string) => Date.parse(iso) / 1000

describe('yahoo options', () => {
  it('serve the nearest expiry, or the one asked for', async () => {
    const first = (await withCrumb('/v7/finance/options/AAPL')).json.optionChain.result[0]
    expect(first.underlyingSymbol).toBe('AAPL')
    expect(first.options[0].expirationDate).toBe(first.expirationDates[0])
    const date = first.expirationDates[3]
    expect(date % 86_400).toBe(0)
    const chain = (await withCrumb(`/v7/finance/options/AAPL?date=${date}`)).json.optionChain.result[0]
    const { calls, puts } = chain.options[0]
    expect(calls.every((c: { expiration: number }) => c.expiration === date)).toBe(true)
    expect(calls[0].contractSymbol).toMatch(/^AAPL26\d{4}C\d{8}$/)
    const price = chain.quote.regularMarketPrice
    for (const c of calls) expect(c.inTheMoney).toBe(price > c.strike)
    for (const p of puts) expect(p.inTheMoney).toBe(price < p.strike)
    expect(calls.map((c: { strike: number }) => c.strike)).toEqual(
      calls.map((c: { strike: number }) => c.strike).toSorted((a: number, b: number) => a - b),
    )
  })

  it('are empty for what is unknown or has none, and need a crumb', async () => {
    expect((await withCrumb('/v7/finance/options/NOSUCH')).json.optionChain).toEqual({
      result: [],
      error: null,
    })
    expect(
      (await withCrumb('/v7/finance/options/BTC-USD')).json.optionChain.result[0].expirationDates,
    ).toEqual([])
    expect((await s.get('/yahoo/v7/finance/options/AAPL')).status).toBe(401)
  })
})

describe('yahoo company figures', () => {
  it('come by type and period, without a crumb', async () => {
    const path = '/yahoo/ws/fundamentals-timeseries/v1/finance/timeseries/AAPL'
    const types =
      'annualTotalRevenue,quarterlyTotalRevenue,trailingTotalRevenue,annualCapitalExpenditure,annualNoSuchThing'
    const { result } = (
      await s.get(`${path}?type=${types}&period1=0&period2=${seconds('2026-11-20T00:00:00Z')}`)
    ).json.timeseries
    const [annual, quarterly, trailing, spending, unknown] = result
    expect(annual.meta).toEqual({ symbol: ['AAPL'], type: ['annualTotalRevenue'] })
    expect(annual.timestamp).toEqual(
      annual.annualTotalRevenue.map((r: { asOfDate: string }) => seconds(`${r.asOfDate}T00:00:00Z`)),
    )
    expect(quarterly.quarterlyTotalRevenue).toHaveLength(5)
    const lastFour = quarterly.quarterlyTotalRevenue
      .slice(1)
      .map((r: { reportedValue: { raw: number } }) => r.reportedValue.raw)
    expect(trailing.trailingTotalRevenue[0].reportedValue.raw).toBe(
      lastFour.reduce((a: number, b: number) => a + b),
    )
    expect(spending.annualCapitalExpenditure[0].reportedValue.raw).toBeLessThan(0)
    expect(Object.keys(unknown)).toEqual(['meta'])
    const fund = (await s.get(`${path.replace('AAPL', 'SPY')}?type=annualTotalRevenue`)).json.timeseries
      .result
    expect(fund).toEqual([{ meta: { symbol: ['SPY'], type: ['annualTotalRevenue'] } }])
    expect((await s.get(path)).status).toBe(400)
  })

  it('come by module, agreeing with polygon', async () => {
    const modules = 'price,summaryDetail,defaultKeyStatistics,financialData,incomeStatementHistory'
    const [found] = (await withCrumb(`/v10/finance/quoteSummary/KO?modules=${modules}&formatted=false`)).json
      .quoteSummary.result
    const [ratios] = (await s.get('/polygon/stocks/financials/v1/ratios?ticker=KO')).json.results
    expect(found.summaryDetail).toMatchObject({
      marketCap: ratios.market_cap,
      trailingPE: ratios.price_to_earnings,
    })
    expect(found.defaultKeyStatistics.priceToBook).toBe(ratios.price_to_book)
    expect(found.financialData.freeCashflow).toBe(ratios.free_cash_flow)
    expect(found.incomeStatementHistory.incomeStatementHistory.length).toBeGreaterThan(2)
    const [shown] = (await withCrumb('/v10/finance/quoteSummary/KO?modules=price&formatted=true')).json
      .quoteSummary.result
    expect(shown.price.marketCap).toEqual({
      raw: ratios.market_cap,
      fmt: expect.stringMatching(/[TB]$/),
      longFmt: expect.any(String),
    })
    for (const [path, words] of [
      ['/v10/finance/quoteSummary/NOSUCH?modules=price', 'Quote not found'],
      ['/v10/finance/quoteSummary/SPY?modules=financialData', 'No fundamentals data found'],
    ] as const) {
      const { status, json } = await withCrumb(path)
      expect([status, json.quoteSummary.error.description]).toEqual([404, expect.stringContaining(words)])
    }
    expect((await s.get('/yahoo/v10/finance/quoteSummary/AAPL?modules=price')).status).toBe(401)
  })
})

describe('yahoo currencies', () => {
  it('are told by London, have bid and ask and no volume', async () => {
    const rows = (await withCrumb('/v7/finance/quote?symbols=EURUSD=X,JPY=X,EUR-USD')).json.quoteResponse
      .result
    expect(rows.map((r: { symbol: string }) => r.symbol)).toEqual(['EURUSD=X', 'JPY=X'])
    const [euro, yen] = rows
    expect(euro).toMatchObject({
      quoteType: 'CURRENCY',
      exchangeTimezoneName: 'Europe/London',
      regularMarketVolume: 0,
    })
    expect([euro.currency, yen.currency, euro.bid < euro.ask]).toEqual(['USD', 'JPY', true])
    const days = (await s.get('/yahoo/v8/finance/chart/EURUSD=X?interval=1d&range=5d')).json.chart.result[0]
    expect(days.timestamp[0] % 86_400).toBe(0)
    const hours = (await s.get('/yahoo/v8/finance/chart/EURUSD=X?interval=1h&range=1d')).json.chart.result[0]
    expect(hours.timestamp.every((t: number) => t % 3600 === 0)).toBe(true)
    const polygon = (await s.get('/polygon/v1/last_quote/currencies/EUR/USD')).json.last
    expect([euro.bid, euro.ask]).toEqual([polygon.bid, polygon.ask])
  })
})

/** Field numbers with their raw values: numbers by their wire type, texts as texts. */
function decoded(base64: string): Map<number, number | string> {
  const bytes = Buffer.from(base64, 'base64')
  const fields = new Map<number, number | string>()
  let at = 0
  const varint = (): number => {
    let value = 0n
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++]!
      value |= BigInt(byte & 127) << shift
      if (byte < 128) return Number(value)
    }
  }
  while (at < bytes.length) {
    const tag = varint()
    if ((tag & 7) === 0) fields.set(tag >> 3, varint())
    else if ((tag & 7) === 2) {
      const length = varint()
      fields.set(tag >> 3, bytes.subarray(at, at + length).toString('utf8'))
      at += length
    } else {
      fields.set(tag >> 3, bytes.readFloatLE(at))
      at += 4
    }
  }
  return fields
}

const zigzag = (value: number | string | undefined) => Number(value) / 2

describe('the yahoo stream', () => {
  it('tells prices as protobuf in base64, in an envelope when asked', async () => {
    await using s = await stage()
    const socket = await s.socket('/yahoo/ws/?version=2')
    const plain = await s.socket('/yahoo/ws')
    socket.send({ subscribe: ['AAPL', 'BRK-B', 'NOSUCH', 'BTC-USD'] })
    plain.send({ subscribe: ['AAPL'] })
    const frame = await socket.next()
    expect(Object.keys(frame)).toEqual(['type', 'message'])
    expect(frame.type).toBe('pricing')
    expect(await plain.next()).toBe(frame.message)
    const apple = decoded(frame.message)
    const { ticker } = (await s.get('/polygon/v2/snapshot/locale/us/markets/stocks/tickers/AAPL')).json
    expect([apple.get(1), apple.get(2), apple.get(5), apple.get(6), apple.get(7)]).toEqual([
      'AAPL',
      Math.fround(ticker.lastTrade.p),
      'NMS',
      8,
      1,
    ])
    expect(zigzag(apple.get(3))).toBe(Math.floor(ticker.lastTrade.t / 1e6))
    expect(zigzag(apple.get(9))).toBe(ticker.day.v)
    expect(decoded((await socket.next()).message).get(1)).toBe('BRK-B')
    expect(decoded((await socket.next()).message).get(1)).toBe('BTC-USD')
    s.set(FRIDAY + 20 * SECOND_US)
    const later = decoded(await plain.next())
    expect(zigzag(later.get(3))).toBeGreaterThan(zigzag(apple.get(3)))
  })

  it('fades where the subscription is not said again', async () => {
    let wall = 1_000_000
    await using s = await stage(FRIDAY, { wallNowMs: () => wall })
    const socket = await s.socket('/yahoo/ws?version=2')
    const other = await s.socket('/yahoo/ws?version=2')
    socket.send({ subscribe: ['AAPL'] })
    await socket.next()
    wall += 40_000
    other.send({ subscribe: ['AAPL'] })
    await other.next()
    wall += 10_000
    // Between two looks of the other connection lies one of this.
    for (const later of [20, 40]) {
      other.drain()
      s.set(FRIDAY + later * SECOND_US)
      await other.next()
    }
    expect(socket.drain()).toEqual([])
    const heard = s.simulator.requestsAfter(0).length
    socket.send({ subscribe: ['AAPL'] })
    while (s.simulator.requestsAfter(0).length === heard) await new Promise((next) => setImmediate(next))
    s.set(FRIDAY + 60 * SECOND_US)
    expect((await socket.next()).type).toBe('pricing')
  })
})
