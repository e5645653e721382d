// 5xx: streams do not go mute, do not repeat themselves, and leave no hole behind.
import type { Bar, Micros, Quote, SymbolRef } from '@onetape/market'
import { MINUTE_US, SECOND_US } from '@onetape/market'
import { healSeam, type QuoteStream, type StreamEvent } from '@onetape/providers'
import { type Card, classesWhere, must, show, someClass } from '../card.ts'
import { BUSY, credentialsOf, refusalOf, type Stage } from '../stage.ts'

const streams: Card['claims'] = someClass((c) => c.stream)

interface Watched extends AsyncDisposable {
  stream: QuoteStream
  events: StreamEvent[]
  quotes(): Quote[]
  /** @throws Error when it does not come in time. */
  until(what: string, holds: () => boolean, withinMs: number): Promise<void>
  ended: Promise<unknown>
}

/** Symbols of the first class that the provider streams, which trade all the time. */
function busy(stage: Stage): SymbolRef[] {
  const [assetClass] = classesWhere(stage.definition.capabilities, (c) => c.stream).find(
    ([c]) => BUSY[c].length > 0,
  )!
  return BUSY[assetClass].map((symbol) => ({ assetClass, symbol }))
}

/** Reads a stream as fast as it comes. */
function watch(stage: Stage, provider = stage.open(), refs = busy(stage)): Watched {
  const stop = new AbortController()
  const stream = provider.streamQuotes!(refs, { signal: stop.signal })
  const events: StreamEvent[] = []
  let wake = () => {}
  const ended = (async () => {
    for await (const event of stream) {
      events.push(event)
      wake()
    }
  })().then(
    () => null,
    (error) => error,
  )
  void ended.then(() => wake())
  return {
    stream,
    events,
    ended,
    quotes: () => events.flatMap((e) => (e.type === 'quote' ? [e.quote] : [])),
    async until(what, holds, withinMs) {
      const deadline = performance.now() + withinMs
      while (!holds()) {
        const left = deadline - performance.now()
        must(
          left > 0,
          () => `${what} did not happen within ${withinMs} ms; ${summary(events)}; ${show(stream.stats())}`,
        )
        await Promise.race([
          new Promise<void>((resolve) => {
            wake = resolve
          }),
          new Promise((resolve) => setTimeout(resolve, Math.min(left, 250))),
        ])
      }
    },
    async [Symbol.asyncDispose]() {
      stop.abort()
      await stream.close()
      await ended
    },
  }
}

const summary = (events: readonly StreamEvent[]): string =>
  show(Object.entries(Object.groupBy(events, (e) => e.type)).map(([type, list]) => `${type} ${list!.length}`))

function mustBeOrdered(quotes: readonly Quote[]): void {
  const last = new Map<string, Micros>()
  for (const { symbol, ts } of quotes) {
    must((last.get(symbol) ?? 0) <= ts, () => `${symbol} went back in time`)
    last.set(symbol, ts)
  }
}

const ups = (events: readonly StreamEvent[]) => events.filter((e) => e.type === 'up').length

