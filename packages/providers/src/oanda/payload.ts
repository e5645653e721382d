// What OANDA's v20 bodies look like on the wire. Prices are text; `volume` counts ticks.
import { z } from 'zod'
import { ProviderError } from '../errors.ts'
import { parseJson } from '../http/json.ts'
import type { VendorFault } from '../http/request.ts'
import { shapeFault } from '../wire-rows.ts'

const DECIMAL = /^\d+(?:\.\d+)?$/
const price = z.string().regex(DECIMAL, 'is not a decimal')
const level = z.looseObject({ price, liquidity: z.number().nullish() })

/** One instrument's price, of REST and of the stream (which adds `type: PRICE`). Ladders are best first. */
export const priceSchema = z.looseObject({
  instrument: z.string().min(1),
  time: z.string().min(1),
  bids: z.array(level).nullish(),
  asks: z.array(level).nullish(),
  closeoutBid: price.nullish(),
  closeoutAsk: price.nullish(),
  tradeable: z.boolean().nullish(),
  /** Older than `tradeable`: `tradeable`, `non-tradeable`, `invalid`. */
  status: z.string().nullish(),
})
export type PriceRow = z.infer<typeof priceSchema>

const ohlc = z.looseObject({ o: price, h: price, l: price, c: price })

export const candleSchema = z.looseObject({
  time: z.string().min(1),
  /** False while the candle is still open. */
  complete: z.boolean(),
  mid: ohlc.nullish(),
})
export type CandleRow = z.infer<typeof candleSchema>

export const instrumentSchema = z.looseObject({
  name: z.string().min(1),
  /** `CURRENCY`, `METAL`, `CFD`. */
  type: z.string(),
  displayName: z.string().nullish(),
})
export type InstrumentRow = z.infer<typeof instrumentSchema>

const list = z.array(z.unknown())
const candles = z.looseObject({ instrument: z.string(), granularity: z.string(), candles: list })
export type Candles = z.infer<typeof candles>

const envelopes = {
  prices: z.looseObject({ prices: list }),
  candles,
  instruments: z.looseObject({ instruments: list }),
}

export const parsePrices = (body: string): unknown[] => parsed(envelopes.prices, body).prices
export const parseCandles = (body: string): Candles => parsed(envelopes.candles, body)
export const parseInstruments = (body: string): unknown[] => parsed(envelopes.instruments, body).instruments

function parsed<T>(schema: z.ZodType<T>, body: string): T {
  const result = schema.safeParse(parseJson(body, 'OANDA'))
  if (result.success) return result.data
  throw new ProviderError('malformed', `OANDA answered in an unknown shape: ${shapeFault(result.error)}`, {
    provider: 'oanda',
  })
}

const errorSchema = z.looseObject({ errorMessage: z.string().optional(), errorCode: z.string().optional() })

const UNKNOWN = /invalid value specified for 'instruments?'|invalid instrument|instrument .*(?:not|unknown)/i

/** `{errorMessage, errorCode?}`. An instrument that does not exist is a bad parameter to the vendor (400). */
export function explain(status: number, body: string): VendorFault | null {
  const message = messageIn(body)
  if (message === undefined) return null
  return { ...(status === 400 && UNKNOWN.test(message) ? { kind: 'not_found' } : {}), message }
}

function messageIn(body: string): string | undefined {
  try {
    const parsed = errorSchema.safeParse(JSON.parse(body))
    return parsed.success ? (parsed.data.errorMessage ?? parsed.data.errorCode) : undefined
  } catch {
    return undefined
  }
}
