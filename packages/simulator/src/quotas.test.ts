import { describe, expect, it } from 'vitest'
import { Quotas } from './quotas.ts'
import { stage } from './testing.ts'

const PRODUCTS = '/coinbase/api/v3/brokerage/market/products?product_ids=BTC-USD'
const CALENDAR = '/polygon/v1/marketstatus/now'

describe('a sliding window', () => {
  it('never lets more through in any stretch of its length, and all that fits', () => {
    let now = 0
    const quotas = new Quotas(
      () => now,
      () => [{ scope: 'rest', calls: 3, windowMs: 1_000 }],
    )
    const allowed: number[] = []
    for (now = 0; now < 10_000; now += 130) {
      const { refusedBy } = quotas.take({ vendor: 'oanda', credential: 'key', path: '/' })
      if (!refusedBy) allowed.push(now)
    }
    for (const at of allowed)
      expect(allowed.filter((t) => t >= at && t < at + 1_000).length).toBeLessThanOrEqual(3)
    expect(allowed.length).toBeGreaterThanOrEqual(27)
    expect(quotas.list()).toEqual([
      { vendor: 'oanda', credential: 'key', allowed: allowed.length, refused: 77 - allowed.length },
    ])
  })

  it('counts credentials, scopes and weights apart', () => {
    const quotas = new Quotas(
      () => 0,
      (_vendor, credential) => [
        { scope: 'bars', calls: 2, windowMs: 1_000, match: /bars/ },
        { scope: 'all', calls: credential === 'rich' ? 100 : 4, windowMs: 1_000 },
      ],
    )
    const take = (credential: string, path: string, weight?: number) =>
      quotas.take({ vendor: 'ibkr', credential, path, weight }).refusedBy?.scope ?? null
    expect([take('a', '/bars', 2), take('a', '/bars'), take('a', '/x', 2), take('a', '/x')]).toEqual([
      null,
      'bars',
      null,
      'all',
    ])
    expect([take('rich', '/x', 90), take('rich', '/bars')]).toEqual([null, null])
    const { states } = quotas.take({ vendor: 'ibkr', credential: 'rich', path: '/x' })
    expect(states).toEqual([{ scope: 'all', limit: 100, remaining: 8, resetAtMs: 1_000 }])
  })
})

describe('quotas on the wire', () => {
  it('refuse in the vendor’s words until the window has moved on', async () => {
    let wall = 50_000
    await using s = await stage(undefined, { quotas: true, wallNowMs: () => wall })
    for (let i = 0; i < 10; i++) expect((await s.get(PRODUCTS)).status).toBe(200)
    const refused = await s.get(PRODUCTS)
    expect([refused.status, refused.json.error]).toEqual([429, 'RESOURCE_EXHAUSTED'])
    wall += 999
    expect((await s.get(PRODUCTS)).status).toBe(429)
    wall += 1
    expect((await s.get(PRODUCTS)).status).toBe(200)
    const free = { authorization: 'Bearer free-key' }
    for (let i = 0; i < 5; i++) expect((await s.get(CALENDAR, free)).status).toBe(200)
    expect((await s.get(CALENDAR, free)).json.error).toContain('maximum requests per minute')
    expect((await s.get(CALENDAR)).status).toBe(200)
    expect((await s.get('/_simulator/quotas')).json.quotas).toContainEqual({
      vendor: 'polygon',
      credential: 'free',
      allowed: 5,
      refused: 1,
    })
  })

  it('tell their state in headers where the vendor does', async () => {
    await using s = await stage(undefined, { quotas: true })
    const headers = { 'apca-api-key-id': 'demo-key', 'apca-api-secret-key': 'demo-key' }
    const answer = await s.get('/alpaca/v2/stocks/snapshots?symbols=AAPL', headers)
    expect(Number(answer.headers['x-ratelimit-limit'])).toBeGreaterThan(0)
    expect(Number(answer.headers['x-ratelimit-remaining'])).toBe(
      Number(answer.headers['x-ratelimit-limit']) - 1,
    )
    const date = Date.parse(String(answer.headers.date)) / 1000
    const inSeconds = Number(answer.headers['x-ratelimit-reset']) - date
    expect(inSeconds > 0 && inSeconds < 62).toBe(true)
  })

  it('are set over HTTP', async () => {
    await using s = await stage()
    const post = (body: unknown) =>
      s.simulator.inject({ method: 'POST', url: '/_simulator/quotas', payload: body as object })
    expect((await post({ vendor: 'polygon', calls: 1, windowMs: 60_000 })).statusCode).toBe(201)
    expect([(await s.get(CALENDAR)).status, (await s.get(CALENDAR)).status]).toEqual([200, 429])
    const wrong = await post({ vendor: 'nasdaq', calls: 1, windowMs: 60_000 })
    expect([wrong.statusCode, wrong.json().error]).toEqual([400, expect.stringMatching(/^vendor: /)])
    await s.simulator.inject({ method: 'DELETE', url: '/_simulator/quotas' })
    expect((await s.get(CALENDAR)).status).toBe(200)
  })
})
