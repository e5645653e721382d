import { instantInZone, MINUTE_US } from '@onetape/market'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Market } from '../market/market.ts'
import { isOptionable } from '../market/options.ts'
import { type Answer, at, FRIDAY, type Stage, stage } from '../testing.ts'
import { asker, postToken, tokenOf } from './testing.ts'

let s: Stage
let ask: (path: string) => Promise<Answer>
beforeAll(async () => {
  s = await stage()
  ask = await asker(s)
})
afterAll(() => s[Symbol.asyncDispose]())

const data = (path: string) => ask(`/marketdata/v1${path}`)
const refresh = (refresh_token: string) => ({ grant_type: 'refresh_token', refresh_token })
const chicago = (date: string) => instantInZone(date, 0, 'America/Chicago') / 1000
type Candle = { open: number; high: number; low: number; close: number; volume: number; datetime: number }

describe('signing in to schwab', () => {
  it('gives a token for half an hour of real time', async () => {
    let wall = 1_000
    await using own = await stage(FRIDAY, { wallNowMs: () => wall })
    const { json, status } = await postToken(own, refresh('R0.mine@'))
    expect([status, json]).toMatchObject([
      200,
      { expires_in: 1800, token_type: 'Bearer', refresh_token: 'R0.mine@' },
    ])
    const quote = () =>
      own.get('/schwab/marketdata/v1/quotes?symbols=AAPL', { authorization: `Bearer ${json.access_token}` })
    expect((await quote()).status).toBe(200)
    // The market's clock does not count.
    own.set(FRIDAY + 40 * MINUTE_US)
    expect((await quote()).status).toBe(200)
    wall += 1_800_000
    const late = await quote()
    expect([late.status, late.json.errors[0]]).toMatchObject([
      401,
      { status: 401, title: 'Unauthorized', detail: 'Client not authorized' },
    ])
    const again = await postToken(own, refresh('R0.mine@'))
    expect(again.json.access_token).not.toBe(json.access_token)
  })

  it('fails with the words of OAuth', async () => {
    const fails = async (form: Record<string, string>, app?: string) => {
      const { status, json } = await postToken(s, form, app)
      return [status, json.error]
    }
    expect(await fails(refresh('expired-R0'))).toEqual([400, 'invalid_grant'])
    expect(await fails(refresh('wrong-R0'))).toEqual([400, 'unsupported_token_type'])
    expect(await fails(refresh('R0'), 'wrongapp:secret')).toEqual([401, 'invalid_client'])
    expect(await fails(refresh('R0'), 'app')).toEqual([401, 'invalid_client'])
    expect(await fails({ grant_type: 'password' })).toEqual([400, 'unsupported_grant_type'])
    expect((await s.get('/schwab/marketdata/v1/quotes?symbols=AAPL')).status).toBe(401)
  })

  it('leads a person back with a code that buys a sign-in', async () => {
    const page = await s.get(
      '/schwab/v1/oauth/authorize?response_type=code&client_id=app&redirect_uri=https://127.0.0.1/back&state=x1',
    )
    const back = new URL(String(page.headers.location))
    expect([page.status, back.host, back.searchParams.get('state')]).toEqual([302, '127.0.0.1', 'x1'])
    const form = {
      grant_type: 'authorization_code',
      code: back.searchParams.get('code')!,
      redirect_uri: 'https://127.0.0.1/back',
    }
    const { status, json } = await postToken(s, form)
    expect([status, json.refresh_token]).toEqual([200, expect.stringMatching(/^R0\./)])
    expect((await postToken(s, refresh(json.refresh_token!))).status).toBe(200)
  })

  it('loses the token that is said to have run out, until another is fetched', async () => {
    await using own = await stage()
    const old = await asker(own)
    own.simulator.faults.add({ vendor: 'schwab', kind: 'token_expired', count: 1 })
    const statuses = []
    for (let i = 0; i < 3; i++) statuses.push((await old('/marketdata/v1/quotes?symbols=AAPL')).status)
    expect(statuses).toEqual([401, 401, 401])
    expect((await (await asker(own))('/marketdata/v1/quotes?symbols=AAPL')).status).toBe(200)
  })

  it('counts 120 calls a minute for an app, whatever its tokens, and none for sign-ins', async () => {
    await using own = await stage(FRIDAY, { quotas: true, wallNowMs: () => 5_000 })
    const [one, two] = [await asker(own), await asker(own, { refreshToken: 'R0.other@' })]
    for (let i = 0; i < 60; i++) {
      expect((await one('/marketdata/v1/quotes?symbols=AAPL')).status).toBe(200)
      expect((await two('/marketdata/v1/quotes?symbols=AAPL')).status).toBe(200)
    }
    const refused = await one('/marketdata/v1/quotes?symbols=AAPL')
    expect([refused.status, refused.headers['retry-after']]).toEqual([429, undefined])
    expect(
      (await (await asker(own, { clientId: 'other' }))('/marketdata/v1/quotes?symbols=AAPL')).status,
    ).toBe(200)
  })
})

