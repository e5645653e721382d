import { MINUTE_US, microsFromIso, SECOND_US } from '@onetape/market'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { FRIDAY, type Stage, type StageSocket, stage } from '../testing.ts'

afterEach(() => {
  vi.useRealTimers()
})

type Message = Record<string, unknown> & { T: string }
const KEYS = { 'apca-api-key-id': 'PKDEMO', 'apca-api-secret-key': 'secret' }
const CONNECTED = [{ T: 'success', msg: 'connected' }]
const AUTHENTICATED = [{ T: 'success', msg: 'authenticated' }]
const auth = (key: string) => ({ action: 'auth', key, secret: 'secret' })
const saying = (T: string) => (frame: Message[]) => frame.some((m) => m.T === T)
const error = async (socket: StageSocket) => (await socket.next(saying('error')))[0].code

async function connected(s: Stage, feed: string): Promise<StageSocket> {
  const socket = await s.socket(`/alpaca/ws${feed}`)
  expect(await socket.next()).toEqual(CONNECTED)
  return socket
}

async function signedIn(s: Stage, feed: string, key = 'PKDEMO'): Promise<StageSocket> {
  const socket = await connected(s, feed)
  socket.send(auth(key))
  expect(await socket.next()).toEqual(AUTHENTICATED)
  return socket
}

async function subscribed(
  s: Stage,
  feed: string,
  { key, ...channels }: { key?: string } & Record<string, unknown>,
) {
  const socket = await signedIn(s, feed, key)
  socket.send({ action: 'subscribe', ...channels })
  const [subscription] = await socket.next()
  return { socket, subscription }
}

/** Messages of one kind up to the first frame in which `last` is seen. */
async function heard(socket: StageSocket, last: (m: Message) => boolean): Promise<Message[]> {
  const all: Message[] = []
  for (;;) {
    const frame: Message[] = await socket.next()
    all.push(...frame)
    if (frame.some(last)) return all
  }
}

describe('signing in to the stream of alpaca', () => {
  it('goes by message or by the handshake, once a key and feed', async () => {
    await using s = await stage()
    const socket = await connected(s, '/v2/sip')
    socket.send({ action: 'subscribe', trades: ['AAPL'] })
    expect(await error(socket)).toBe(401)
    socket.send('{')
    expect(await socket.next()).toEqual([{ T: 'error', code: 400, msg: 'invalid syntax' }])
    socket.send(auth('PKDEMO'))
    expect(await socket.next()).toEqual(AUTHENTICATED)
    socket.send(auth('PKDEMO'))
    expect(await error(socket)).toBe(403)

    const second = await s.socket('/alpaca/ws/v2/sip', KEYS)
    expect(await error(second)).toBe(406)
    expect(await second.closed).toBe(1000)
    const otherFeed = await s.socket('/alpaca/ws/v2/iex', KEYS)
    expect([await otherFeed.next(), await otherFeed.next()]).toEqual([CONNECTED, AUTHENTICATED])
    const otherKey = await signedIn(s, '/v2/sip', 'PKOTHER')
    otherKey.end()
    await otherKey.closed
    await signedIn(s, '/v2/sip', 'PKOTHER')
  })

  it('fails for bad keys, unpaid feeds, and after ten seconds', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    await using s = await stage()
    const late = await connected(s, '/v2/iex')
    const wrong = await connected(s, '/v2/iex')
    wrong.send(auth('wrongPK'))
    expect([await error(wrong), await wrong.closed]).toEqual([402, 1000])
    const poor = await connected(s, '/v2/sip')
    poor.send(auth('freePK'))
    expect([await error(poor), await poor.closed]).toEqual([409, 1000])
    vi.advanceTimersByTime(10_000)
    expect([await error(late), await late.closed]).toEqual([404, 1000])
  })

  it('counts the symbols of a free plan', async () => {
    await using s = await stage()
    const symbols = Array.from({ length: 31 }, (_, i) => `S${i}`)
    const first = { key: 'freePK', trades: symbols.slice(0, 30), bars: ['*'] }
    const { socket, subscription } = await subscribed(s, '/v2/iex', first)
    expect(subscription).toMatchObject({
      T: 'subscription',
      trades: symbols.slice(0, 30),
      quotes: [],
      bars: ['*'],
    })
    socket.send({ action: 'subscribe', trades: symbols.slice(30) })
    expect(await error(socket)).toBe(405)
    socket.send({ action: 'unsubscribe', trades: ['S0'] })
    expect((await socket.next())[0].trades).toEqual(symbols.slice(1, 30))
    socket.send({ action: 'subscribe', trades: symbols.slice(30) })
    expect((await socket.next())[0].trades).toHaveLength(30)
  })
})

