import { describe, expect, it } from 'vitest'
import { FAULT_KINDS, FaultScript, type VendorName } from './faults.ts'
import { FRIDAY, type Stage, stage } from './testing.ts'

const SNAPSHOT = '/polygon/v2/snapshot/locale/us/markets/stocks/tickers?tickers=AAPL,MSFT,IBM'
const PRODUCTS = '/coinbase/api/v3/brokerage/market/products'
const CHART = '/yahoo/v8/finance/chart/AAPL?interval=1d&range=5d'

const place = (vendor: VendorName, path: string) => ({
  vendor,
  path,
  on: 'request' as const,
  kinds: FAULT_KINDS,
})

describe('the fault script', () => {
  it('uses faults up by count, in order, where they match', () => {
    const script = new FaultScript(() => 0)
    script.add({ vendor: 'polygon', kind: 'server_error', match: '/v3/', count: 2 })
    script.add({ kind: 'slow', count: 1 })
    const kinds = ['/v3/x', '/v2/x', '/v3/x', '/v3/x'].map(
      (path) => script.take(place('polygon', path))?.kind ?? null,
    )
    expect(kinds).toEqual(['server_error', 'slow', 'server_error', null])
    expect(script.take(place('yahoo', '/v3/x'))).toBeNull()
    expect(script.list()).toEqual([])
  })

  it('ends a fault after its time', () => {
    let now = 1_000
    const script = new FaultScript(() => now)
    script.add({ vendor: 'yahoo', kind: 'rate_limited', forMs: 500 })
    expect(script.take(place('yahoo', '/'))?.kind).toBe('rate_limited')
    now = 1_500
    expect(script.take(place('yahoo', '/'))).toBeNull()
  })

  it('refuses an order that is none', () => {
    const script = new FaultScript(() => 0)
    expect(() => script.add({ kind: 'earthquake' } as never)).toThrow()
    expect(() => script.add({ vendor: 'nasdaq', kind: 'slow' } as never)).toThrow()
  })
})

