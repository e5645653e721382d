import type { SymbolRef } from '@onetape/market'
import { afterEach, describe, expect, it } from 'vitest'
import { ProviderError } from '../errors.ts'
import type { QuoteStream, SessionEvent, StreamEvent, Subscriptions } from './contract.ts'
import { type SuperviseOptions, superviseStream } from './supervise.ts'
import { barOf, quoteOf, refOf } from './testing-events.ts'
import { type TestTime, testTime } from './testing-time.ts'

const OPEN = '2026-11-18T15:00:00Z'
const REFS = [refOf('AAPL'), refOf('MSFT')]

/** One connection as a test drives it. */
interface Line {
  subscriptions: Subscriptions
  send(...events: SessionEvent[]): void
  end(): void
  fail(error: ProviderError): void
  isAborted: boolean
}

const streams: QuoteStream[] = []
afterEach(async () => {
  for (const stream of streams.splice(0)) await stream.close()
})

function scene(
  o: Partial<SuperviseOptions> & { time?: TestTime; listens?: boolean; ignoresAbort?: boolean } = {},
) {
  const time = o.time ?? testTime(OPEN)
  const lines: Line[] = []
  const stream = superviseStream({
    provider: 'fake',
    refs: REFS,
    deps: { ...time, random: () => 0.5 },
    timers: time.timers,
    async *open({ subscriptions, signal }) {
      const waiting: (SessionEvent | 'end' | ProviderError)[] = []
      let wake = () => {}
      const push = (item: (typeof waiting)[number]) => {
        waiting.push(item)
        wake()
      }
      const line: Line = {
        subscriptions,
        send: (...events) => events.forEach(push),
        end: () => push('end'),
        fail: push,
        isAborted: false,
      }
      signal.addEventListener('abort', () => {
        line.isAborted = true
        if (!o.ignoresAbort) push('end')
      })
      if (o.listens) subscriptions.onChange(() => {})
      lines.push(line)
      for (;;) {
        const next = waiting.shift()
        if (next === 'end') return
        if (next instanceof Error) throw next
        if (next) yield next
        else {
          await new Promise<void>((resolve) => {
            wake = resolve
          })
        }
      }
    },
    ...o,
  })
  streams.push(stream)
  const events: StreamEvent[] = []
  let ended: 'reading' | 'done' | Error = 'reading'
  const read = async () => {
    try {
      for await (const event of stream) events.push(event)
      ended = 'done'
    } catch (error) {
      ended = error as Error
    }
  }
  return {
    time,
    lines,
    stream,
    events,
    read: () => void read(),
    outcome: () => ended,
    kinds: () => events.map((e) => e.type),
  }
}

const quote = (symbol: string, iso: string, last = 100): SessionEvent => ({
  type: 'quote',
  quote: quoteOf(symbol, Date.parse(iso) * 1000, { last }),
})
const unavailable = new ProviderError('unavailable', 'fake broke off', { provider: 'fake' })
const SUBSCRIBED: SessionEvent = { type: 'subscribed' }

