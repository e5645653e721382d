/**
 * Makes a stream that does not go mute out of a vendor's single connections:
 *
 *   superviseStream({ provider, refs, options?, open, deps, heartbeatMs?, subscribeWithinMs?, timers? }): QuoteStream
 *
 * A vendor's folder writes `open` (an OpenSession: open the line, sign in, subscribe, yield) and hands it over; what
 * stream/contract.ts promises to a reader is done here. `open` must yield `subscribed` once signed in and subscribed,
 * `alive` for heartbeats, throw ProviderErrors, and end when its signal aborts.
 *
 *              ┌─ no symbols wanted: idle until there are
 *   start ─> connecting ── subscribed ──> up ── ends, fails, mute ──> waiting (back-off, full jitter) ─> connecting
 *              │  not within 20 s, fails ───────────────────────────────┘
 *              │                            up ── another set of symbols that the session does not hear ─> connecting
 *              └─ unauthorized, not_entitled, unsupported, invalid_request: failed, for good (the reader's error)
 *   anywhere ── signal, close(), the reader stops ──> closed
 *
 * `down` is given on leaving `up` or a failed `connecting`, `up` on reaching it, then one `seam` for each span that the
 * break may have lost. A minute of `up` makes the next wait short again. The iteration starts the first connection.
 * While the queue of events that must be kept is full, nothing is read and nobody is called mute.
 */
import type { SymbolRef } from '@onetape/market'
import type { ProviderDeps } from '../contract.ts'
import { type ErrorKind, ProviderError } from '../errors.ts'
import { createBackoff } from './backoff.ts'
import { ConflatingQueue, refKey } from './conflating-queue.ts'
import { type Connection, openConnection } from './connection.ts'
import type { OpenSession, QuoteStream, SessionEvent, StreamOptions, StreamStats } from './contract.ts'
import { Doze } from './doze.ts'
import { createLosses } from './losses.ts'
import { createOrdering } from './ordering.ts'
import { StreamTally } from './tally.ts'
import { realTimers, type Timers } from './timers.ts'
import { createWanted } from './wanted.ts'
import { createWatchdog } from './watchdog.ts'

export interface SuperviseOptions {
  provider: string
  refs: readonly SymbolRef[]
  options?: StreamOptions
  open: OpenSession
  deps: Pick<ProviderDeps, 'marketClock' | 'wallClock' | 'random'>
  /** The vendor promises a frame of some kind (yielded as any event, `alive` for a heartbeat) this often. */
  heartbeatMs?: number
  /** For a connection to be signed in and subscribed; 20 s unless told. */
  subscribeWithinMs?: number
  /** Events that must be kept and may wait for the reader. */
  keptMax?: number
  timers?: Timers
}

const FOR_GOOD: readonly ErrorKind[] = ['unauthorized', 'not_entitled', 'unsupported', 'invalid_request']
const SUBSCRIBE_WITHIN_MS = 20_000
const CHECK_MS = 1_000
const HEALTHY_US = 60_000_000

type Why = { reopen: true } | { stop: true } | { error: ProviderError }

export function superviseStream(o: SuperviseOptions): QuoteStream {
  const supervisor = new Supervisor(o)
  let isIterated = false
  return {
    stats: () => supervisor.stats(),
    setRefs: (refs) => supervisor.setRefs(refs),
    close: () => supervisor.close(),
    [Symbol.asyncIterator]() {
      if (isIterated) throw new Error('a stream is iterated once')
      isIterated = true
      supervisor.start()
      return {
        async next() {
          const event = await supervisor.queue.next()
          return event ? { value: event, done: false } : { value: undefined, done: true }
        },
        async return() {
          await supervisor.close()
          return { value: undefined, done: true }
        },
      }
    },
  }
}

