// Coinbase's stream: one WebSocket, tickers and heartbeats, everything said on it paid from the budget of messages.
import type { Micros, SymbolRef } from '@onetape/market'
import type { OpenSession, ProviderDeps, QuoteStream, SessionEvent, StreamOptions } from '../contract.ts'
import { ProviderError } from '../errors.ts'
import { safeText } from '../http/failure.ts'
import { pause } from '../http/retry.ts'
import { openSocket, type Socket } from '../http/socket.ts'
import { openStream } from '../stream/open-stream.ts'
import { capabilities } from './capabilities.ts'
import { parseFrame } from './payload-stream.ts'
import { type FrameEvent, StreamFrames } from './stream-frames.ts'

const NAME = 'coinbase'
export const STREAM_URL = 'wss://advanced-trade-ws.coinbase.com'
/** Heartbeats come every second; the supervisor waits for two of these. */
const HEARTBEAT_MS = 3_000

export function streamCoinbase(
  deps: ProviderDeps,
  refs: readonly SymbolRef[],
  options?: StreamOptions,
): QuoteStream {
  const open = sessionOf(deps)
  return openStream({ provider: NAME, capabilities, refs, options, open, deps, heartbeatMs: HEARTBEAT_MS })
}

const sessionOf = (deps: ProviderDeps): OpenSession =>
  async function* ({ subscriptions, signal }) {
    const socket = await openSocket({
      url: deps.baseUrls?.stream ?? STREAM_URL,
      provider: NAME,
      role: "Coinbase's stream",
      signal,
      timeoutMs: deps.timeoutMs,
      secrets: [],
    })
    const line = new Line(socket, deps, signal)
    const forget = subscriptions.onChange(({ added, removed }) => {
      line.ask('unsubscribe', removed)
      line.ask('subscribe', added)
    })
    const frames = new StreamFrames()
    /** The opening image comes before the acknowledgement; it is given after. */
    let held: SessionEvent[] | null = []
    try {
      // Who has not subscribed within five seconds is cut off.
      line.ask('subscribe', subscriptions.current())
      line.say({ type: 'subscribe', channel: 'heartbeats' })
      for await (const frame of socket.frames) {
        const text = typeof frame === 'string' ? frame : new TextDecoder().decode(frame)
        for (const event of eventsIn(text, { frames, line, now: deps.marketClock.now() })) {
          if (held !== null && event.type !== 'subscribed') {
            held.push(event)
            continue
          }
          yield event
          const waiting: SessionEvent[] = held ?? []
          held = null
          yield* waiting
        }
      }
    } finally {
      forget()
      socket.close()
    }
  }

/** What one frame means. A frame that is none is dropped; the number of the next one shows what it may have held. */
function eventsIn(
  text: string,
  { frames, line, now }: { frames: StreamFrames; line: Line; now: Micros },
): Iterable<SessionEvent> {
  let said: ReturnType<typeof parseFrame>
  try {
    said = parseFrame(text)
  } catch (error) {
    if (!(error instanceof ProviderError) || error.kind !== 'malformed') throw error
    return [{ type: 'dropped', row: { row: 'frame', reason: error.message } }]
  }
  return 'error' in said ? line.failed(said.error) : line.told(frames.read(said.message, now))
}

/** What is said on one socket, in order, each message paid for; and which products were not answered yet. */
class Line {
  readonly #socket: Socket
  readonly #deps: ProviderDeps
  readonly #signal: AbortSignal
  /** Products asked for, with the number of the message that asked. */
  readonly #pending = new Map<string, { ref: SymbolRef; message: number }>()
  readonly #refused: { ref: SymbolRef; reason: string }[] = []
  #said: Promise<void> = Promise.resolve()
  #messages = 0
  #answers = 0

  constructor(socket: Socket, deps: ProviderDeps, signal: AbortSignal) {
    this.#socket = socket
    this.#deps = deps
    this.#signal = signal
  }

  ask(type: 'subscribe' | 'unsubscribe', refs: readonly SymbolRef[]): void {
    if (refs.length === 0) return
    const message = this.#messages + 1
    for (const ref of refs) {
      if (type === 'subscribe') this.#pending.set(ref.symbol, { ref, message })
      else this.#pending.delete(ref.symbol)
    }
    this.say({ type, product_ids: refs.map((ref) => ref.symbol), channel: 'ticker' })
  }

  say(message: object): void {
    this.#messages += 1
    this.#said = this.#said.then(async () => {
      await this.#paid()
      this.#socket.send(JSON.stringify(message))
    })
    // Only an abort ends the waiting; the session ends by it too.
    this.#said.catch(() => {})
  }

  async #paid(): Promise<void> {
    for (;;) {
      const call = { scope: 'messages', weight: 1, priority: 'live', signal: this.#signal } as const
      const grant = await this.#deps.budget?.take(call)
      if (!grant || grant.granted) return grant?.release()
      await pause(grant.retryAfterMs, this.#signal)
    }
  }

  *told(events: Iterable<FrameEvent>): Generator<SessionEvent> {
    for (const event of events) {
      if (event.type === 'acknowledged') yield* this.#acknowledged(event.products)
      else yield event
    }
  }

  /**
   * Each message is answered with the list of all subscriptions, in order. A product that the answer to its message
   * does not list is refused; the vendor has no word of its own for that.
   */
  *#acknowledged(products: readonly string[]): Generator<SessionEvent> {
    this.#answers += 1
    if (this.#pending.size === 0) return
    const listed = new Set(products)
    for (const [id, { ref, message }] of this.#pending) {
      if (!listed.has(id) && message > this.#answers) continue
      this.#pending.delete(id)
      if (!listed.has(id)) this.#refused.push({ ref, reason: 'the vendor does not stream it' })
    }
    if (this.#pending.size === 0) yield { type: 'subscribed', refused: this.#refused.splice(0) }
  }

  /** An error that names a product is about that one, any other is about the connection. */
  *failed(words: string): Generator<SessionEvent> {
    const reason = safeText(words, [])
    const named = [...this.#pending].filter(([id]) => words.includes(id))
    if (named.length === 0) {
      const kind = /rate|too many/i.test(words) ? 'rate_limited' : 'unavailable'
      throw new ProviderError(kind, `Coinbase's stream says: ${reason}`, { provider: NAME })
    }
    this.#answers += 1
    for (const [id, { ref }] of named) {
      this.#pending.delete(id)
      this.#refused.push({ ref, reason })
    }
    yield this.#pending.size === 0
      ? { type: 'subscribed', refused: this.#refused.splice(0) }
      : { type: 'alive' }
  }
}