describe('a supervised stream', () => {
  it('connects when it is read, and gives what comes in order', async () => {
    const s = scene()
    await s.time.settle()
    expect(s.lines).toHaveLength(0)
    s.read()
    await s.time.settle()
    expect(s.lines[0]!.subscriptions.current()).toEqual(REFS)
    const refused = [{ ref: REFS[1]!, reason: 'unknown' }]
    s.lines[0]!.send({ type: 'subscribed', refused }, quote('AAPL', '2026-11-18T14:59:59Z'))
    await s.time.settle()
    expect(s.events).toMatchObject([
      { type: 'up', refused },
      { type: 'quote', quote: { symbol: 'AAPL' } },
    ])
    expect(s.stream.stats()).toMatchObject({ connects: 1, received: 1 })
    expect(() => s.stream[Symbol.asyncIterator]()).toThrow('iterated once')
  })

  it('withholds duplicates, what goes back in time and what lies ahead, and counts them', async () => {
    const s = scene()
    s.read()
    await s.time.settle()
    s.lines[0]!.send(
      SUBSCRIBED,
      quote('AAPL', '2026-11-18T14:59:59Z'),
      quote('AAPL', '2026-11-18T14:59:59Z'),
      quote('AAPL', '2026-11-18T14:59:58Z'),
      quote('AAPL', '2026-11-18T16:00:00Z'),
      { type: 'dropped', row: { row: 'XYZ', reason: 'no price' } },
      quote('AAPL', '2026-11-18T15:00:00Z'),
    )
    await s.time.settle()
    expect(s.events.filter((e) => e.type === 'quote')).toHaveLength(2)
    expect(s.stream.stats()).toMatchObject({ received: 2, duplicates: 1, outOfOrder: 1, dropped: 2 })
    expect(s.stream.stats().lastDropped).toEqual([
      { row: 'AAPL', reason: 'its time lies in the future' },
      { row: 'XYZ', reason: 'no price' },
    ])
  })

  it('comes back after a break, resubscribes, and says what may be lost in between', async () => {
    const s = scene()
    s.read()
    await s.time.settle()
    s.lines[0]!.send(SUBSCRIBED)
    await s.time.advance(5_000)
    s.lines[0]!.send(quote('AAPL', '2026-11-18T15:00:05Z'))
    await s.time.advance(2_000)
    s.lines[0]!.fail(unavailable)
    await s.time.settle()
    expect(s.events.at(-1)).toMatchObject({ type: 'down', error: { kind: 'unavailable' }, retryInMs: 500 })
    await s.time.advance(500)
    expect(s.lines).toHaveLength(2)
    s.lines[1]!.fail(unavailable)
    await s.time.settle()
    expect(s.events.at(-1)).toMatchObject({ type: 'down', retryInMs: 1_000 })
    await s.time.advance(1_000)
    s.lines[2]!.send(SUBSCRIBED)
    await s.time.settle()
    expect(s.kinds()).toEqual(['up', 'quote', 'down', 'down', 'up', 'seam'])
    const at = (iso: string) => Date.parse(iso) * 1000
    expect(s.events.at(-1)).toMatchObject({
      refs: REFS,
      from: at('2026-11-18T15:00:04Z'),
      to: at('2026-11-18T15:00:08.500Z'),
      reason: 'fake broke off',
    })
  })

  it('a healthy minute makes the next wait short again', async () => {
    const s = scene({ time: testTime('2026-11-22T06:00:00Z') })
    s.read()
    const waits: number[] = []
    for (const upMs of [0, 0, 0, 61_000, 0]) {
      await s.time.settle()
      const line = s.lines.at(-1)!
      line.send(SUBSCRIBED)
      await s.time.advance(upMs)
      line.end()
      await s.time.settle()
      const down = s.events.at(-1)!
      if (down.type !== 'down') throw new Error('it is not down')
      waits.push(down.retryInMs)
      await s.time.advance(down.retryInMs)
    }
    expect(waits).toEqual([500, 1_000, 2_000, 500, 1_000])
  })

  it('waits as long as the vendor asks', async () => {
    const s = scene()
    s.read()
    await s.time.settle()
    s.lines[0]!.fail(
      new ProviderError('rate_limited', 'slow down', { provider: 'fake', retryAfterMs: 90_000 }),
    )
    await s.time.settle()
    expect(s.events).toMatchObject([{ type: 'down', retryInMs: 90_000 }])
    await s.time.advance(89_000)
    expect(s.lines).toHaveLength(1)
    await s.time.advance(1_000)
    expect(s.lines).toHaveLength(2)
  })

  it.each(['unauthorized', 'not_entitled', 'unsupported', 'invalid_request'] as const)(
    'stops for good on %s, after the events that came',
    async (kind) => {
      const s = scene()
      s.read()
      await s.time.settle()
      s.lines[0]!.send(SUBSCRIBED)
      s.lines[0]!.fail(new ProviderError(kind, 'no', { provider: 'fake' }))
      await s.time.advance(600_000)
      expect(s.kinds()).toEqual(['up'])
      expect(s.outcome()).toMatchObject({ kind })
      expect(s.lines).toHaveLength(1)
    },
  )

  it('a connection that does not subscribe in time is given up, even one that hears nothing', async () => {
    const s = scene({ ignoresAbort: true })
    s.read()
    await s.time.advance(19_000)
    expect(s.lines[0]!.isAborted).toBe(false)
    await s.time.advance(1_000)
    expect(s.lines[0]!.isAborted).toBe(true)
    await s.time.advance(2_000)
    expect(s.events).toMatchObject([
      { type: 'down', error: { message: 'fake did not subscribe within 20000 ms' } },
    ])
    await s.time.advance(500)
    expect(s.lines).toHaveLength(2)
    for (const line of s.lines) line.end()
  })

  it('finds a mute connection within 15 s, comes back and tells the whole silence as a seam', async () => {
    const s = scene()
    s.read()
    await s.time.settle()
    s.lines[0]!.send(SUBSCRIBED)
    for (let i = 0; i < 30; i++) {
      await s.time.advance(500)
      const iso = new Date(s.time.marketClock.now() / 1000).toISOString()
      s.lines[0]!.send(quote('AAPL', iso, 100 + i), quote('MSFT', iso, 200 + i))
    }
    await s.time.settle()
    const silentFrom = s.time.marketClock.now()
    for (let i = 0; i < 15 && !s.kinds().includes('down'); i++) {
      s.lines[0]!.send({ type: 'alive' })
      await s.time.advance(1_000)
    }
    expect(s.kinds()).toContain('down')
    expect(s.events.at(-1)).toMatchObject({
      type: 'down',
      error: { kind: 'unavailable', message: /went mute/ },
    })
    expect(s.lines[0]!.isAborted).toBe(true)
    await s.time.advance(1_000)
    s.lines[1]!.send(SUBSCRIBED)
    await s.time.settle()
    expect(s.events.at(-1)).toMatchObject({ type: 'seam', refs: REFS, from: silentFrom - 1_000_000 })
  })

  it('says which symbol is mute while others speak', async () => {
    const s = scene()
    s.read()
    await s.time.settle()
    s.lines[0]!.send(SUBSCRIBED)
    for (let i = 0; i < 60; i++) {
      await s.time.advance(500)
      const iso = new Date(s.time.marketClock.now() / 1000).toISOString()
      s.lines[0]!.send(quote('AAPL', iso, 100 + i))
      if (i < 40) s.lines[0]!.send(quote('MSFT', iso, 200 + i))
    }
    await s.time.settle()
    expect(s.events.filter((e) => e.type === 'mute')).toMatchObject([{ ref: REFS[1] }])
    expect(s.lines).toHaveLength(1)
  })

  it('raises no alarm over a silent night, and no seam for it', async () => {
    const s = scene({ time: testTime('2026-11-19T02:00:00Z') })
    s.read()
    await s.time.settle()
    s.lines[0]!.send(SUBSCRIBED)
    await s.time.advance(3 * 3_600_000)
    s.lines[0]!.end()
    await s.time.advance(10_000)
    s.lines[1]!.send(SUBSCRIBED)
    await s.time.settle()
    expect(s.kinds()).toEqual(['up', 'down', 'up'])
  })

  it("a gap in the vendor's numbering is a seam at once", async () => {
    const s = scene()
    s.read()
    await s.time.settle()
    s.lines[0]!.send(SUBSCRIBED)
    await s.time.advance(3_000)
    s.lines[0]!.send(quote('AAPL', '2026-11-18T15:00:03Z'))
    await s.time.advance(1_000)
    s.lines[0]!.send({ type: 'gap', reason: 'sequence 5 after 3', refs: [REFS[0]!] })
    await s.time.settle()
    expect(s.events.at(-1)).toMatchObject({ type: 'seam', refs: [REFS[0]], reason: 'sequence 5 after 3' })
    expect(s.kinds()).toEqual(['up', 'quote', 'seam'])
  })
})