describe('faults on the wire', () => {
  it('limits rates, with and without Retry-After, each vendor in its words', async () => {
    await using s = await stage()
    s.simulator.faults.add({ vendor: 'polygon', kind: 'rate_limited', count: 1, retryAfterS: 7 })
    s.simulator.faults.add({ vendor: 'yahoo', kind: 'rate_limited', count: 1 })
    s.simulator.faults.add({ vendor: 'coinbase', kind: 'rate_limited', count: 1 })
    const polygon = await s.get(SNAPSHOT)
    expect([polygon.status, polygon.headers['retry-after'], polygon.json.status]).toEqual([429, '7', 'ERROR'])
    const yahoo = await s.get(CHART)
    expect([yahoo.status, yahoo.headers['retry-after'], yahoo.text.trim()]).toEqual([
      429,
      undefined,
      'Too Many Requests',
    ])
    expect((await s.get(PRODUCTS)).status).toBe(429)
    expect((await s.get(SNAPSHOT)).status).toBe(200)
  })

  it('breaks down, and refuses keys and crumbs', async () => {
    await using s = await stage()
    s.simulator.faults.add({ kind: 'server_error', count: 3 })
    for (const path of [SNAPSHOT, CHART, PRODUCTS]) expect((await s.get(path)).status).toBe(500)
    s.simulator.faults.add({ kind: 'unauthorized', count: 2 })
    expect((await s.get(SNAPSHOT)).json).toMatchObject({ status: 'ERROR', error: 'Unknown API Key' })
    expect((await s.get(CHART)).json.finance.error.description).toBe('Invalid Crumb')
  })

  it('spoils one row and leaves the others', async () => {
    await using s = await stage()
    s.simulator.faults.add({ kind: 'malformed_row', count: 4 })
    const rows = (await s.get(SNAPSHOT)).json.tickers
    expect(rows.map((r: { ticker: unknown }) => r.ticker)).toEqual(['AAPL', 7, 'IBM'])
    const closes = (await s.get(CHART)).json.chart.result[0].indicators.quote[0].close
    expect(closes.filter((c: unknown) => typeof c === 'string')).toEqual(['n/a'])
    expect(
      (await s.get(PRODUCTS)).json.products.filter((p: { price: string }) => p.price === 'n/a'),
    ).toHaveLength(1)
    const bars = (await s.get('/polygon/v2/aggs/ticker/AAPL/range/1/day/2026-11-16/2026-11-20')).json.results
    expect(bars.map((r: { o: unknown }) => typeof r.o)).toEqual([
      'number',
      'number',
      'string',
      'number',
      'number',
    ])
  })

  it('answers with nothing', async () => {
    await using s = await stage()
    s.simulator.faults.add({ kind: 'empty', count: 4 })
    expect((await s.get(SNAPSHOT)).json.tickers).toEqual([])
    expect(
      (await s.get('/polygon/v2/aggs/ticker/AAPL/range/1/day/2026-11-16/2026-11-20')).json,
    ).not.toHaveProperty('results')
    expect((await s.get(CHART)).json.chart.result[0]).not.toHaveProperty('timestamp')
    expect((await s.get(PRODUCTS)).json.products).toEqual([])
  })

  it('cuts the line, hangs and dawdles', async () => {
    await using s = await stage()
    const url = `${s.simulator.url}${PRODUCTS}`
    s.simulator.faults.add({ vendor: 'coinbase', kind: 'cut', count: 1 })
    await expect(fetch(url)).rejects.toThrow()
    s.simulator.faults.add({ vendor: 'coinbase', kind: 'timeout', count: 1 })
    await expect(fetch(url, { signal: AbortSignal.timeout(150) })).rejects.toThrow(/timeout/i)
    s.simulator.faults.add({ vendor: 'coinbase', kind: 'slow', delayMs: 60, count: 1 })
    const started = performance.now()
    expect((await fetch(url)).status).toBe(200)
    expect(performance.now() - started).toBeGreaterThanOrEqual(55)
  })

  it('closes although a request hangs', async () => {
    const s = await stage()
    s.simulator.faults.add({ kind: 'timeout' })
    const hanging = fetch(`${s.simulator.url}${PRODUCTS}`).catch((error: Error) => error)
    while (s.simulator.requests()[`coinbase ${PRODUCTS}`] !== 1)
      await new Promise((next) => setImmediate(next))
    await s.simulator.close()
    expect(await hanging).toBeInstanceOf(Error)
  })

  it('is steered over HTTP', async () => {
    await using s = await stage()
    const control = `${s.simulator.url}/_simulator/faults`
    const post = (body: unknown) =>
      fetch(control, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
    expect((await post({ vendor: 'coinbase', kind: 'server_error', match: '/candles' })).status).toBe(201)
    const refused = await post({ vendor: 'coinbase', kind: 'earthquake' })
    expect([refused.status, ((await refused.json()) as { error: string }).error]).toEqual([
      400,
      expect.stringMatching(/^kind: /),
    ])
    expect((await s.get(PRODUCTS)).status).toBe(200)
    expect((await s.get(`${PRODUCTS}/BTC-USD/candles?granularity=ONE_DAY&start=1&end=2`)).status).toBe(500)
    const listed = (await s.get('/_simulator/faults')).json
    expect(listed.faults).toEqual([expect.objectContaining({ kind: 'server_error', hits: 1 })])
    expect(listed.requests[`coinbase ${PRODUCTS}`]).toBe(1)
    await fetch(control, { method: 'DELETE' })
    expect((await s.get('/_simulator/faults')).json.faults).toEqual([])
    expect((await s.get('/_simulator/health')).json).toMatchObject({
      status: 'ok',
      time: '2026-11-20T19:41:33.250Z',
    })
  })
})

describe('two simulators with one seed and one clock', () => {
  it('answer byte for byte the same', async () => {
    const port = 0
    await using a = await stage(FRIDAY, { port })
    await using b = await stage(FRIDAY, { port })
    await a.get('/polygon/v2/aggs/ticker/TSLA/range/1/minute/2026-11-10/2026-11-20?limit=50000')
    const paths = [
      '/polygon/v2/snapshot/locale/us/markets/stocks/tickers',
      '/polygon/v2/aggs/ticker/AAPL/range/5/minute/2026-11-10/2026-11-20?limit=50000',
      '/polygon/v3/reference/dividends?ticker=KO&limit=1000',
      CHART,
      PRODUCTS,
      `${PRODUCTS}/BTC-USD/ticker?limit=50`,
      '/coinbase/api/v3/brokerage/market/product_book?product_id=BTC-USD&limit=20',
      '/polygon/v3/snapshot?ticker.any_of=AAPL,C:EURUSD,X:BTCUSD',
      '/polygon/v3/snapshot/options/AAPL?limit=250',
      '/polygon/vX/reference/financials?ticker=MSFT&limit=40',
      '/polygon/v2/snapshot/locale/global/markets/forex/tickers',
      '/yahoo/ws/fundamentals-timeseries/v1/finance/timeseries/KO?type=annualNetIncome,quarterlyTotalAssets',
      '/yahoo/v8/finance/chart/EURUSD=X?interval=1h&range=5d',
    ]
    for (const path of paths) {
      const [x, y] = [await a.get(path), await b.get(path)]
      // `next_url` names the own port.
      const [left, right] = [x, y].map(({ text }) => text.replaceAll(/127\.0\.0\.1:\d+/g, 'host'))
      expect(left === right, path).toBe(true)
      expect([path, x.status]).toEqual([path, 200])
      expect(x.headers.date).toBe(y.headers.date)
    }
    await using other = await stage(FRIDAY, { seed: 2 })
    expect((await other.get(PRODUCTS)).text).not.toBe((await a.get(PRODUCTS)).text)
  })

  it('tell the same story on their streams', async () => {
    await using a = await stage()
    await using b = await stage()
    const story = async (s: Stage): Promise<string[]> => {
      const socket = await s.socket('/coinbase/ws')
      socket.send({ type: 'subscribe', channel: 'ticker', product_ids: ['BTC-USD', 'SOL-USD'] })
      await socket.next((frame) => frame.channel === 'subscriptions')
      s.set(FRIDAY + 60_000_000)
      const frames: string[] = []
      while (frames.length < 20) frames.push(JSON.stringify(await socket.next()))
      return frames
    }
    const [x, y] = await Promise.all([story(a), story(b)])
    expect(x).toEqual(y)
  })

  it('move with the shift', async () => {
    await using s = await stage()
    const before = (await s.get(PRODUCTS)).text
    s.simulator.setShift(3_600_000_000)
    const after = await s.get(PRODUCTS)
    expect(after.text).not.toBe(before)
    expect(after.headers.date).toBe('Fri, 20 Nov 2026 20:41:33 GMT')
    s.simulator.setShift(0)
    expect((await s.get(PRODUCTS)).text).toBe(before)
  })
})