describe('schwab quotes', () => {
  it('are a map in blocks, unknown symbols named inside a 200', async () => {
    const { json, status } = await data('/quotes?symbols=AAPL,BRK%2FB,NOPE,$SPX,btc')
    expect(status).toBe(200)
    expect(Object.keys(json)).toEqual(['AAPL', 'BRK/B', '$SPX', 'errors'])
    expect(json.errors).toEqual({ invalidSymbols: ['NOPE', 'btc'] })
    const { quote, regular, reference, fundamental } = json.AAPL
    const polygon = (await s.get('/polygon/v2/snapshot/locale/us/markets/stocks/tickers/AAPL')).json.ticker
    expect([quote.lastPrice, quote.highPrice, quote.closePrice]).toEqual([
      polygon.lastTrade.p,
      polygon.day.h,
      polygon.prevDay.c,
    ])
    expect([quote.totalVolume, regular.regularMarketLastPrice]).toEqual([polygon.day.v, quote.lastPrice])
    expect(quote.netChange).toBeCloseTo(quote.lastPrice - quote.closePrice, 5)
    expect(quote.tradeTime).toBe(Math.floor(polygon.lastTrade.t / 1e6))
    expect(quote.bidPrice).toBeLessThan(quote.askPrice)
    expect(quote['52WeekHigh']).toBeGreaterThanOrEqual(quote.highPrice)
    expect(reference).toMatchObject({ exchange: 'Q', exchangeName: 'NASDAQ' })
    expect(fundamental.eps).toBeGreaterThan(0)
    expect(fundamental.peRatio).toBeCloseTo(quote.lastPrice / fundamental.eps, 2)
    expect(json.AAPL).toMatchObject({ assetMainType: 'EQUITY', assetSubType: 'COE', realtime: true })
    expect(json.$SPX).toMatchObject({ assetMainType: 'INDEX', quote: { totalVolume: 0 } })
    const spy = (await data('/quotes?symbols=SPY')).json.SPY
    expect(json.$SPX.quote.lastPrice).toBeCloseTo(spy.quote.lastPrice * 10, 1)
    expect(spy.assetSubType).toBe('ETF')
  })

  it('hold only the blocks that are asked for', async () => {
    const { json } = await data('/quotes?symbols=AAPL&fields=quote,reference')
    expect(Object.keys(json.AAPL)).toEqual(
      expect.arrayContaining(['quote', 'reference', 'symbol', 'realtime']),
    )
    expect(json.AAPL).not.toHaveProperty('regular')
    expect((await data('/AAPL/quotes')).json.AAPL.symbol).toBe('AAPL')
    expect((await data('/NOPE/quotes')).json.errors[0]).toMatchObject({ status: '404', title: 'Not Found' })
    expect((await data('/quotes')).status).toBe(400)
  })

  it('keep the day before in view until the opening, and mark the close of the day before', async () => {
    const evening = (await data('/quotes?symbols=AAPL')).json.AAPL
    s.set(at('2026-11-23T09:10:00-05:00'))
    const { quote, regular, extended } = (await data('/quotes?symbols=AAPL')).json.AAPL
    expect(quote.openPrice).toBe(evening.quote.openPrice)
    expect(quote.closePrice).toBe(regular.regularMarketLastPrice)
    expect(quote.tradeTime).toBeGreaterThan(regular.regularMarketTradeTime)
    expect(extended.lastPrice).toBe(quote.lastPrice)
    s.set(FRIDAY)
  })

  it('are late for a user without agreements', async () => {
    const late = await asker(s, { clientId: 'delayed-app' })
    const { json } = await late('/marketdata/v1/quotes?symbols=AAPL')
    expect(json.AAPL.realtime).toBe(false)
    expect(json.AAPL.quote.quoteTime).toBeLessThanOrEqual((FRIDAY - 15 * MINUTE_US) / 1000)
  })
})

