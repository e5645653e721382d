import { microsFromIso, SECOND_US } from '@onetape/market'
import { describe, expect, it } from 'vitest'
import { at, FRIDAY, type Stage, stage } from '../testing.ts'

// biome-ignore lint/suspicious/noExplicitAny: lines of two shapes
type Line = any

interface Stream extends AsyncDisposable {
  status: number
  headers: Headers
  /** The next line that is wanted, as text where it is no JSON; null when the stream has ended. */
  next(wanted?: (line: Line) => boolean): Promise<Line | null>
}

async function open(s: Stage, query = 'instruments=EUR_USD,USD_JPY', token = 'demo'): Promise<Stream> {
  const stop = new AbortController()
  const response = await fetch(
    `${s.simulator.endpoints.oanda!.stream}/v3/accounts/1/pricing/stream?${query}`,
    {
      headers: { authorization: `Bearer ${token}` },
      signal: stop.signal,
    },
  )
  const lines = linesOf(response)
  return {
    status: response.status,
    headers: response.headers,
    async next(wanted = () => true) {
      for (;;) {
        const { value, done } = await lines.next().catch(() => ({ value: null, done: true }))
        if (done) return null
        if (wanted(value)) return value
      }
    },
    [Symbol.asyncDispose]: async () => stop.abort(),
  }
}

async function* linesOf(response: Response): AsyncGenerator<Line> {
  let rest = ''
  for await (const text of response.body!.pipeThrough(new TextDecoderStream())) {
    const parts = (rest + text).split('\n')
    rest = parts.pop()!
    for (const part of parts) {
      try {
        yield JSON.parse(part)
      } catch {
        yield part
      }
    }
  }
}

const isPrice = (line: Line) => line.type === 'PRICE'

describe('the oanda price stream', () => {
  it('begins with a price of each instrument and goes on as they move, a line each', async () => {
    await using s = await stage()
    await using stream = await open(s)
    expect(stream.headers.get('transfer-encoding')).toBe('chunked')
    const first = [await stream.next(), await stream.next()]
    expect(first.map((l) => [l.type, l.instrument])).toEqual([
      ['PRICE', 'EUR_USD'],
      ['PRICE', 'USD_JPY'],
    ])
    const rest = await s.get('/oanda/v3/accounts/1/pricing?instruments=EUR_USD,USD_JPY')
    expect(first.map((l) => [l.time, l.bids, l.asks])).toEqual(
      rest.json.prices.map((p: Line) => [p.time, p.bids, p.asks]),
    )
    s.set(FRIDAY + 60 * SECOND_US)
    const next = await stream.next((l) => l.instrument === 'EUR_USD')
    expect(microsFromIso(next.time)!).toBeGreaterThan(FRIDAY)
    // A minute of updates at once is one price: the newest.
    const now = await s.get('/oanda/v3/accounts/1/pricing?instruments=EUR_USD')
    expect(next.time).toBe(now.json.prices[0].time)
    expect(s.simulator.requestsAfter(0)[0]).toMatchObject({
      vendor: 'oanda',
      status: 200,
      credential: 'demo',
    })
  })

  it('beats every five seconds and says when the week ends', async () => {
    await using s = await stage(at('2026-11-20T16:59:58-05:00'))
    await using stream = await open(s, 'instruments=EUR_USD')
    expect((await stream.next()).tradeable).toBe(true)
    s.set(at('2026-11-20T17:00:03-05:00'))
    const closed = await stream.next((l) => l.tradeable === false)
    expect(closed.status).toBe('non-tradeable')
    expect(await stream.next()).toEqual({ type: 'HEARTBEAT', time: '2026-11-20T22:00:03.000000000Z' })
  }, 15_000)

  it('refuses what it cannot stream, and a 21st stream', async () => {
    await using s = await stage()
    expect((await open(s, 'instruments=EUR_USD,NOPE')).status).toBe(400)
    expect((await open(s, 'instruments=EUR_USD', 'wrong')).status).toBe(401)
    const streams = await Promise.all(Array.from({ length: 20 }, () => open(s)))
    expect(new Set(streams.map((stream) => stream.status))).toEqual(new Set([200]))
    expect([(await open(s)).status, (await open(s, 'instruments=EUR_USD', 'other')).status]).toEqual([
      429, 200,
    ])
    for (const stream of streams) await stream[Symbol.asyncDispose]()
    await expect.poll(async () => (await open(s)).status).toBe(200)
  })

  it('plays what is ordered: cut, doubled, mute, spoiled and bent', async () => {
    await using s = await stage()
    const { faults } = s.simulator
    await using stream = await open(s, 'instruments=EUR_USD')
    const first = await stream.next(isPrice)
    let now = FRIDAY
    const moved = () => {
      now += 20 * SECOND_US
      s.set(now)
    }
    faults.add({ vendor: 'oanda', kind: 'duplicate', count: 1 })
    moved()
    expect(await stream.next(isPrice)).toEqual(await stream.next(isPrice))
    faults.add({ vendor: 'oanda', kind: 'malformed_row', on: 'stream', count: 1 })
    moved()
    expect((await stream.next(isPrice)).bids[0].price).toBe('n/a')
    faults.add({ vendor: 'oanda', kind: 'unit_error', on: 'stream' })
    moved()
    const scaled = await stream.next(isPrice)
    expect(Number(scaled.bids[0].price) / Number(first.bids[0].price)).toBeGreaterThan(99)
    faults.clear()
    faults.add({ vendor: 'oanda', kind: 'cut', on: 'stream', count: 1 })
    moved()
    expect(await stream.next(() => false)).toBeNull()
    faults.add({ vendor: 'oanda', kind: 'mute' })
    await using mute = await open(s, 'instruments=EUR_USD')
    expect(mute.status).toBe(200)
    await expect.poll(() => faults.list()[0]!.hits).toBeGreaterThan(0)
    faults.clear()
    moved()
    // What comes first is from after the silence.
    expect(microsFromIso((await mute.next(isPrice)).time)!).toBeGreaterThan(now - 20 * SECOND_US)
  })
})