describe('another set of symbols', () => {
  const TSLA = refOf('TSLA')
  it('is told to a session that listens: no reconnect, no seam', async () => {
    const s = scene({ listens: true })
    s.read()
    await s.time.settle()
    const heard: { added: SymbolRef[]; removed: SymbolRef[] }[] = []
    s.lines[0]!.subscriptions.onChange((change) => heard.push(change))
    s.lines[0]!.send(SUBSCRIBED)
    await s.time.settle()
    s.stream.setRefs([REFS[0]!, TSLA])
    await s.time.advance(1_000)
    expect(heard).toEqual([{ added: [TSLA], removed: [REFS[1]] }])
    expect(s.lines[0]!.subscriptions.current()).toEqual([REFS[0], TSLA])
    expect(s.kinds()).toEqual(['up'])
  })

  it('opens a session that does not listen anew: a seam for those kept, none for newcomers', async () => {
    const s = scene()
    s.read()
    await s.time.settle()
    s.lines[0]!.send(SUBSCRIBED)
    await s.time.advance(2_000)
    s.stream.setRefs([REFS[0]!, TSLA])
    await s.time.settle()
    expect(s.lines[0]!.isAborted).toBe(true)
    expect(s.lines[1]!.subscriptions.current()).toEqual([REFS[0], TSLA])
    await s.time.advance(1_000)
    s.lines[1]!.send(SUBSCRIBED)
    await s.time.settle()
    expect(s.kinds()).toEqual(['up', 'up', 'seam'])
    expect(s.events.at(-1)).toMatchObject({ refs: [REFS[0]] })
  })

  it('of none lets the connection go, until there are some', async () => {
    const s = scene({ listens: true })
    s.read()
    await s.time.settle()
    s.lines[0]!.send(SUBSCRIBED)
    await s.time.settle()
    s.stream.setRefs([])
    await s.time.advance(60_000)
    expect(s.lines[0]!.isAborted).toBe(true)
    expect(s.lines).toHaveLength(1)
    s.stream.setRefs([TSLA])
    await s.time.settle()
    expect(s.lines[1]!.subscriptions.current()).toEqual([TSLA])
  })
})

