// Messages of Advanced Trade's WebSocket: one channel each, numbered through the connection.
import { z } from 'zod'
import { ProviderError } from '../errors.ts'
import { parseJson } from '../http/json.ts'

const text = z.string().nullish()

export const errorSchema = z.looseObject({ type: z.literal('error'), message: text })

const messageSchema = z.looseObject({
  channel: z.string(),
  /** RFC 3339 with nine decimals; the only time that a ticker has. */
  timestamp: z.string(),
  sequence_num: z.number().int().nonnegative(),
  events: z.array(z.unknown()),
})
export type StreamMessage = z.infer<typeof messageSchema>

export const tickersSchema = z.looseObject({ tickers: z.array(z.unknown()) })
export const subscriptionsSchema = z.looseObject({
  subscriptions: z.record(z.string(), z.array(z.string())),
})

export const streamTickerSchema = z.looseObject({
  product_id: z.string().min(1),
  price: text,
  best_bid: text,
  best_ask: text,
  best_bid_quantity: text,
  best_ask_quantity: text,
})
export type StreamTicker = z.infer<typeof streamTickerSchema>

/** A frame, or what the vendor says is wrong. */
export function parseFrame(frame: string): { message: StreamMessage } | { error: string } {
  const body = parseJson(frame, 'Coinbase')
  const failed = errorSchema.safeParse(body)
  if (failed.success) return { error: failed.data.message ?? 'no reason given' }
  const message = messageSchema.safeParse(body)
  if (message.success) return { message: message.data }
  throw new ProviderError('malformed', "Coinbase's stream sent a frame of unknown shape", {
    provider: 'coinbase',
  })
}
