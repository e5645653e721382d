// Messages of Polygon's WebSockets: frames are arrays, `ev` says what a message is. Times are milliseconds here.
import { z } from 'zod'
import { ProviderError } from '../errors.ts'
import { parseJson } from '../http/json.ts'

const price = z.number()
const number = z.number().nullish()
const ms = z.number().int().positive()

export const statusSchema = z.looseObject({
  ev: z.literal('status'),
  status: z.string(),
  message: z.string().nullish(),
})
export type StatusMessage = z.infer<typeof statusSchema>

/** Stocks name themselves `sym`, crypto `pair`, forex `p` (which is a price everywhere else). */
const symbol = { sym: z.string().optional(), pair: z.string().optional() }

export const tradeSchema = z.looseObject({
  ...symbol,
  p: price,
  t: ms,
  c: z.array(z.number()).nullish(),
})
export type TradeMessage = z.infer<typeof tradeSchema>

export const quoteSchema = z.looseObject({ ...symbol, bp: number, bs: number, ap: number, as: number, t: ms })
export type QuoteMessage = z.infer<typeof quoteSchema>

export const forexSchema = z.looseObject({ p: z.string(), a: number, b: number, t: ms })
export type ForexMessage = z.infer<typeof forexSchema>

/** A window of a second or a minute; `av` is the volume of the day so far. */
export const windowSchema = z.looseObject({
  ...symbol,
  o: price,
  h: price,
  l: price,
  c: price,
  v: number,
  av: number,
  s: ms,
  e: ms,
})
export type WindowMessage = z.infer<typeof windowSchema>

/** The messages of one frame. */
export function messagesIn(frame: string): unknown[] {
  const body = parseJson(frame, 'Polygon')
  if (Array.isArray(body)) return body
  throw new ProviderError('malformed', "Polygon's stream sent a frame that is no list", {
    provider: 'polygon',
  })
}

export const kindOf = (message: unknown): string => {
  const { ev } = (message ?? {}) as { ev?: unknown }
  return typeof ev === 'string' ? ev : ''
}
