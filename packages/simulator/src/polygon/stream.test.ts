import { MINUTE_US, SECOND_US } from '@onetape/market'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { FRIDAY, type Stage, type StageSocket, stage } from '../testing.ts'

afterEach(() => {
  vi.useRealTimers()
})

type Event = Record<string, unknown> & { ev: string }
const status = (word: string) => (frame: Event[]) => frame[0]!.ev === 'status' && frame[0]!.status === word
const of = (ev: string) => (frame: Event[]) => frame.some((event) => event.ev === ev)
const at = (frame: Event[], ev: string) => frame.find((event) => event.ev === ev)!

async function signedIn(s: Stage, cluster: string, topics: string, key = 'demo-key'): Promise<StageSocket> {
  const socket = await s.socket(`/polygon/ws/${cluster}`)
  expect(await socket.next()).toEqual([
    { ev: 'status', status: 'connected', message: 'Connected Successfully' },
  ])
  socket.send({ action: 'auth', params: key })
  expect((await socket.next())[0]).toMatchObject({ status: 'auth_success', message: 'authenticated' })
  socket.send({ action: 'subscribe', params: topics })
  for (const topic of topics.split(','))
    expect((await socket.next())[0]).toMatchObject({ status: 'success', message: `subscribed to: ${topic}` })
  return socket
}

