// Polygon's stream: a WebSocket per asset class; the key is a message, each channel is acknowledged by name.
import type { AssetClass, SymbolRef } from '@onetape/market'
import { tierOf } from '../capability.ts'
import type { OpenSession, ProviderDeps, QuoteStream, SessionEvent, StreamOptions } from '../contract.ts'
import { ProviderError } from '../errors.ts'
import { safeText } from '../http/failure.ts'
import { openSocket, type Socket } from '../http/socket.ts'
import { requireAccess } from '../require-access.ts'
import { requireCapability } from '../require-capability.ts'
import { sessionsByGroup } from '../stream/by-group.ts'
import { openStream } from '../stream/open-stream.ts'
import { capabilities } from './capabilities.ts'
import { NAME } from './context.ts'
import { streamName } from './normalize-stream.ts'
import { kindOf, messagesIn, type StatusMessage, statusSchema } from './payload-stream.ts'
import { StreamBook } from './stream-book.ts'
import { tickerFromRef } from './symbols.ts'

/** Live plans, and those that run 15 minutes behind, have hosts of their own; the paths are the same. */
export const LIVE_URL = 'wss://socket.massive.com'
const DELAYED_URL = 'wss://delayed.massive.com'

const PATHS: Partial<Record<AssetClass, string>> = { equity: '/stocks', crypto: '/crypto', fx: '/forex' }

/** No `XQ`: crypto quotes are of single exchanges, whose best bid and ask cross each other. */
const CHANNELS: Partial<Record<AssetClass, readonly string[]>> = {
  equity: ['T', 'Q', 'AM'],
  crypto: ['XT', 'XA'],
  fx: ['C', 'CA'],
}
/** Plans without quotes, and without trades too: then a price each second. */
const STOCK_CHANNELS: Readonly<Record<string, readonly string[]>> = {
  developer: ['T', 'AM'],
  starter: ['A', 'AM'],
}
/** Channels in one message. */
const CHANNELS_MAX = 500
/** After "too many connections" the old one must be given up by the vendor first. */
const CROWDED_MS = 30_000

export function streamPolygon(
  deps: ProviderDeps,
  refs: readonly SymbolRef[],
  options?: StreamOptions,
): QuoteStream {
  const open = sessionsByGroup({
    groupOf: (ref) => ref.assetClass,
    open: (group) => sessionOf(deps, group as AssetClass),
  })
  return openStream({ provider: NAME, capabilities, refs, options, open, deps })
}

function sessionOf(deps: ProviderDeps, assetClass: AssetClass): OpenSession {
  const apiKey = deps.credentials.apiKey ?? ''
  const tier = tierOf(capabilities, deps.tier)
  return async function* ({ subscriptions, signal }) {
    requireCapability(NAME, capabilities, { assetClass, need: 'stream' })
    const access = requireAccess(NAME, tier, { assetClass, kind: 'stream' })
    if (apiKey === '') throw fault('unauthorized', 'needs an API key (credential apiKey)')
    const isDelayed = access.delayedMinutes > 0
    const given = deps.baseUrls?.stream ?? LIVE_URL
    const base = given === LIVE_URL && isDelayed ? DELAYED_URL : given
    const socket = await openSocket({
      url: base.replace(/\/+$/, '') + PATHS[assetClass],
      provider: NAME,
      role: "Polygon's stream",
      signal,
      timeoutMs: deps.timeoutMs,
      secrets: [apiKey],
    })
    const channels =
      (assetClass === 'equity' ? STOCK_CHANNELS[tier.name] : undefined) ?? CHANNELS[assetClass]!
    const line = new Line(socket, { channels, apiKey, plan: tier.label })
    const forget = subscriptions.onChange(({ added, removed }) => line.change(added, removed))
    const book = new StreamBook(assetClass, isDelayed)
    try {
      socket.send(JSON.stringify({ action: 'auth', params: apiKey }))
      for await (const frame of socket.frames) {
        for (const message of messagesIn(
          typeof frame === 'string' ? frame : new TextDecoder().decode(frame),
        )) {
          if (kindOf(message) !== 'status') yield book.hear(message)
          else yield* line.heard(statusSchema.parse(message), subscriptions.current())
        }
      }
    } finally {
      forget()
      socket.close()
    }
  }
}