class Supervisor {
  readonly queue: ConflatingQueue
  readonly #o: SuperviseOptions
  readonly #timers: Timers
  readonly #wanted: ReturnType<typeof createWanted>
  readonly #ordering = createOrdering()
  readonly #watchdog: ReturnType<typeof createWatchdog>
  readonly #losses: ReturnType<typeof createLosses>
  readonly #backoff: ReturnType<typeof createBackoff>
  readonly #tally = new StreamTally()
  readonly #doze: Doze
  #connection: Connection<Why> | null = null
  #isClosed = false
  #running: Promise<void> = Promise.resolve()
  #upSince: number | null = null
  /** What the connection that is up carries: newcomers have nothing to lose yet. */
  #carried: readonly SymbolRef[] = []

  constructor(o: SuperviseOptions) {
    this.#o = o
    this.#timers = o.timers ?? realTimers
    this.#doze = new Doze(this.#timers)
    this.#wanted = createWanted(o.refs)
    this.queue = new ConflatingQueue(o.keptMax)
    this.#watchdog = createWatchdog({ ...o.deps, heartbeatMs: o.heartbeatMs })
    this.#watchdog.setRefs(this.#wanted.current())
    this.#losses = createLosses(o.deps.marketClock)
    this.#backoff = createBackoff(o.deps.random)
  }

  start(): void {
    const { signal } = this.#o.options ?? {}
    const onAbort = () => void this.close()
    if (signal?.aborted) {
      onAbort()
      return
    }
    signal?.addEventListener('abort', onAbort, { once: true })
    this.#running = this.#run().finally(() => signal?.removeEventListener('abort', onAbort))
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.queue.close()
    this.#connection?.interrupt({ stop: true })
    this.#doze.wake()
    await this.#running
  }

  stats(): StreamStats {
    return this.#tally.read(this.queue.conflated)
  }

  setRefs(refs: readonly SymbolRef[]): void {
    const change = this.#wanted.set(refs)
    if (!change) return
    this.#watchdog.setRefs(this.#wanted.current())
    this.#ordering.forget(new Set(change.removed.map(refKey)))
    if (change.isHeard) this.#carried = this.#wanted.current()
    const isEmpty = this.#wanted.current().length === 0
    if (!change.isHeard || isEmpty) this.#connection?.interrupt({ reopen: true })
    this.#doze.wake()
  }

  async #run(): Promise<void> {
    while (!this.#isClosed) {
      if (this.#wanted.current().length === 0) {
        await this.#doze.until({ isEnough: () => this.#isClosed || this.#wanted.current().length > 0 })
        continue
      }
      const error = await this.#connect()
      if (this.#isClosed || error === null) continue
      if (FOR_GOOD.includes(error.kind)) return this.queue.fail(error)
      const retryInMs = Math.max(this.#backoff.nextMs(), error.retryAfterMs ?? 0)
      await this.#keep({ type: 'down', at: this.#o.deps.marketClock.now(), error, retryInMs })
      await this.#doze.until({ ms: retryInMs, isEnough: () => this.#isClosed })
    }
  }

  /** One connection from its opening to its end. @returns why it ended; null when that was our own wish. */
  async #connect(): Promise<ProviderError | null> {
    const connection = openConnection<Why>(this.#o.open, {
      subscriptions: this.#wanted,
      timers: this.#timers,
    })
    this.#connection = connection
    this.#upSince = null
    const { stop, restart } = this.#guard(connection)
    let error: ProviderError | null
    try {
      error = await this.#read(connection, restart)
    } catch (thrown) {
      error = asProviderError(thrown, this.#o.provider)
    }
    stop()
    this.#connection = null
    this.#wanted.forgetListeners()
    const isHealthy = this.#upSince !== null && this.#o.deps.wallClock.now() - this.#upSince >= HEALTHY_US
    if (isHealthy) this.#backoff.reset()
    if (this.#upSince !== null) {
      this.#losses.begin(this.#carried, error?.message ?? 'the subscription was changed')
    }
    await connection.close()
    return error
  }

  async #read(connection: Connection<Why>, onUp: () => void): Promise<ProviderError | null> {
    for (;;) {
      const step = await connection.next()
      if ('ended' in step) return this.#fault('ended the stream')
      if ('interrupted' in step) return 'error' in step.interrupted ? step.interrupted.error : null
      if (step.event.type === 'subscribed' && this.#upSince === null) onUp()
      await this.#take(step.event)
    }
  }