describe('its end', () => {
  it('comes with its signal, while waiting as well', async () => {
    const stop = new AbortController()
    const s = scene({ options: { signal: stop.signal } })
    s.read()
    await s.time.settle()
    s.lines[0]!.fail(unavailable)
    await s.time.settle()
    stop.abort()
    await s.time.settle()
    expect(s.outcome()).toBe('done')
  })

  it('comes when the reader stops', async () => {
    const s = scene()
    const reading = (async () => {
      for await (const event of s.stream) if (event.type === 'up') break
    })()
    await s.time.settle()
    s.lines[0]!.send(SUBSCRIBED)
    await reading
    expect(s.lines[0]!.isAborted).toBe(true)
  })

  it('a signal that has aborted before never connects', async () => {
    const s = scene({ options: { signal: AbortSignal.abort() } })
    s.read()
    await s.time.settle()
    expect(s.outcome()).toBe('done')
    expect(s.lines).toHaveLength(0)
  })
})

describe('a slow reader', () => {
  it('gets the newest quote of each symbol; the rest is counted', async () => {
    const s = scene()
    const reader = s.stream[Symbol.asyncIterator]()
    const first = reader.next()
    await s.time.settle()
    s.lines[0]!.send(SUBSCRIBED)
    await first
    for (let i = 0; i < 1_000; i++) s.lines[0]!.send(quote('AAPL', '2026-11-18T14:59:00Z', 1 + i))
    await s.time.settle()
    for (let i = 0; s.stream.stats().received < 255 && i < 100; i++) await s.time.settle()
    const next = await reader.next()
    const { received, conflated } = s.stream.stats()
    expect(next.value).toMatchObject({ type: 'quote', quote: { last: received } })
    expect(conflated).toBe(received - 1)
  })

  it('stops the connection from being read when what must be kept piles up, and loses none of it', async () => {
    const s = scene({ keptMax: 10 })
    const reader = s.stream[Symbol.asyncIterator]()
    const first = reader.next()
    await s.time.settle()
    const base = Date.parse('2026-11-18T13:00:00Z') * 1000
    s.lines[0]!.send(SUBSCRIBED)
    for (let i = 0; i < 100; i++) s.lines[0]!.send({ type: 'bar', bar: barOf('AAPL', base + i * 60_000_000) })
    await first
    for (let i = 0; i < 30; i++) await s.time.settle()
    expect(s.stream.stats().received).toBeLessThan(15)
    await s.time.advance(60_000)
    expect(s.lines).toHaveLength(1)
    const got: number[] = []
    while (got.length < 100) {
      const next = await reader.next()
      if (!next.done && next.value.type === 'bar') got.push((next.value.bar.ts - base) / 60_000_000)
    }
    expect(got).toEqual(Array.from({ length: 100 }, (_, i) => i))
  })
})