/** What is asked of one socket, and which of it the vendor has acknowledged. */
class Line {
  readonly #socket: Socket
  readonly #channels: readonly string[]
  readonly #apiKey: string
  /** Label of the plan that we were told the key has. */
  readonly #plan: string
  /** Channels asked for and not yet answered, with their symbols. */
  readonly #pending = new Map<string, SymbolRef>()
  readonly #refused: { ref: SymbolRef; reason: string }[] = []
  #isSignedIn = false

  constructor(socket: Socket, o: { channels: readonly string[]; apiKey: string; plan: string }) {
    this.#socket = socket
    this.#channels = o.channels
    this.#apiKey = o.apiKey
    this.#plan = o.plan
  }

  change(added: readonly SymbolRef[], removed: readonly SymbolRef[]): void {
    if (!this.#isSignedIn) return
    for (const channel of removed.flatMap((ref) => this.#namesOf(ref))) this.#pending.delete(channel)
    this.#ask('unsubscribe', removed)
    this.#ask('subscribe', added)
  }

  *heard({ status, message }: StatusMessage, wanted: readonly SymbolRef[]): Generator<SessionEvent> {
    const words = safeText(message ?? status, [this.#apiKey])
    switch (status) {
      case 'auth_success':
        this.#isSignedIn = true
        this.#ask('subscribe', wanted)
        if (this.#pending.size === 0) yield { type: 'subscribed' }
        break
      case 'success':
        yield* this.#answered(message ?? '', null)
        break
      case 'auth_failed':
      case 'auth_timeout':
        throw fault(/plan|upgrade|entitle/i.test(words) ? 'not_entitled' : 'unauthorized', `says: ${words}`)
      case 'max_connections':
        throw fault('rate_limited', `says: ${words}`, CROWDED_MS)
      case 'error':
      case 'not_authorized':
        yield* this.#answered(message ?? '', words)
        break
      case 'force_disconnect':
        throw fault('unavailable', `says: ${words}`)
    }
    yield { type: 'alive' }
  }

  #namesOf(ref: SymbolRef): string[] {
    const name = streamName(ref, tickerFromRef(ref))
    return name === null ? [] : this.#channels.map((channel) => `${channel}.${name}`)
  }

  #ask(action: 'subscribe' | 'unsubscribe', refs: readonly SymbolRef[]): void {
    const names = refs.flatMap((ref) => this.#namesOf(ref).map((name) => [name, ref] as const))
    if (action === 'subscribe') for (const [name, ref] of names) this.#pending.set(name, ref)
    for (let i = 0; i < names.length; i += CHANNELS_MAX) {
      const params = names.slice(i, i + CHANNELS_MAX).map(([name]) => name)
      this.#socket.send(JSON.stringify({ action, params: params.join(',') }))
    }
  }

  /** An acknowledgement names its channels; a refusal that names none is of the whole connection. */
  *#answered(message: string, refusal: string | null): Generator<SessionEvent> {
    const named = (message.match(/[A-Z]{1,3}\.[A-Za-z0-9.\-/:]+/g) ?? []).filter((name) =>
      this.#pending.has(name),
    )
    if (refusal !== null && /authori[sz]ed|access|plan|upgrade|entitle/i.test(refusal)) {
      // What else it streams would pass for live, or late, which it may not be.
      throw fault('not_entitled', `says: ${refusal}; the key has another plan than ${this.#plan}`)
    }
    if (refusal !== null && named.length === 0) throw fault('invalid_request', `says: ${refusal}`)
    if (named.length === 0) return
    for (const name of named) {
      const ref = this.#pending.get(name)!
      this.#pending.delete(name)
      // One refused channel is enough to say so once; the others of the symbol go on.
      if (refusal !== null && !this.#refused.some((r) => r.ref === ref))
        this.#refused.push({ ref, reason: refusal })
    }
    if (this.#pending.size === 0) yield { type: 'subscribed', refused: this.#refused.splice(0) }
  }
}

const fault = (
  kind: 'unauthorized' | 'not_entitled' | 'rate_limited' | 'invalid_request' | 'unavailable',
  words: string,
  retryAfterMs?: number,
) => new ProviderError(kind, `Polygon's stream ${words}`, { provider: NAME, retryAfterMs })
