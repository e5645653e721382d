import { describe, expect, it } from 'vitest'
import { at } from '../testing-server.ts'
import { eventsUntil, type TestLine, testSocketVendor } from '../testing-socket.ts'
import { NOW, providerAt, refOf } from './testing-provider.ts'

const ACME = refOf('ACME')
const T0 = at(NOW) / 1000 - 5_000

const status = (word: string, message: string) => [{ ev: 'status', status: word, message }]

/** Signs in and acknowledges each channel by itself, as the vendor does; `then` speaks afterwards. */
const obedient =
  (then: (line: TestLine) => void) => (message: { action: string; params: string }, line: TestLine) => {
    if (message.action === 'auth') return line.say(status('auth_success', 'authenticated'))
    if (message.action !== 'subscribe') return
    for (const channel of message.params.split(',')) line.say(status('success', `subscribed to: ${channel}`))
    then(line)
  }

const types = (events: { type: string }[]) => events.map((e) => e.type)

describe('stocks', () => {
  it('signs in, subscribes, and makes one quote of trades and quotes; times are milliseconds', async () => {
    await using vendor = await testSocketVendor({
      onOpen: (line) => line.say(status('connected', 'Connected Successfully')),
      onMessage: obedient((line) => {
        line.say([
          { ev: 'Q', sym: 'ACME', bp: 9.9, bs: 300, ap: 10.1, as: 200, t: T0 },
          { ev: 'T', sym: 'ACME', p: 10, s: 100, c: [14, 41], t: T0 + 7 },
        ])
        line.say([{ ev: 'T', sym: 'ACME', p: 8, s: 5, c: [2], t: T0 + 8 }]) // an average price is none
        line.say([
          {
            ev: 'AM',
            sym: 'ACME',
            o: 9,
            h: 11,
            l: 9,
            c: 10,
            v: 500,
            av: 9000,
            s: T0 - 55_000,
            e: T0 + 5_000,
          },
          { ev: 'T', sym: 'ACME', p: 'oops', t: T0 + 9 },
          { ev: 'Q', sym: 'ACME', bp: 9.95, bs: 100, ap: 0, as: 0, t: T0 + 10 },
        ])
      }),
    })
    const stream = providerAt(vendor.url).streamQuotes!([ACME])
    const events = await eventsUntil(stream, (all) => types(all).filter((t) => t === 'quote').length === 2)
    expect(vendor.lines[0]!.path).toBe('/stocks')
    expect(vendor.lines[0]!.heard).toEqual([
      { action: 'auth', params: 'k-123456' },
      { action: 'subscribe', params: 'T.ACME,Q.ACME,AM.ACME' },
    ])
    const quotes = events.flatMap((e) => (e.type === 'quote' ? [e.quote] : []))
    expect(quotes[0]).toEqual({
      ...ACME,
      ts: (T0 + 7) * 1000,
      tsOrigin: 'vendor',
      last: 10,
      bid: 9.9,
      ask: 10.1,
      bidSize: 300,
      askSize: 200,
      volume: null,
      feed: 'sip',
      delayedMinutes: 0,
      currency: 'USD',
    })
    expect(quotes[1]).toMatchObject({ ts: (T0 + 10) * 1000, last: 10, bid: 9.95, ask: null, askSize: null })
    const [bar] = events.flatMap((e) => (e.type === 'bar' ? [e.bar] : []))
    expect(bar).toMatchObject({
      ts: (T0 - 55_000) * 1000,
      close: 10,
      volume: 500,
      final: true,
      basis: 'split',
    })
    expect(stream.stats().lastDropped).toEqual([
      { row: 'ACME', reason: 'p: expected number, received string' },
    ])
  })

  it('plans subscribe to what they see: no quotes on Developer, seconds on Starter', async () => {
    const second = { ev: 'A', sym: 'ACME', o: 10, h: 10, l: 10, c: 10.5, v: 5, av: 700, s: T0, e: T0 + 1000 }
    const trade = { ev: 'T', sym: 'ACME', p: 10.5, s: 1, t: T0 + 1000 }
    for (const [tier, channels, volume] of [
      ['starter', 'A.ACME,AM.ACME', 700],
      ['developer', 'T.ACME,AM.ACME', null],
    ] as const) {
      await using vendor = await testSocketVendor({
        onMessage: obedient((line) => line.say([tier === 'starter' ? second : trade])),
      })
      const stream = providerAt(vendor.url, { tier }).streamQuotes!([ACME])
      const events = await eventsUntil(stream, (all) => types(all).includes('quote'))
      expect(vendor.lines[0]!.heard[1].params).toBe(channels)
      const quote = events.find((e) => e.type === 'quote')!.quote
      expect(quote).toMatchObject({ last: 10.5, volume, feed: 'delayed', delayedMinutes: 15 })
      expect(quote.ts).toBe((T0 + 1000) * 1000)
    }
  })

  it('a changed set of symbols is told on the same line', async () => {
    await using vendor = await testSocketVendor({
      onMessage: (message, line) => {
        obedient((l) => {
          const name = message.params.split(',')[0].slice(2)
          l.say([{ ev: 'T', sym: name, p: 10, s: 1, t: T0 + (name === 'ACME' ? 0 : 50) }])
        })(message, line)
      },
    })
    const stream = providerAt(vendor.url).streamQuotes!([ACME])
    const seen: string[] = []
    for await (const event of stream) {
      if (event.type !== 'quote') continue
      seen.push(event.quote.symbol)
      if (seen.length === 1) stream.setRefs([refOf('BAC.PRL')])
      else break
    }
    await stream.close()
    expect(seen).toEqual(['ACME', 'BAC.PRL'])
    expect(vendor.lines).toHaveLength(1)
    expect(vendor.lines[0]!.heard.slice(2)).toEqual([
      { action: 'unsubscribe', params: 'T.ACME,Q.ACME,AM.ACME' },
      { action: 'subscribe', params: 'T.BACpL,Q.BACpL,AM.BACpL' },
    ])
  })
})