describe('schwab price history', () => {
  const history = async (query: string): Promise<Candle[]> => {
    const { json, status } = await data(`/pricehistory?symbol=${query}`)
    expect(status).toBe(200)
    expect(json.empty).toBe(json.candles.length === 0)
    return json.candles
  }
  const range = (from: string, to: string) => `startDate=${at(from) / 1000}&endDate=${at(to) / 1000}`

  it('stamps days at midnight in Chicago, through the change of clocks', async () => {
    const days = await history(
      `AAPL&periodType=year&frequencyType=daily&${range('2026-10-26T00:00:00Z', '2026-11-20T23:00:00Z')}`,
    )
    expect(days).toHaveLength(20)
    expect([days[0]!.datetime, days.at(-1)!.datetime]).toEqual([chicago('2026-10-26'), chicago('2026-11-20')])
    expect(new Date(days[0]!.datetime).toISOString()).toBe('2026-10-26T05:00:00.000Z')
    expect(new Date(days.at(-1)!.datetime).toISOString()).toBe('2026-11-20T06:00:00.000Z')
    const months = await history('AAPL&periodType=year&period=1&frequencyType=monthly')
    expect(months.length).toBeGreaterThanOrEqual(12)
    expect(months.at(-1)!.datetime).toBe(chicago('2026-11-01'))
    const november = days.filter((d) => d.datetime >= chicago('2026-11-01'))
    expect(months.at(-1)!.volume).toBe(november.reduce((v, d) => v + d.volume, 0))
    const weeks = await history('AAPL&periodType=month&frequencyType=weekly')
    expect(weeks.at(-1)!.datetime).toBe(chicago('2026-11-16'))
    expect(weeks.at(-1)!.high).toBe(Math.max(...days.slice(-5).map((d) => d.high)))
  })

  it('has minutes with the hours around the session unless told otherwise, for some weeks', async () => {
    const day = range('2026-11-20T00:00:00-05:00', '2026-11-20T14:41:33-05:00')
    const whole = await history(`AAPL&periodType=day&frequencyType=minute&${day}`)
    const regular = await history(
      `AAPL&periodType=day&frequencyType=minute&needExtendedHoursData=false&${day}`,
    )
    expect(whole[0]!.datetime).toBeLessThan(at('2026-11-20T09:30:00-05:00') / 1000)
    expect(regular[0]!.datetime).toBe(at('2026-11-20T09:30:00-05:00') / 1000)
    const five = await history(
      `AAPL&periodType=day&frequencyType=minute&frequency=5&needExtendedHoursData=false&${day}`,
    )
    expect(five[0]).toMatchObject({ open: regular[0]!.open, close: regular[4]!.close })
    expect(five[0]!.volume).toBe(regular.slice(0, 5).reduce((v, m) => v + m.volume, 0))
    expect(
      await history(`AAPL&frequencyType=minute&${range('2026-09-01T00:00:00Z', '2026-09-02T00:00:00Z')}`),
    ).toEqual([])
    const past = await history('AAPL&periodType=day&period=2&frequencyType=minute')
    expect(past[0]!.datetime).toBeGreaterThanOrEqual(at('2026-11-19T04:00:00-05:00') / 1000)
  })

  it('is adjusted for splits', async () => {
    const [before] = await history(
      `NVDA&periodType=year&frequencyType=daily&${range('2024-06-07T00:00:00Z', '2024-06-07T23:00:00Z')}`,
    )
    const raw = await s.get('/polygon/v2/aggs/ticker/NVDA/range/1/day/2024-06-07/2024-06-07?adjusted=false')
    expect(raw.json.results[0].c / before!.close).toBeCloseTo(10, 4)
    expect(before!.volume / raw.json.results[0].v).toBeCloseTo(10, 6)
  })

  it('refuses what the vendor has not', async () => {
    for (const query of [
      'AAPL&periodType=year&frequencyType=minute',
      'AAPL&periodType=day&frequencyType=minute&frequency=7',
      'AAPL&periodType=decade',
      'AAPL&periodType=day&period=7',
      'AAPL&startDate=yesterday',
    ]) {
      expect([query, (await data(`/pricehistory?symbol=${query}`)).status]).toEqual([query, 400])
    }
    expect((await data('/pricehistory?symbol=NOPE')).json.errors[0].title).toBe('Not Found')
    const close = (await data('/pricehistory?symbol=AAPL&periodType=day&period=1&needPreviousClose=true'))
      .json
    expect(close.previousClose).toBe((await data('/quotes?symbols=AAPL')).json.AAPL.quote.closePrice)
  })
})

