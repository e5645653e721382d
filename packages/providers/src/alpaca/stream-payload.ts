// What Alpaca's stream says: every frame is a list of messages that name their kind in `T`.
import { z } from 'zod'
import { type ErrorKind, ProviderError } from '../errors.ts'
import { parseJson } from '../http/json.ts'
import { barSchema, EXACT_FIELDS, malformed, quoteSchema, tradeSchema } from './payload.ts'

const symbol = z.string().min(1)
/** Trade ids beyond 2^53 come as text. */
const id = z.union([z.string(), z.number()]).transform(String)

export const tradeMessage = tradeSchema.extend({
  S: symbol,
  i: id.nullish(),
  /** Sale conditions; crypto has none. */
  c: z.array(z.string()).nullish(),
})
export const quoteMessage = quoteSchema.extend({ S: symbol })
export const barMessage = barSchema.extend({ S: symbol })
/** A trade was taken back (`x`: its id) or corrected (`c`: the original id). */
export const undoMessage = z.looseObject({ S: symbol, i: id.nullish(), oi: id.nullish() })

export const controlMessage = z.discriminatedUnion('T', [
  z.looseObject({ T: z.literal('success'), msg: z.string() }),
  z.looseObject({ T: z.literal('error'), code: z.number().nullish(), msg: z.string().nullish() }),
  z.looseObject({ T: z.literal('subscription'), trades: z.array(z.string()).nullish() }),
])
export type ControlMessage = z.infer<typeof controlMessage>

/** The messages of one frame; a frame may also be one message without its list. */
export function messagesOf(text: string): unknown[] {
  const body = parseJson(text, "Alpaca's stream", [...EXACT_FIELDS, 'oi'])
  if (typeof body !== 'object' || body === null) throw malformed('sent a frame that is no message')
  return Array.isArray(body) ? body : [body]
}

export const kindOfMessage = (message: unknown): string => {
  const kind = typeof message === 'object' && message !== null ? (message as { T?: unknown }).T : undefined
  return typeof kind === 'string' ? kind : ''
}

/**
 * Codes of error messages: what only a person heals ends the stream, the rest is tried again.
 * https://docs.alpaca.markets/docs/streaming-market-data
 */
const KINDS: Record<number, ErrorKind> = {
  400: 'invalid_request', // syntax
  401: 'unauthorized', // not authenticated
  402: 'unauthorized', // authentication failed
  403: 'unavailable', // already authenticated: a state that a new connection does not share
  404: 'unavailable', // authentication came too late
  405: 'not_entitled', // more symbols than the plan streams
  406: 'unavailable', // another connection of this key is open
  407: 'unavailable', // we read too slowly
  408: 'not_entitled', // the account has no streaming
  409: 'not_entitled', // the plan does not have this feed
  410: 'invalid_request', // the feed has no such channel
  500: 'unavailable',
}

const HINTS: Record<number, string> = {
  406: ': another connection of this key is open',
  409: ': the plan does not include this feed (set ALPACA_TIER)',
}

export function streamError({ code, msg }: { code?: number | null; msg?: string | null }): ProviderError {
  const kind = KINDS[code ?? 0] ?? 'unavailable'
  const words = `Alpaca's stream refused (${code ?? 'no code'}): ${(msg ?? 'no reason given').slice(0, 200)}`
  return new ProviderError(kind, words + (HINTS[code ?? 0] ?? ''), {
    provider: 'alpaca',
    status: code ?? undefined,
  })
}
