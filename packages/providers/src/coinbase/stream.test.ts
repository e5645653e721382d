import { describe, expect, it } from 'vitest'
import type { CallBudget, ProviderDeps } from '../contract.ts'
import { at, clockAt } from '../testing-server.ts'
import { eventsUntil, type TestLine, testSocketVendor } from '../testing-socket.ts'
import { coinbase } from './index.ts'

const NOW = '2026-02-25T15:00:30Z'
const crypto = (symbol: string) => ({ assetClass: 'crypto', symbol }) as const
const BTC = crypto('BTC-USD')

const streamAt = (url: string, symbols: string[], over: Partial<ProviderDeps> = {}) =>
  coinbase.create({
    fetch,
    marketClock: clockAt(NOW),
    wallClock: { now: () => Date.now() * 1000 },
    random: () => 0,
    timeoutMs: 2000,
    baseUrls: { stream: url },
    credentials: {},
    ...over,
  }).streamQuotes!(symbols.map(crypto))

const frame = (sequence_num: number, channel: string, events: object[], second = 20 + sequence_num) => ({
  channel,
  client_id: '',
  timestamp: `2026-02-25T15:00:${second}.123456789Z`,
  sequence_num,
  events,
})
const ticker = (product_id: string, price: string, over: object = {}) => ({
  type: 'update',
  tickers: [{ type: 'ticker', product_id, price, volume_24_h: '9', ...over }],
})

/** Answers each message with all subscriptions, as the vendor does; products called NO do not exist. */
const obedient = (then: (line: TestLine) => void) => {
  const products = new Set<string>()
  const beats: string[] = []
  let number = 0
  // biome-ignore lint/suspicious/noExplicitAny: what a client says
  return (said: any, line: TestLine) => {
    if (said.channel === 'heartbeats') beats.push('heartbeats')
    for (const id of said.product_ids ?? []) {
      if (said.type === 'subscribe' && !id.startsWith('NO')) products.add(id)
      else products.delete(id)
    }
    const subscriptions = { ticker: [...products], ...(beats.length > 0 ? { heartbeats: beats } : {}) }
    line.say(frame(number++, 'subscriptions', [{ subscriptions }]))
    // Both messages are answered before a price comes, so that numbers are easy to follow.
    if (said.channel === 'heartbeats') then(line)
  }
}

const types = (events: { type: string }[]) => events.map((e) => e.type)

