// One connection of Alpaca's stream: sign in, subscribe, read. Reconnecting and watching are the supervisor's.
import type { SymbolRef } from '@onetape/market'
import type { SessionEvent, Subscriptions } from '../contract.ts'
import { ProviderError } from '../errors.ts'
import { openSocket, type Socket } from '../http/socket.ts'
import type { Keys } from './client.ts'
import type { Feed } from './feed.ts'
import { explain } from './refusal.ts'
import { StreamBook } from './stream-book.ts'
import { controlMessage, messagesOf, streamError } from './stream-payload.ts'
import { spell } from './symbols.ts'

export interface Line {
  assetClass: 'equity' | 'crypto'
  url: string
  feed: Feed
  keys: Keys
  timeoutMs: number
  /** Symbols that the plan lets one connection carry; null when unlimited. */
  symbolsMax: number | null
  planName: string
}

/** A message of a client may hold 16 kB; symbols stand in it three times. */
const SYMBOLS_PER_MESSAGE = 400
const CHANNELS = ['trades', 'quotes', 'bars']

type Refused = { ref: SymbolRef; reason: string }

export async function* openLine(
  line: Line,
  { subscriptions, signal }: { subscriptions: Subscriptions; signal: AbortSignal },
): AsyncGenerator<SessionEvent, void> {
  const { keyId, secretKey } = line.keys
  if (!keyId || !secretKey) {
    throw new ProviderError('unauthorized', "Alpaca's stream needs a key (credentials keyId and secretKey)", {
      provider: 'alpaca',
    })
  }
  const socket = await openSocket({
    url: line.url,
    provider: 'alpaca',
    role: "Alpaca's stream",
    signal,
    timeoutMs: line.timeoutMs,
    secrets: [keyId, secretKey],
    explain,
  })
  const desk = new SubscriptionDesk(socket, line, subscriptions)
  const book = new StreamBook(line.assetClass, line.feed)
  const stop = subscriptions.onChange(() => desk.update())
  try {
    for await (const frame of socket.frames) {
      const messages = messagesIn(frame)
      if ('reason' in messages) {
        yield { type: 'dropped', row: { row: 'frame', reason: messages.reason } }
        continue
      }
      for (const message of messages.list) {
        const control = controlMessage.safeParse(message)
        yield control.success
          ? hearControl(control.data, { socket, desk, keyId, secretKey })
          : book.hear(message)
      }
    }
  } finally {
    stop()
    socket.close()
  }
}

/** A frame that is no message costs that frame, not the connection. */
function messagesIn(frame: string | Uint8Array): { list: unknown[] } | { reason: string } {
  try {
    return { list: messagesOf(typeof frame === 'string' ? frame : new TextDecoder().decode(frame)) }
  } catch (error) {
    if (error instanceof ProviderError) return { reason: error.message }
    throw error
  }
}

function hearControl(
  message: ReturnType<typeof controlMessage.parse>,
  o: { socket: Socket; desk: SubscriptionDesk; keyId: string; secretKey: string },
): SessionEvent {
  if (message.T === 'error') throw streamError(message)
  if (message.T === 'subscription') return o.desk.confirmed(message.trades ?? [])
  if (message.msg === 'connected') {
    o.socket.send(JSON.stringify({ action: 'auth', key: o.keyId, secret: o.secretKey }))
  }
  return message.msg === 'authenticated' ? o.desk.signedIn() : { type: 'alive' }
}

/** Which symbols the vendor was asked for and which it confirmed; a change is sent as the difference. */
class SubscriptionDesk {
  readonly #socket: Socket
  readonly #line: Line
  readonly #subscriptions: Subscriptions
  #asked = new Map<string, SymbolRef>()
  #refused: Refused[] = []
  #isSignedIn = false
  /** Confirmations that have not come yet: one for each message. */
  #awaited = 0

  constructor(socket: Socket, line: Line, subscriptions: Subscriptions) {
    this.#socket = socket
    this.#line = line
    this.#subscriptions = subscriptions
  }

  signedIn(): SessionEvent {
    this.#isSignedIn = true
    this.update()
    return this.#awaited === 0 ? { type: 'subscribed', refused: this.#refused } : { type: 'alive' }
  }

  /** The wish may have changed. */
  update(): void {
    if (!this.#isSignedIn) return
    const { wanted, refused } = sorted(this.#subscriptions.current(), this.#line)
    this.#refused = refused
    this.#send(
      'unsubscribe',
      [...this.#asked.keys()].filter((symbol) => !wanted.has(symbol)),
    )
    this.#send(
      'subscribe',
      [...wanted.keys()].filter((symbol) => !this.#asked.has(symbol)),
    )
    this.#asked = wanted
  }

  /** The vendor lists everything that is subscribed now. */
  confirmed(trades: readonly string[]): SessionEvent {
    this.#awaited -= 1
    // A vendor may say unasked what is subscribed (an empty list after the sign-in).
    if (this.#awaited < 0) this.#awaited = 0
    if (this.#awaited > 0 || !this.#isSignedIn) return { type: 'alive' }
    const listed = new Set(trades)
    const unlisted = [...this.#asked]
      .filter(([symbol]) => !listed.has(symbol))
      .map(([, ref]) => ({ ref, reason: 'the vendor did not subscribe it' }))
    return { type: 'subscribed', refused: [...this.#refused, ...unlisted] }
  }

  #send(action: 'subscribe' | 'unsubscribe', symbols: readonly string[]): void {
    for (let at = 0; at < symbols.length; at += SYMBOLS_PER_MESSAGE) {
      const some = symbols.slice(at, at + SYMBOLS_PER_MESSAGE)
      this.#awaited++
      this.#socket.send(JSON.stringify({ action, ...Object.fromEntries(CHANNELS.map((c) => [c, some])) }))
    }
  }
}

/** The first of the wanted symbols that the plan has room for, by the vendor's spelling. */
function sorted(
  refs: readonly SymbolRef[],
  line: Line,
): { wanted: Map<string, SymbolRef>; refused: Refused[] } {
  const wanted = new Map<string, SymbolRef>()
  const refused: Refused[] = []
  for (const ref of refs.filter((r) => r.assetClass === line.assetClass)) {
    const symbol = spell(ref)
    if (symbol === null) refused.push({ ref, reason: 'Alpaca has no such symbol' })
    else if (line.symbolsMax !== null && wanted.size >= line.symbolsMax) {
      refused.push({ ref, reason: `the plan ${line.planName} streams ${line.symbolsMax} symbols` })
    } else wanted.set(symbol, ref)
  }
  return { wanted, refused }
}