describe('the polygon stream', () => {
  it('tells trades and quotes in milliseconds, as REST knows them', async () => {
    await using s = await stage()
    const socket = await signedIn(s, 'stocks', 'T.AAPL,Q.AAPL,A.AAPL')
    s.set(FRIDAY + 30 * SECOND_US)
    const frame = await socket.next(of('T'))
    const trade = at(frame, 'T')
    const us = (trade.t as number) * 1000
    expect(us > FRIDAY - 1000 && us <= FRIDAY + 30 * SECOND_US).toBe(true)
    // One millisecond later the snapshot has the same trade.
    s.set(us + 1000)
    const { ticker } = (await s.get('/polygon/v2/snapshot/locale/us/markets/stocks/tickers/AAPL')).json
    expect([trade.p, trade.i, trade.s]).toEqual([ticker.lastTrade.p, ticker.lastTrade.i, ticker.lastTrade.s])
    expect(at(frame, 'Q').bp as number).toBeLessThan(at(frame, 'Q').ap as number)
    expect(at(frame, 'A')).toMatchObject({ sym: 'AAPL', c: trade.p, op: ticker.day.o, av: ticker.day.v })
  })

  it('closes minutes as the bars have them', async () => {
    await using s = await stage()
    const socket = await signedIn(s, 'stocks', 'AM.AAPL')
    const minute = Math.floor(FRIDAY / MINUTE_US) * MINUTE_US
    s.set(minute + MINUTE_US + SECOND_US)
    const [event] = await socket.next(of('AM'))
    const path = `/polygon/v2/aggs/ticker/AAPL/range/1/minute/${minute / 1000}/${minute / 1000}`
    const [bar] = (await s.get(path)).json.results
    expect(event).toMatchObject({ sym: 'AAPL', o: bar.o, h: bar.h, l: bar.l, c: bar.c, v: bar.v, s: bar.t })
    expect(event.e).toBe(bar.t + 60_000)
  })

  it('has clusters for coins and currencies', async () => {
    await using s = await stage()
    const coins = await signedIn(s, 'crypto', 'XT.BTC-USD,XQ.*,XA.X:ETH-USD')
    const pairs = await signedIn(s, 'forex', 'C.EUR/USD,CA.*')
    s.set(FRIDAY + 70 * SECOND_US)
    expect(at(await coins.next(of('XT')), 'XT')).toMatchObject({ pair: 'BTC-USD', c: [2] })
    expect(at(await coins.next(of('XA')), 'XA')).toMatchObject({ pair: 'ETH-USD' })
    const quote = at(await pairs.next(of('C')), 'C')
    expect(quote).toMatchObject({ p: 'EUR/USD' })
    expect(quote.a as number).toBeGreaterThan(quote.b as number)
    expect(at(await pairs.next(of('CA')), 'CA').pair).toMatch(/^[A-Z]{3}\/[A-Z]{3}$/)
  })

  it('follows the whole market with a star', async () => {
    await using s = await stage()
    const socket = await signedIn(s, 'stocks', 'T.*')
    s.set(FRIDAY + 10 * SECOND_US)
    const symbols = new Set<string>()
    while (symbols.size < 200) for (const event of await socket.next(of('T'))) symbols.add(event.sym)
    expect(symbols.size).toBeGreaterThanOrEqual(200)
  })

  it('closes the older connection of a key, and of that key and cluster alone', async () => {
    await using s = await stage()
    const older = await signedIn(s, 'stocks', 'T.AAPL')
    const coins = await signedIn(s, 'crypto', 'XT.BTC-USD')
    const other = await signedIn(s, 'stocks', 'T.AAPL', 'another-key')
    const newer = await signedIn(s, 'stocks', 'T.AAPL')
    expect((await older.next(status('max_connections')))[0].message).toContain('exceeded')
    expect(await older.closed).toBe(1008)
    s.set(FRIDAY + 30 * SECOND_US)
    for (const socket of [coins, other, newer]) expect((await socket.next())[0].ev).not.toBe('status')
  })

  it('refuses keys and plans, and who signs in late', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    await using s = await stage()
    for (const [key, words] of [
      ['wrong-key', 'authentication failed'],
      ['free-key', 'plan'],
    ] as const) {
      const socket = await s.socket('/polygon/ws/stocks')
      socket.send({ action: 'subscribe', params: 'T.AAPL' })
      expect((await socket.next(status('error')))[0].message).toContain('authentication required')
      socket.send({ action: 'auth', params: key })
      expect((await socket.next(status('auth_failed')))[0].message).toContain(words)
      expect(await socket.closed).toBe(1008)
    }
    const silent = await s.socket('/polygon/ws/stocks')
    await silent.next()
    vi.advanceTimersByTime(10_000)
    expect((await silent.next())[0].status).toBe('auth_timeout')
    await expect(s.socket('/polygon/ws/bonds')).rejects.toThrow('404')
  })

  it('runs behind on delayed plans, which lack trades or quotes', async () => {
    await using s = await stage()
    const socket = await signedIn(s, 'stocks', 'Q.AAPL', 'starter-key')
    socket.send({ action: 'subscribe', params: 'T.AAPL' })
    expect((await socket.next(status('error')))[0].message).toContain('not authorized')
    s.set(FRIDAY + 30 * SECOND_US)
    const late = (await socket.next(of('Q')))[0].t * 1000
    expect(late).toBeLessThanOrEqual(FRIDAY + 30 * SECOND_US - 15 * MINUTE_US)
    expect(late).toBeGreaterThan(FRIDAY - 16 * MINUTE_US)
  })

  it('plays faults on its frames', async () => {
    await using s = await stage()
    const socket = await signedIn(s, 'stocks', 'T.AAPL,T.MSFT,Q.AAPL,Q.MSFT')
    const before = (await s.get('/polygon/v2/snapshot/locale/us/markets/stocks/tickers/AAPL')).json.ticker
    s.simulator.faults.add({ vendor: 'polygon', kind: 'outlier', symbol: 'AAPL', count: 1 })
    s.simulator.faults.add({ vendor: 'polygon', kind: 'inverted', symbol: 'MSFT', count: 1 })
    s.set(FRIDAY + 30 * SECOND_US)
    const far = await socket.next((f) => f[0].sym === 'AAPL')
    expect(at(far, 'T').p as number).toBeGreaterThan(2 * before.lastTrade.p)
    expect(at(await socket.next((f) => f[0].sym === 'AAPL'), 'T').p as number).toBeLessThan(
      1.5 * before.lastTrade.p,
    )
    s.simulator.faults.clear()
    s.simulator.faults.add({ vendor: 'polygon', kind: 'inverted', symbol: 'MSFT' })
    s.simulator.faults.add({ vendor: 'polygon', kind: 'mute', symbol: 'AAPL' })
    socket.drain()
    s.set(FRIDAY + 90 * SECOND_US)
    const frame = await socket.next((f) => f[0].sym === 'MSFT' && f[0].bp > f[0].ap)
    expect(at(frame, 'T').sym).toBe('MSFT')
    const later = (FRIDAY + 30 * SECOND_US) / 1000
    const muted = socket.drain().filter((f) => f[0].sym === 'AAPL' && f[0].t > later)
    expect(muted).toEqual([])
    s.simulator.faults.clear()
    s.simulator.faults.add({ vendor: 'polygon', kind: 'malformed_row', on: 'stream', count: 1 })
    s.set(FRIDAY + 120 * SECOND_US)
    expect(await socket.next((f) => JSON.stringify(f).includes('n/a'))).toBeDefined()
    s.simulator.faults.add({ vendor: 'polygon', kind: 'cut', on: 'stream', count: 1 })
    s.set(FRIDAY + 150 * SECOND_US)
    expect(await socket.closed).toBe(1006)
  })
})