describe('currencies', () => {
  it('one connection per asset class, names with a dash, no quotes of single exchanges', async () => {
    const said: Record<string, object> = {
      '/crypto': { ev: 'XT', pair: 'BTC-USD', p: 70000.5, s: 0.1, c: [2], t: T0 },
      '/forex': { ev: 'C', p: 'EUR/USD', a: 1.1, b: 1.0998, t: T0, x: 44 },
    }
    await using vendor = await testSocketVendor({
      onMessage: obedient((line) => line.say([said[line.path]])),
    })
    const refs = [refOf('BTC-USD', 'crypto'), refOf('EUR-USD', 'fx')]
    const stream = providerAt(vendor.url).streamQuotes!(refs)
    const events = await eventsUntil(stream, (all) => types(all).filter((t) => t === 'quote').length === 2)
    const asked = vendor.lines.map((l) => [l.path, l.heard[1].params]).sort()
    expect(asked).toEqual([
      ['/crypto', 'XT.BTC-USD,XA.BTC-USD'],
      ['/forex', 'C.EUR-USD,CA.EUR-USD'],
    ])
    expect(types(events).filter((t) => t === 'up')).toHaveLength(1)
    const quotes = events.flatMap((e) => (e.type === 'quote' ? [e.quote] : []))
    expect(quotes.find((q) => q.assetClass === 'crypto')).toMatchObject({ last: 70000.5, feed: 'composite' })
    expect(quotes.find((q) => q.assetClass === 'fx')).toMatchObject({ last: 1.0999, bid: 1.0998, ask: 1.1 })
  })
})

describe('refusals', () => {
  const failing = async (word: string, message: string) => {
    await using vendor = await testSocketVendor({
      onMessage: (said, line) => said.action === 'auth' && line.say(status(word, message)),
    })
    const stream = providerAt(vendor.url).streamQuotes!([ACME])
    const reading = eventsUntil(stream, (all) => types(all).includes('down'))
    return await reading.then(
      (events) => events.find((e) => e.type === 'down')!.error,
      (error) => error,
    )
  }

  it('a bad key and a plan without streams end the stream; too many connections wait', async () => {
    expect(await failing('auth_failed', 'authentication failed')).toMatchObject({ kind: 'unauthorized' })
    const plan = await failing('auth_failed', "Your plan doesn't include websocket access. k-123456")
    expect(plan).toMatchObject({ kind: 'not_entitled' })
    expect(plan.message).not.toContain('k-123456')
    expect(await failing('max_connections', 'Maximum number of connections exceeded.')).toMatchObject({
      kind: 'rate_limited',
      retryAfterMs: 30_000,
    })
  })

  const answering = (word: string, words: string) => (message: { action: string }, line: TestLine) => {
    if (message.action === 'auth') return line.say(status('auth_success', 'authenticated'))
    line.say(status(word, words))
    line.say(status('success', 'subscribed to: T.ACME,AM.ACME'))
  }

  it('a refused channel is told with its symbol, the rest goes on', async () => {
    await using vendor = await testSocketVendor({ onMessage: answering('error', 'invalid topic Q.ACME') })
    const events = await eventsUntil(providerAt(vendor.url).streamQuotes!([ACME]), (all) => all.length === 1)
    expect(events[0]).toMatchObject({ type: 'up', refused: [{ ref: ACME, reason: 'invalid topic Q.ACME' }] })
  })

  it('a key of another plan than the one set is said, not streamed under a wrong label', async () => {
    await using vendor = await testSocketVendor({
      onMessage: answering('error', 'not authorized to subscribe to Q.ACME'),
    })
    const reading = eventsUntil(providerAt(vendor.url).streamQuotes!([ACME]), () => false)
    await expect(reading).rejects.toMatchObject({
      kind: 'not_entitled',
      message: /the key has another plan than Advanced/,
    })
  })
})