describe('schwab options', () => {
  it('come in maps by expiry and strike, with sentinels where there is no model', async () => {
    const { json } = await data('/chains?symbol=AAPL&fromDate=2026-11-20&toDate=2026-12-18')
    expect(json).toMatchObject({ symbol: 'AAPL', status: 'SUCCESS', isDelayed: false })
    const keys = Object.keys(json.callExpDateMap)
    expect(keys[0]).toBe('2026-11-20:0')
    expect(keys).toEqual(Object.keys(json.putExpDateMap))
    const rows = [json.callExpDateMap, json.putExpDateMap].flatMap((map) =>
      Object.values(map).flatMap((strikes) => Object.values(strikes as object).flat()),
    )
    expect(rows).toHaveLength(json.numberOfContracts)
    for (const row of rows) {
      expect(row.symbol).toMatch(/^AAPL {2}26\d{4}[CP]\d{8}$/)
      expect(row.symbol).toHaveLength(21)
      expect(row.ask).toBeGreaterThan(row.bid)
    }
    const none = rows.filter((row) => row.volatility === -999)
    expect(none.length).toBeGreaterThan(0)
    expect(none.every((row) => row.delta === 'NaN')).toBe(true)
    const busy = rows.find((row) => row.totalVolume > 0 && row.volatility > 0)
    const quote = (await data(`/quotes?symbols=${encodeURIComponent(busy.symbol)}`)).json[busy.symbol]
    expect(quote).toMatchObject({
      assetMainType: 'OPTION',
      quote: { bidPrice: busy.bid, openInterest: busy.openInterest },
    })
    const atMoney = (
      await data('/chains?symbol=AAPL&contractType=PUT&strikeCount=2&fromDate=2026-11-27&toDate=2026-11-27')
    ).json
    expect([atMoney.numberOfContracts, atMoney.callExpDateMap]).toEqual([2, {}])
  })

  it('do not fit the gateway when there are too many', async () => {
    for (const symbol of ['SPY', '$SPX']) {
      const { status, json } = await data(`/chains?symbol=${symbol}`)
      expect([symbol, status, json.fault.detail.errorcode]).toEqual([symbol, 502, 'protocol.http.TooBigBody'])
      const { expirationList } = (await data(`/expirationchain?symbol=${symbol}`)).json
      const { expirationDate } = expirationList[1]
      const one = (await data(`/chains?symbol=${symbol}&fromDate=${expirationDate}&toDate=${expirationDate}`))
        .json
      expect(Object.keys(one.callExpDateMap)).toHaveLength(1)
      expect(one.numberOfContracts).toBeGreaterThan(100)
    }
  })

  it('fail inside a 200 where an underlying has none', async () => {
    const thin = new Market(1).universe.equities.find((l) => !isOptionable(l))!.symbol.replace('.', '/')
    const { status, json } = await data(`/chains?symbol=${thin}`)
    expect([status, json.status, json.callExpDateMap]).toEqual([200, 'FAILED', {}])
    expect((await data(`/expirationchain?symbol=${thin}`)).json).toEqual({ expirationList: [] })
    expect((await data('/expirationchain?symbol=NOPE')).status).toBe(404)
  })
})

