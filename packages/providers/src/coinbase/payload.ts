// What Coinbase's Advanced Trade bodies look like on the wire. Numbers are text, and absent ones are empty text.
import { z } from 'zod'
import { ProviderError } from '../errors.ts'
import { parseJson } from '../http/json.ts'
import type { VendorFault } from '../http/request.ts'
import { shapeFault } from '../wire-rows.ts'

const text = z.string().nullish()
const flag = z.boolean().nullish()

export const productSchema = z.looseObject({
  product_id: z.string().min(1),
  price: text,
  /** Empty on public calls so far. */
  best_bid_price: text,
  best_ask_price: text,
  base_name: text,
  base_currency_id: z.string(),
  quote_currency_id: z.string().min(1),
  product_type: z.string(),
  status: text,
  is_disabled: flag,
  trading_disabled: flag,
})
export type ProductRow = z.infer<typeof productSchema>

export const tradeSchema = z.looseObject({
  price: z.string(),
  size: text,
  /** RFC 3339; `0001-01-01T00:00:00Z` where the vendor has none. */
  time: z.string(),
})
export type TradeRow = z.infer<typeof tradeSchema>

export const candleSchema = z.looseObject({
  /** Unix seconds as text. */
  start: z.string().regex(/^\d+$/),
  open: z.string(),
  high: z.string(),
  low: z.string(),
  close: z.string(),
  volume: z.string(),
})
export type CandleRow = z.infer<typeof candleSchema>

const productsEnvelope = z.looseObject({ products: z.array(z.unknown()) })
const candlesEnvelope = z.looseObject({ candles: z.array(z.unknown()) })
const tickerEnvelope = z.looseObject({
  trades: z.array(z.unknown()).nullish(),
  best_bid: text,
  best_ask: text,
})
export type Ticker = z.infer<typeof tickerEnvelope>

export const parseProducts = (body: string): unknown[] => parsed(productsEnvelope, body).products
/** One product is the row itself, without an envelope. */
export const parseProduct = (body: string): unknown[] => [parseJson(body, 'Coinbase')]
export const parseCandles = (body: string): unknown[] => parsed(candlesEnvelope, body).candles
export const parseTicker = (body: string): Ticker => parsed(tickerEnvelope, body)

function parsed<T>(schema: z.ZodType<T>, body: string): T {
  const result = schema.safeParse(parseJson(body, 'Coinbase'))
  if (result.success) return result.data
  throw new ProviderError('malformed', `Coinbase answered in an unknown shape: ${shapeFault(result.error)}`, {
    provider: 'coinbase',
  })
}

const DECIMAL = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/

/** A decimal from text, or null: empty text, `0.-10000` and other oddities are no numbers. */
export const decimal = (value: string | null | undefined): number | null =>
  value && DECIMAL.test(value) ? Number(value) : null

const errorSchema = z.looseObject({
  error: z.string().optional(),
  error_details: z.string().optional(),
  message: z.string().optional(),
})

/** `{error, error_details, message}`; the status decides the kind. */
export function explain(_status: number, body: string): VendorFault | null {
  try {
    const result = errorSchema.safeParse(JSON.parse(body))
    const message = result.success
      ? result.data.message || result.data.error_details || result.data.error
      : undefined
    return message ? { message } : null
  } catch {
    return null
  }
}