describe('stream', () => {
  it('subscribes to tickers and heartbeats, names what is refused, carries sides and sizes', async () => {
    const full = {
      best_bid: '69999.5',
      best_bid_quantity: '0.25',
      best_ask: '70000.75',
      best_ask_quantity: '0.-10000',
    }
    await using vendor = await testSocketVendor({
      onMessage: obedient((line) => line.say(frame(2, 'ticker', [ticker('BTC-USD', '70000.5', full)], 21))),
    })
    const events = await eventsUntil(streamAt(vendor.url, ['BTC-USD', 'NO-USD']), (all) => all.length === 2)
    expect(vendor.lines[0]!.heard).toEqual([
      { type: 'subscribe', product_ids: ['BTC-USD', 'NO-USD'], channel: 'ticker' },
      { type: 'subscribe', channel: 'heartbeats' },
    ])
    expect(events).toEqual([
      {
        type: 'up',
        at: at(NOW),
        refused: [{ ref: crypto('NO-USD'), reason: 'the vendor does not stream it' }],
      },
      {
        type: 'quote',
        quote: {
          ...BTC,
          ts: at('2026-02-25T15:00:21Z') + 123_456,
          tsOrigin: 'vendor',
          last: 70000.5,
          bid: 69999.5,
          ask: 70000.75,
          bidSize: 0.25,
          askSize: null,
          volume: null,
          feed: 'coinbase',
          delayedMinutes: 0,
          currency: 'USD',
        },
      },
    ])
  })

  it('the image that comes before the acknowledgement is given after it', async () => {
    await using vendor = await testSocketVendor({
      onMessage: (said, line) => {
        if (said.channel !== 'ticker') return
        line.say(frame(0, 'ticker', [ticker('BTC-USD', '7')]))
        line.say(frame(1, 'subscriptions', [{ subscriptions: { ticker: ['BTC-USD'] } }]))
      },
    })
    const events = await eventsUntil(streamAt(vendor.url, ['BTC-USD']), (all) => all.length === 2)
    expect(types(events)).toEqual(['up', 'quote'])
  })

  it('a number left out is a gap, healed as a seam; a late or doubled frame is none', async () => {
    await using vendor = await testSocketVendor({
      onMessage: obedient((line) => {
        line.say(frame(2, 'ticker', [ticker('BTC-USD', '1')]))
        line.say(frame(3, 'heartbeats', [{ current_time: 'x', heartbeat_counter: 1 }]))
        line.say(frame(6, 'ticker', [ticker('BTC-USD', '2')]))
        line.say(frame(5, 'ticker', [ticker('BTC-USD', '3')]))
        line.say(frame(6, 'ticker', [ticker('BTC-USD', '2')]))
        line.say(frame(7, 'ticker', [ticker('BTC-USD', '4')]))
      }),
    })
    const stream = streamAt(vendor.url, ['BTC-USD'])
    const prices: (number | null)[] = []
    const seams: string[] = []
    for await (const event of stream) {
      if (event.type === 'seam') seams.push(event.reason)
      if (event.type === 'quote') prices.push(event.quote.last)
      if (prices.at(-1) === 4) break
    }
    await stream.close()
    expect(seams).toEqual(['frames 4 to 5 of the connection did not come'])
    expect(stream.stats()).toMatchObject({ outOfOrder: 1, duplicates: 1, connects: 1 })
  })

  it('a bad row is dropped with its reason; the year 1 is no time', async () => {
    await using vendor = await testSocketVendor({
      onMessage: obedient((line) => {
        line.say(frame(2, 'ticker', [ticker('BTC-USD', ''), { tickers: [{ product_id: 7 }] }, {}]))
        line.say({ ...frame(3, 'ticker', [ticker('BTC-USD', '5')]), timestamp: '0001-01-01T00:00:00Z' })
      }),
    })
    const stream = streamAt(vendor.url, ['BTC-USD'])
    const events = await eventsUntil(stream, (all) => types(all).includes('quote'))
    expect(events.at(-1)).toMatchObject({ quote: { last: 5, tsOrigin: 'response', ts: at(NOW) } })
    expect(stream.stats().lastDropped).toEqual([
      { row: 'BTC-USD', reason: 'no price' },
      { row: 0, reason: 'product_id: expected string, received number' },
      { row: 'ticker', reason: 'an event without tickers' },
    ])
  })

  it('every message is paid for; one that is refused waits for its turn', async () => {
    const scopes: string[] = []
    const budget: CallBudget = {
      async take({ scope }) {
        scopes.push(scope)
        return scopes.length === 1
          ? { granted: false, retryAfterMs: 5, limit: '8 messages in 1 s' }
          : { granted: true, release() {} }
      },
      learn() {},
    }
    await using vendor = await testSocketVendor({ onMessage: obedient(() => {}) })
    const stream = streamAt(vendor.url, ['BTC-USD'], { budget })
    await eventsUntil(stream, (all) => all.length === 1)
    expect(scopes.slice(0, 2)).toEqual(['messages', 'messages'])
    expect(vendor.lines[0]!.heard[0]).toMatchObject({ channel: 'ticker' })
  })

  it('symbols come and go on the same line', async () => {
    await using vendor = await testSocketVendor({ onMessage: obedient(() => {}) })
    const stream = streamAt(vendor.url, ['BTC-USD'])
    const ups: unknown[] = []
    for await (const event of stream) {
      if (event.type !== 'up') continue
      ups.push(event.refused.map((r) => r.ref.symbol))
      if (ups.length === 2) break
      stream.setRefs([crypto('ETH-USD'), crypto('NO-EUR')])
    }
    await stream.close()
    expect(ups).toEqual([[], ['NO-EUR']])
    expect(vendor.lines).toHaveLength(1)
    expect(vendor.lines[0]!.heard.slice(2)).toEqual([
      { type: 'unsubscribe', product_ids: ['BTC-USD'], channel: 'ticker' },
      { type: 'subscribe', product_ids: ['ETH-USD', 'NO-EUR'], channel: 'ticker' },
    ])
  })

  it('an error of the vendor ends the connection, not the stream', async () => {
    await using vendor = await testSocketVendor({
      onMessage: (said, line, index) => {
        if (index === 0) line.say({ type: 'error', message: 'rate limit exceeded' })
        else obedient(() => {})(said, line)
      },
    })
    const events = await eventsUntil(streamAt(vendor.url, ['BTC-USD']), (all) => types(all).includes('up'))
    expect(events[0]).toMatchObject({ type: 'down', error: { kind: 'rate_limited' } })
  })

  it('only crypto streams here', () => {
    const provider = coinbase.create({
      fetch,
      marketClock: clockAt(NOW),
      wallClock: clockAt(NOW),
      random: () => 0,
      timeoutMs: 1000,
      credentials: {},
    })
    expect(() => provider.streamQuotes!([{ assetClass: 'equity', symbol: 'AAPL' }])).toThrow(
      expect.objectContaining({ kind: 'unsupported' }),
    )
  })
})