describe('schwab instruments, hours and movers', () => {
  it('know the figures of companies', async () => {
    const { json } = await data('/instruments?symbol=KO,SPY&projection=fundamental')
    const [coke, fund] = json.instruments
    expect(coke).toMatchObject({ symbol: 'KO', assetType: 'EQUITY', exchange: 'NYSE' })
    const { marketCap, sharesOutstanding, dividendAmount, dividendYield, high52 } = coke.fundamental
    const { lastPrice } = (await data('/quotes?symbols=KO')).json.KO.quote
    expect(marketCap / sharesOutstanding).toBeCloseTo(lastPrice, 4)
    // Percent.
    expect(dividendYield).toBeCloseTo((dividendAmount / lastPrice) * 100, 3)
    expect(high52).toBeGreaterThan(lastPrice)
    expect(fund.fundamental.marketCap).toBe(0)
    expect((await data('/instruments?symbol=NOPE&projection=fundamental')).json).toEqual({})
    const [apple] = (await data('/instruments?symbol=AAPL')).json.instruments
    expect((await data(`/instruments/${apple.cusip}`)).json.instruments[0].symbol).toBe('AAPL')
    const named = (await data('/instruments?symbol=coca&projection=desc-search')).json.instruments
    expect(named.map((i: { symbol: string }) => i.symbol)).toContain('KO')
  })

  it('know when markets are open, early closes and holidays included', async () => {
    const { json } = await data('/markets?markets=equity,option')
    expect(json.equity.EQ.sessionHours.regularMarket).toEqual([
      { start: '2026-11-20T09:30:00-05:00', end: '2026-11-20T16:00:00-05:00' },
    ])
    expect(json.option.EQO.isOpen).toBe(true)
    const early = (await data('/markets/equity?date=2026-11-27')).json.equity.EQ
    expect(early.sessionHours.regularMarket[0].end).toBe('2026-11-27T13:00:00-05:00')
    expect((await data('/markets/equity?date=2026-11-26')).json.equity.equity.isOpen).toBe(false)
    expect((await data('/markets?markets=moon')).status).toBe(400)
    const { screeners } = (await data('/movers/$SPX?sort=PERCENT_CHANGE_UP')).json
    const changes = screeners.map((m: { netPercentChange: number }) => m.netPercentChange)
    expect(changes).toHaveLength(10)
    expect(changes).toEqual(changes.toSorted((a: number, b: number) => b - a))
  })
})

describe('schwab faults', () => {
  it('are played in its own words', async () => {
    await using own = await stage()
    const get = await asker(own)
    const order = (kind: string) =>
      own.simulator.faults.add({ vendor: 'schwab', kind: kind as never, count: 1 })
    const quotes = '/marketdata/v1/quotes?symbols=AAPL,IBM,KO'
    order('server_error')
    expect((await get(quotes)).json.errors[0].title).toBe('Internal Server Error')
    order('plan_error')
    expect((await get(quotes)).status).toBe(403)
    order('malformed_row')
    const spoiled = (await get(quotes)).json
    expect([spoiled.AAPL.quote.lastPrice, spoiled.IBM.quote.lastPrice]).toEqual([expect.any(Number), 'n/a'])
    order('wrong_symbol')
    const rows = (await get('/marketdata/v1/quotes?symbols=AAPL')).json
    expect(rows.AAPL.symbol).not.toBe('AAPL')
    order('malformed_row')
    const candles = (
      await get('/marketdata/v1/pricehistory?symbol=AAPL&periodType=month&frequencyType=daily')
    ).json.candles
    expect(candles.filter((c: Candle) => typeof c.open !== 'number')).toHaveLength(1)
    order('empty')
    expect((await get(quotes)).json).toEqual({})
    // A page cut short does not touch signing in.
    own.simulator.faults.add({ vendor: 'schwab', kind: 'truncated_page', match: 'oauth', count: 1 })
    expect(await tokenOf(own)).toMatch(/^I0\./)
  })
})

describe('two simulated schwabs with one seed', () => {
  it('answer byte for byte the same, tokens included', async () => {
    await using a = await stage()
    await using b = await stage()
    expect(await tokenOf(a)).toBe(await tokenOf(b))
    const [one, two] = [await asker(a), await asker(b)]
    for (const path of [
      '/marketdata/v1/quotes?symbols=AAPL,KO,$SPX',
      '/marketdata/v1/pricehistory?symbol=AAPL&periodType=day&period=3&frequencyType=minute',
      '/marketdata/v1/chains?symbol=KO',
      '/marketdata/v1/instruments?symbol=KO&projection=fundamental',
      '/marketdata/v1/movers/$SPX',
    ]) {
      expect((await one(path)).text === (await two(path)).text, path).toBe(true)
    }
  })
})
