// Yahoo's stream: one WebSocket, no sign-in and no acknowledgements; a subscription fades unless it is repeated.
import type { SymbolRef } from '@onetape/market'
import type { OpenSession, ProviderDeps, QuoteStream, SessionEvent, StreamOptions } from '../contract.ts'
import { openSocket } from '../http/socket.ts'
import { askedFor } from '../missing.ts'
import { openStream } from '../stream/open-stream.ts'
import { capabilities } from './capabilities.ts'
import { USER_AGENT } from './crumb.ts'
import { HEARTBEAT, normalizePricing } from './normalize-stream.ts'
import { parseFrame } from './payload-stream.ts'
import { yahooFromRef } from './symbols.ts'

const NAME = 'yahoo'
export const STREAM_URL = 'wss://streamer.finance.yahoo.com'
/** The vendor forgets what was not asked for again. */
const REPEAT_MS = 15_000

export function streamYahoo(
  deps: ProviderDeps,
  refs: readonly SymbolRef[],
  options?: StreamOptions,
): QuoteStream {
  return openStream({ provider: NAME, capabilities, refs, options, open: sessionOf(deps), deps })
}

export const sessionOf = (deps: ProviderDeps, repeatMs = REPEAT_MS): OpenSession =>
  async function* ({ subscriptions, signal }) {
    const url = new URL(deps.baseUrls?.stream ?? STREAM_URL)
    url.searchParams.set('version', '2')
    const socket = await openSocket({
      url,
      provider: NAME,
      role: "Yahoo's stream",
      headers: { 'user-agent': USER_AGENT, origin: 'https://finance.yahoo.com' },
      signal,
      timeoutMs: deps.timeoutMs,
      secrets: [],
    })
    let asked = askedFor(subscriptions.current(), yahooFromRef)
    const say = (verb: 'subscribe' | 'unsubscribe', symbols: readonly string[]) => {
      if (symbols.length > 0) socket.send(JSON.stringify({ [verb]: symbols }))
    }
    const repeat = setInterval(() => say('subscribe', [...asked.refs.keys()]), repeatMs)
    const forget = subscriptions.onChange(({ added, removed }) => {
      asked = askedFor(subscriptions.current(), yahooFromRef)
      say('unsubscribe', [...askedFor(removed, yahooFromRef).refs.keys()])
      say('subscribe', [...askedFor(added, yahooFromRef).refs.keys()])
    })
    try {
      say('subscribe', [...asked.refs.keys()])
      const refused = asked.unspeakable.map((ref) => ({ ref, reason: 'the vendor has no name for it' }))
      yield { type: 'subscribed', refused }
      for await (const frame of socket.frames) {
        yield heard(typeof frame === 'string' ? frame : new TextDecoder().decode(frame), asked.refs)
      }
    } finally {
      clearInterval(repeat)
      forget()
      socket.close()
    }
  }

function heard(frame: string, asked: ReadonlyMap<string, SymbolRef>): SessionEvent {
  const data = parseFrame(frame)
  if (data === null || (typeof data === 'object' && data.quoteType === HEARTBEAT)) return { type: 'alive' }
  if (typeof data === 'string') return { type: 'dropped', row: { row: 'frame', reason: data } }
  const quote = normalizePricing(data, asked)
  return typeof quote === 'string'
    ? { type: 'dropped', row: { row: data.id, reason: quote } }
    : { type: 'quote', quote }
}
