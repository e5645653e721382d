import { microsFromIso, SECOND_US } from '@onetape/market'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { FRIDAY, type Stage, type StageSocket, stage } from '../testing.ts'

afterEach(() => {
  vi.useRealTimers()
})

const subscribe = (channel: string, ...ids: string[]) => ({ type: 'subscribe', channel, product_ids: ids })
const on = (channel: string) => (frame: { channel?: string }) => frame.channel === channel
const updates = (frame: { channel?: string; events?: { type?: string }[] }) =>
  frame.channel === 'ticker' && frame.events![0]!.type === 'update'

async function followed(s: Stage, channel: string, ...ids: string[]): Promise<StageSocket> {
  const socket = await s.socket('/coinbase/ws')
  socket.send(subscribe(channel, ...ids))
  await socket.next(on('subscriptions'))
  return socket
}

describe('the coinbase stream', () => {
  it('begins a subscription with an image and lists what stands', async () => {
    await using s = await stage()
    const socket = await s.socket('/coinbase/ws')
    socket.send(subscribe('ticker', 'BTC-USD', 'NOPE-USD'))
    const image = await socket.next()
    const { json } = await s.get('/coinbase/api/v3/brokerage/market/products/BTC-USD')
    expect(image).toMatchObject({ channel: 'ticker', sequence_num: 0, client_id: '' })
    expect(image.events[0].type).toBe('snapshot')
    expect(image.events[0].tickers[0]).toMatchObject({ product_id: 'BTC-USD', price: json.price })
    const texts = Object.values(image.events[0].tickers[0])
    expect(texts.every((value) => typeof value === 'string')).toBe(true)
    const listed = await socket.next()
    expect([listed.channel, listed.sequence_num]).toEqual(['subscriptions', 1])
    expect(listed.events[0].subscriptions).toEqual({ ticker: ['BTC-USD'] })
    socket.send(subscribe('heartbeats'))
    expect((await socket.next(on('subscriptions'))).events[0].subscriptions).toMatchObject({
      heartbeats: ['heartbeats'],
    })
    expect((await socket.next(on('heartbeats'))).events[0]).toMatchObject({ heartbeat_counter: 1 })
  })

  it('tells each trade with its own time, numbered without a gap', async () => {
    await using s = await stage()
    const socket = await followed(s, 'ticker', 'BTC-USD')
    s.set(FRIDAY + 20 * SECOND_US)
    const first = await socket.next(updates)
    const second = await socket.next(updates)
    expect(second.sequence_num).toBe(first.sequence_num + 1)
    const [a, b] = [first, second].map((f) => microsFromIso(f.timestamp)!)
    expect(a! > FRIDAY && b! > a! && b! <= FRIDAY + 20 * SECOND_US).toBe(true)
    s.set(a!)
    const { json } = await s.get('/coinbase/api/v3/brokerage/market/products/BTC-USD')
    expect(first.events[0].tickers[0].price).toBe(json.price)
  })

  it('tells trades as REST does', async () => {
    await using s = await stage()
    const socket = await s.socket('/coinbase/ws')
    socket.send(subscribe('market_trades', 'ETH-USD'))
    const image = await socket.next(on('market_trades'))
    const { json } = await s.get('/coinbase/api/v3/brokerage/market/products/ETH-USD/ticker?limit=10')
    expect(image.events[0].trades[0].trade_id).toBe(json.trades[0].trade_id)
    s.set(FRIDAY + 20 * SECOND_US)
    const [trade] = (await socket.next((f) => f.events?.[0].type === 'update')).events[0].trades
    const later = await s.get('/coinbase/api/v3/brokerage/market/products/ETH-USD/ticker?limit=100')
    const same = later.json.trades.find((t: { trade_id: string }) => t.trade_id === trade.trade_id)
    expect(same).toMatchObject({ price: trade.price, size: trade.size, side: trade.side, time: trade.time })
  })

  it.each([
    ['duplicate', 1, [0, 0, 1, 2]],
    ['out_of_order', 1, [0, -1, 1, 2]],
    ['mute', 2, [0, 1, 2, 3]],
  ] as const)('shows %s in its numbers', async (kind, count, steps) => {
    await using s = await stage()
    const socket = await followed(s, 'ticker', 'BTC-USD', 'ETH-USD', 'SOL-USD')
    s.simulator.faults.add({ vendor: 'coinbase', kind, count })
    s.set(FRIDAY + 20 * SECOND_US)
    const numbers: number[] = []
    while (numbers.length < 4) numbers.push((await socket.next(updates)).sequence_num)
    expect(numbers.map((n) => n - numbers[0]!)).toEqual(steps)
    // 0 and 1 were the image and the list of subscriptions.
    expect(numbers[0]).toBe({ duplicate: 2, out_of_order: 3, mute: 4 }[kind])
    expect(s.simulator.faults.list()).toEqual([])
  })

  it('ends what does not subscribe within five seconds', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    await using s = await stage()
    const idle = await s.socket('/coinbase/ws')
    const busy = await followed(s, 'ticker', 'BTC-USD')
    vi.advanceTimersByTime(5_000)
    expect(await idle.closed).toBe(1000)
    busy.send({ type: 'unsubscribe', channel: 'ticker', product_ids: ['BTC-USD'] })
    expect((await busy.next(on('subscriptions'))).events[0].subscriptions).toEqual({})
  })

  it('refuses what it does not know, and more than eight messages a second', async () => {
    await using s = await stage(FRIDAY, { quotas: true, wallNowMs: () => 1_000 })
    const socket = await s.socket('/coinbase/ws')
    socket.send('{')
    expect(await socket.next()).toMatchObject({ type: 'error' })
    socket.send(subscribe('level9', 'BTC-USD'))
    expect((await socket.next()).message).toContain('level9')
    for (let i = 0; i < 7; i++) socket.send(subscribe('heartbeats'))
    expect((await socket.next((f) => f.type === 'error')).message).toBe('rate limit exceeded')
    const seen = s.simulator.requestsAfter(0)
    expect(seen.map((r) => r.status)).toEqual([101, 200, 200, 200, 200, 200, 200, 200, 200, 429])
  })
})