  /** Interrupts a connection that is not up in time, and one that goes mute. */
  #guard(connection: Connection<Why>): { stop(): void; restart(): void } {
    const withinMs = this.#o.subscribeWithinMs ?? SUBSCRIBE_WITHIN_MS
    const late = () => connection.interrupt({ error: this.#fault(`did not subscribe within ${withinMs} ms`) })
    const check = () => {
      timer = this.#timers.set(check, CHECK_MS)
      if (!this.#isReading) return
      const { connection: mute, symbols } = this.#watchdog.check()
      for (const { ref, lastAt } of symbols) this.queue.push({ type: 'mute', ref, lastAt })
      if (mute !== null) connection.interrupt({ error: this.#fault(`went mute: ${mute}`) })
    }
    let timer = this.#timers.set(late, withinMs)
    return {
      stop: () => this.#timers.clear(timer),
      restart: () => {
        this.#timers.clear(timer)
        timer = this.#timers.set(check, CHECK_MS)
      },
    }
  }

  async #take(event: SessionEvent): Promise<void> {
    const { marketClock, wallClock } = this.#o.deps
    switch (event.type) {
      case 'subscribed': {
        const isFirst = this.#upSince === null
        const refused = event.refused ?? []
        if (!isFirst && refused.length === 0) return
        if (isFirst) {
          this.#tally.connected()
          this.#upSince = wallClock.now()
          this.#carried = this.#wanted.current()
          this.#watchdog.connected()
        }
        await this.#keep({ type: 'up', at: marketClock.now(), refused })
        if (!isFirst) return
        const seams = this.#losses.end(this.#wanted.current())
        this.#losses.up()
        for (const seam of seams) await this.#keep(seam)
        return
      }
      case 'alive':
        return this.#watchdog.alive()
      case 'dropped':
        this.#watchdog.alive()
        return this.#tally.drop(event.row)
      case 'gap': {
        this.#losses.begin(event.refs ?? this.#wanted.current(), event.reason)
        for (const seam of this.#losses.end(this.#wanted.current())) await this.#keep(seam)
        return
      }
      case 'quote': {
        const { quote } = event
        this.#heard(quote, quote.delayedMinutes)
        const verdict = this.#ordering.quote(quote, marketClock.now())
        if (this.#tally.isNews(verdict, quote.symbol)) this.queue.push({ type: 'quote', quote })
        return
      }
      case 'bar': {
        const { bar } = event
        this.#watchdog.alive()
        const verdict = this.#ordering.bar(bar, marketClock.now())
        if (this.#tally.isNews(verdict, bar.symbol)) await this.#keep({ type: 'bar', bar })
      }
    }
  }

  #heard(ref: SymbolRef, delayedMinutes: number): void {
    this.#watchdog.heard(ref, delayedMinutes)
    this.#losses.heard(ref, delayedMinutes)
    this.#tally.heard(this.#o.deps.marketClock.now())
  }

  get #isReading(): boolean {
    return this.#waitsForRoom === 0
  }
  #waitsForRoom = 0

  /** Events that must not be lost: when their queue is full, the connection is not read on. */
  async #keep(event: Parameters<ConflatingQueue['push']>[0]): Promise<void> {
    if (this.queue.push(event)) return
    this.#waitsForRoom += 1
    await this.queue.room()
    this.#waitsForRoom -= 1
    // Silence while we did not listen proves nothing.
    if (this.#upSince !== null) this.#watchdog.connected()
  }

  #fault(words: string): ProviderError {
    const { provider } = this.#o
    return new ProviderError('unavailable', `${provider} ${words}`, { provider })
  }
}

/** Anything else that leaves a vendor's session is a fault of ours; it costs that connection, not the stream. */
const asProviderError = (thrown: unknown, provider: string): ProviderError =>
  thrown instanceof ProviderError
    ? thrown
    : new ProviderError(
        'malformed',
        `${provider}: ${thrown instanceof Error ? thrown.message : 'stream failed'}`,
        {
          provider,
          cause: thrown,
        },
      )