describe('the stream of alpaca', () => {
  it('tells trades and quotes as the market has them', async () => {
    await using s = await stage()
    const { socket, subscription } = await subscribed(s, '/v2/sip', {
      trades: ['AAPL', 'KO'],
      quotes: ['AAPL'],
    })
    expect(subscription).toMatchObject({
      trades: ['AAPL', 'KO'],
      quotes: ['AAPL'],
      corrections: ['AAPL', 'KO'],
    })
    s.set(FRIDAY + 60 * SECOND_US)
    const frame: Message[] = await socket.next((f) => f[0].S === 'AAPL')
    const odd = (m: Message) => (m.c as string[] | undefined)?.includes('I') === true
    const trades = frame.filter((m) => m.T === 't' && !odd(m))
    expect(frame.filter(odd).length).toBeGreaterThan(0)
    for (const m of frame.filter(odd)) expect(Number(m.s)).toBeLessThan(100)
    const times = trades.map((m) => microsFromIso(String(m.t))!)
    expect(times.length).toBeGreaterThan(5)
    expect(times).toEqual(times.toSorted((a, b) => a - b))
    expect(times[0]! > FRIDAY && times.at(-1)! <= FRIDAY + 60 * SECOND_US).toBe(true)
    s.set(times.at(-1)!)
    const { json } = await s.get('/alpaca/v2/stocks/trades/latest?symbols=AAPL', KEYS)
    expect(trades.at(-1)).toMatchObject({ p: json.trades.AAPL.p, z: 'C' })
    for (const q of frame.filter((m) => m.T === 'q')) expect(Number(q.bp)).toBeLessThan(Number(q.ap))
    const coke: Message[] = await socket.next()
    expect(coke.every((m) => m.T === 't' && m.S === 'KO')).toBe(true)
  })

  it('tells whole minutes when they are over, and coins with ids beyond doubles', async () => {
    await using s = await stage()
    const stocks = await subscribed(s, '/v2/sip', { bars: ['AAPL', 'MSFT'], dailyBars: ['AAPL'] })
    const coins = await subscribed(s, '/v1beta3/crypto/us', { trades: ['BTC/USD'], bars: ['BTC/USD'] })
    expect(coins.subscription).toMatchObject({ trades: ['BTC/USD'], bars: ['BTC/USD'], orderbooks: [] })
    s.set(FRIDAY + 90 * SECOND_US)
    for (const [{ socket }, symbol, path] of [
      [stocks, 'AAPL', '/v2/stocks'],
      [coins, 'BTC/USD', '/v1beta3/crypto/us'],
    ] as const) {
      const bars = await heard(socket, (m) => m.T === 'b' && m.S === symbol)
      const { T: _T, S: _S, ...bar } = bars.find((m) => m.T === 'b' && m.S === symbol)!
      const { json } = await s.get(
        `/alpaca${path}/bars?symbols=${symbol}&timeframe=1Min&start=${bar.t}&end=${bar.t}`,
        KEYS,
      )
      expect(json.bars[symbol]).toEqual([bar])
      expect(microsFromIso(String(bar.t))! + MINUTE_US).toBeLessThanOrEqual(FRIDAY + 90 * SECOND_US)
    }
  })

  it('has of IEX its own trades alone, and of the delayed feed old ones', async () => {
    await using s = await stage()
    const count = async (feed: string) => {
      const { socket } = await subscribed(s, feed, { trades: ['AAPL', 'MSFT', 'NVDA', 'TSLA'] })
      return socket
    }
    const [sip, iex] = [await count('/v2/sip'), await count('/v2/iex')]
    s.set(FRIDAY + 60 * SECOND_US)
    // A minute bar's worth of each: the last symbol's frame ends what one look found.
    const all = await heard(sip, (m) => m.S === 'TSLA' || m.S === 'NVDA')
    const some = await heard(iex, (m) => m.T === 't')
    expect(some.every((m) => m.x === 'V')).toBe(true)
    expect(all.some((m) => m.x !== 'V')).toBe(true)
    const delayed = await count('/v2/delayed_sip')
    s.set(FRIDAY + 120 * SECOND_US)
    const [late] = await heard(delayed, (m) => m.T === 't')
    expect(microsFromIso(String(late!.t))!).toBeLessThanOrEqual(FRIDAY + 120 * SECOND_US - 15 * MINUTE_US)
  })

  it('is muted for one symbol, doubles frames, and is cut', async () => {
    await using s = await stage()
    s.simulator.faults.add({ vendor: 'alpaca', kind: 'mute', symbol: 'AAPL' })
    s.simulator.faults.add({ vendor: 'alpaca', kind: 'duplicate', symbol: 'MSFT', count: 1, on: 'stream' })
    const { socket } = await subscribed(s, '/v2/sip', { trades: ['AAPL', 'MSFT'] })
    s.set(FRIDAY + 30 * SECOND_US)
    const first = await socket.next()
    expect(first[0].S).toBe('MSFT')
    expect(await socket.next()).toEqual(first)
    s.simulator.faults.clear()
    s.set(FRIDAY + 60 * SECOND_US)
    expect((await socket.next((f) => f[0].S === 'AAPL'))[0].T).toBe('t')
    s.simulator.faults.add({ vendor: 'alpaca', kind: 'cut', on: 'stream' })
    s.set(FRIDAY + 90 * SECOND_US)
    expect(await socket.closed).toBe(1006)
  })
})