export const streamCards: readonly Card[] = [
  {
    id: 501,
    title: 'a stream comes up and brings its symbols, in order, with both clocks',
    claims: streams,
    async run(stage) {
      await using w = watch(stage)
      // A free feed of one small venue sees some of them seldom.
      const some = Math.ceil(busy(stage).length / 2)
      const came = () => new Set(w.quotes().map((q) => q.symbol)).size
      await w.until(`a quote of ${some} symbols`, () => came() >= some, 40_000)
      await w.until('more quotes', () => w.quotes().length >= 8, 20_000)
      must(ups(w.events) === 1, () => summary(w.events))
      mustBeOrdered(w.quotes())
      const now = stage.marketClock.now()
      for (const q of w.quotes()) {
        const behind = now - q.ts - q.delayedMinutes * MINUTE_US
        must(behind > -2_000_000 && behind < 10 * MINUTE_US, () => `${q.symbol} is ${behind / 1e6} s behind`)
      }
    },
  },
  {
    id: 502,
    title: 'wrong credentials end the stream, typed',
    claims: (c) => streams(c) && c.credentials.length > 0,
    async run(stage) {
      await using w = watch(stage, stage.open({ credentials: credentialsOf(stage.definition, 'wrong') }))
      const error = await refusalOf(
        Promise.race([w.ended, new Promise((resolve) => setTimeout(resolve, 8_000))]).then((e) => {
          if (e) throw e
        }),
      )
      must(error.kind === 'unauthorized', () => `kind ${error.kind}: ${error.message}`)
    },
  },
  {
    id: 503,
    title: 'a cut connection comes back by itself, says so, and names the seam',
    claims: streams,
    async run(stage) {
      await using w = watch(stage)
      await w.until('quotes', () => w.quotes().length >= 3, 25_000)
      stage.fault({ kind: 'cut', count: 1, on: 'stream' })
      await w.until('the connection to come up again', () => ups(w.events) === 2, 30_000)
      const before = w.quotes().length
      await w.until('quotes again', () => w.quotes().length > before, 25_000)
      const types = w.events.map((e) => e.type)
      must(types.includes('down') && types.includes('seam'), () => summary(w.events))
      const seam = w.events.find((e) => e.type === 'seam')!
      must(seam.type === 'seam' && seam.from < seam.to && seam.refs.length === busy(stage).length, () =>
        show(seam),
      )
      mustBeOrdered(w.quotes())
    },
  },
  {
    id: 504,
    title: 'a mute connection is found within 15 s while the market is open',
    claims: streams,
    async run(stage) {
      await using w = watch(stage)
      await w.until('quotes', () => w.quotes().length >= 30, 60_000)
      stage.fault({ kind: 'mute', on: 'stream' })
      const started = performance.now()
      await w.until(
        'the mute connection to be given up',
        () => w.events.some((e) => e.type === 'down'),
        17_000,
      )
      const tookS = (performance.now() - started) / 1000
      must(tookS <= 15.5, () => `found after ${tookS.toFixed(1)} s`)
    },
  },
  {
    id: 505,
    title: 'frames that come twice or late are withheld and counted',
    claims: streams,
    async run(stage) {
      await using w = watch(stage)
      await w.until('quotes', () => w.quotes().length >= 3, 25_000)
      stage.fault({ kind: 'duplicate', on: 'stream' })
      await w.until('duplicates', () => w.stream.stats().duplicates >= 1, 25_000)
      stage.simulator.faults.clear()
      stage.fault({ kind: 'out_of_order', on: 'stream', count: 6 })
      const before = w.quotes().length
      await w.until('quotes while frames change places', () => w.quotes().length >= before + 6, 30_000)
      mustBeOrdered(w.quotes())
      const seen = new Set<string>()
      for (const q of w.quotes()) {
        const id = `${q.symbol} ${q.ts} ${q.last} ${q.bid} ${q.ask} ${q.volume}`
        must(!seen.has(id), () => `${id} came twice`)
        seen.add(id)
      }
    },
  },
  {
    id: 506,
    title: 'a malformed frame is dropped and counted, the stream goes on',
    claims: streams,
    async run(stage) {
      await using w = watch(stage)
      await w.until('quotes', () => w.quotes().length >= 3, 25_000)
      stage.fault({ kind: 'malformed_row', on: 'stream', count: 2 })
      await w.until('a drop', () => w.stream.stats().dropped >= 1, 25_000)
      const before = w.quotes().length
      await w.until('quotes again', () => w.quotes().length > before, 25_000)
    },
  },
  {
    id: 507,
    title: 'the seam is healed from REST: every minute that ended in it is there, once',
    claims: (c) => streams(c) && someClass((x) => x.stream && x.bars.includes('1m'))(c),
    async run(stage) {
      const provider = stage.open({ timeoutMs: 20_000 })
      await using w = watch(stage, provider, busy(stage).slice(0, 2))
      await w.until('quotes', () => w.quotes().length >= 2, 25_000)
      stage.fault({ kind: 'cut', count: 1, on: 'stream' })
      await w.until('a seam', () => w.events.some((e) => e.type === 'seam'), 40_000)
      const seam = w.events.find((e) => e.type === 'seam')!
      must(seam.type === 'seam', () => 'no seam')
      // A seam of some minutes, as after a longer outage.
      const wide = { ...seam, from: seam.from - 5 * MINUTE_US }
      const signal = AbortSignal.timeout(20_000)
      const healed = await healSeam(provider, wide, { marketClock: stage.marketClock, signal })
      const bySymbol = Map.groupBy(healed.bars as Bar[], (b) => b.symbol)
      for (const ref of wide.refs) {
        const bars = bySymbol.get(ref.symbol) ?? []
        must(bars.length >= 3, () => `${ref.symbol}: ${bars.length} minutes`)
        must(new Set(bars.map((b) => b.ts)).size === bars.length, () => `${ref.symbol}: a minute twice`)
        must(
          bars.every((b) => b.final),
          () => `${ref.symbol}: a minute that is not over`,
        )
        must(
          healed.snapshots.some((s) => s.quote.symbol === ref.symbol),
          () => `${ref.symbol}: no snapshot`,
        )
      }
    },
  },
  {
    id: 508,
    title: 'a slow reader gets the newest quotes, and how many it missed is counted',
    claims: streams,
    async run(stage) {
      const stop = new AbortController()
      const stream = stage.open().streamQuotes!(busy(stage), { signal: stop.signal })
      const iterator = stream[Symbol.asyncIterator]()
      try {
        await iterator.next()
        const deadline = performance.now() + 30_000
        while (stream.stats().conflated === 0 && performance.now() < deadline) {
          await new Promise((resolve) => setTimeout(resolve, 200))
        }
        must(stream.stats().conflated > 0, () => show(stream.stats()))
        // What waits comes at once, the newest of each; what happens while we read may come after it.
        const readingFrom = stage.marketClock.now() - SECOND_US
        const held = new Map<string, Quote>()
        for (;;) {
          const next = iterator.next()
          const event = await Promise.race([
            next,
            new Promise<null>((resolve) => setTimeout(resolve, 5, null)),
          ])
          if (event === null || event.done) break
          if (event.value.type !== 'quote') continue
          const { quote } = event.value
          const isLater = quote.ts + quote.delayedMinutes * MINUTE_US >= readingFrom
          must(!held.has(quote.symbol) || isLater, () => `${quote.symbol} waited twice in the queue`)
          held.set(quote.symbol, quote)
          if (held.size >= busy(stage).length) break
        }
        must(held.size > 0, () => 'nothing waited')
      } finally {
        stop.abort()
        await stream.close()
      }
    },
  },
]
