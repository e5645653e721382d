// What Schwab's bodies look like on the wire; quotes also in the flat form of its predecessor, TD Ameritrade.
import { z } from 'zod'
import { ProviderError } from '../errors.ts'
import { parseJson } from '../http/json.ts'
import type { VendorFault } from '../http/request.ts'
import { shapeFault } from '../wire-rows.ts'

export const NAME = 'schwab'

/** The vendor writes what it does not know as `NaN` (text), or as -999. */
export const wireNumber = z
  .union([z.number(), z.enum(['NaN', 'Infinity', '-Infinity'])])
  .nullish()
  .transform((value) => (typeof value === 'number' && value > -999 ? value : null))

const text = z.string().nullish()
const flag = z.boolean().nullish()

export const quoteSchema = z.looseObject({
  symbol: z.string().min(1),
  assetMainType: text,
  /** `NBBO`, or `NFL` where only some venues' quotes are free for this user. */
  quoteType: text,
  realtime: flag,
  quote: z
    .looseObject({
      askPrice: wireNumber,
      askSize: wireNumber,
      bidPrice: wireNumber,
      bidSize: wireNumber,
      closePrice: wireNumber,
      highPrice: wireNumber,
      lastPrice: wireNumber,
      lowPrice: wireNumber,
      openPrice: wireNumber,
      quoteTime: wireNumber,
      totalVolume: wireNumber,
      tradeTime: wireNumber,
    })
    .nullish(),
  regular: z
    .looseObject({ regularMarketLastPrice: wireNumber, regularMarketTradeTime: wireNumber })
    .nullish(),
})
export type QuoteRow = z.infer<typeof quoteSchema>

/** The flat row of the TD Ameritrade API, switched off in May 2024; forex there has names of its own. */
export const legacyQuoteSchema = z.looseObject({
  symbol: z.string().min(1),
  assetType: text,
  delayed: flag,
  askPrice: wireNumber,
  askSize: wireNumber,
  bidPrice: wireNumber,
  bidSize: wireNumber,
  closePrice: wireNumber,
  highPrice: wireNumber,
  lastPrice: wireNumber,
  lowPrice: wireNumber,
  openPrice: wireNumber,
  totalVolume: wireNumber,
  quoteTimeInLong: wireNumber,
  tradeTimeInLong: wireNumber,
  regularMarketLastPrice: wireNumber,
  regularMarketTradeTimeInLong: wireNumber,
  askPriceInDouble: wireNumber,
  askSizeInLong: wireNumber,
  bidPriceInDouble: wireNumber,
  bidSizeInLong: wireNumber,
  closePriceInDouble: wireNumber,
  highPriceInDouble: wireNumber,
  lastPriceInDouble: wireNumber,
  lowPriceInDouble: wireNumber,
  openPriceInDouble: wireNumber,
})
export type LegacyQuoteRow = z.infer<typeof legacyQuoteSchema>

export const isLegacyQuote = (raw: unknown): boolean =>
  typeof raw === 'object' && raw !== null && 'assetType' in raw && !('quote' in raw)

export const candleSchema = z.looseObject({
  open: z.number(),
  high: z.number(),
  low: z.number(),
  close: z.number(),
  volume: z.number().nullish(),
  /** Milliseconds: start of a minute bar, midnight Chicago of a day, week or month. */
  datetime: z.number().int().positive(),
})
export type CandleRow = z.infer<typeof candleSchema>

export interface Quotes {
  /** Key of the map and its row. */
  rows: [string, unknown][]
  /** Asked for and not known to the vendor, said inside a 200. */
  invalid: string[]
}

const invalidSchema = z.looseObject({ invalidSymbols: z.array(z.string()).nullish() })

/** A map by symbol; its key `errors` is no symbol. */
export function parseQuotes(body: string): Quotes {
  const { errors, ...rows } = parsed(z.record(z.string(), z.unknown()), body)
  const invalid = invalidSchema.safeParse(errors)
  return { rows: Object.entries(rows), invalid: invalid.data?.invalidSymbols ?? [] }
}

const historyEnvelope = z.looseObject({
  symbol: text,
  empty: flag,
  candles: z.array(z.unknown()).nullish(),
})

/** @param symbol The one asked for: candles of another one are refused. */
export function parseHistory(body: string, symbol: string | null): unknown[] {
  const history = parsed(historyEnvelope, body)
  requireSymbol(history.symbol, symbol)
  return history.candles ?? []
}

/** @throws ProviderError `malformed` where the vendor names another symbol than was asked for. */
export function requireSymbol(named: string | null | undefined, asked: string | null): void {
  if (!named || asked === null || named.toUpperCase() === asked) return
  throw new ProviderError('malformed', `Schwab answered about ${named} when asked about ${asked}`, {
    provider: NAME,
  })
}

const preferenceSchema = z.looseObject({
  streamerInfo: z
    .array(
      z.looseObject({
        streamerSocketUrl: z.string().min(1),
        schwabClientCustomerId: z.string().min(1),
        schwabClientCorrelId: z.string().min(1),
        schwabClientChannel: z.string(),
        schwabClientFunctionId: z.string(),
      }),
    )
    .min(1),
})
export type Streamer = z.infer<typeof preferenceSchema>['streamerInfo'][number]
export const parsePreference = (body: string): Streamer => parsed(preferenceSchema, body).streamerInfo[0]!

export function parsed<T>(schema: z.ZodType<T>, body: string): T {
  const json = parseJson(body, 'Schwab')
  const fault = faultIn(json)
  if (fault)
    throw new ProviderError(fault.kind ?? 'unavailable', fault.message!, { provider: NAME, status: 200 })
  const result = schema.safeParse(json)
  if (result.success) return result.data
  throw new ProviderError('malformed', `Schwab answered in an unknown shape: ${shapeFault(result.error)}`, {
    provider: NAME,
  })
}

/** Said of an answer that the vendor's gateway could not carry; the same question in smaller pieces is answered. */
export const TOO_BIG = 'the answer is too big for its gateway (TooBigBody)'

export const isTooBig = (error: unknown): boolean =>
  error instanceof ProviderError && error.message.includes(TOO_BIG)

const errorsSchema = z.looseObject({
  errors: z
    .array(
      z.looseObject({
        status: z.union([z.number(), z.string()]).nullish(),
        title: text,
        detail: text,
      }),
    )
    .min(1),
})
const faultSchema = z.looseObject({
  fault: z.looseObject({
    faultstring: text,
    detail: z.looseObject({ errorcode: text }).nullish(),
  }),
})

/** The gateway's `{fault}` comes with any status, 200 included. */
function faultIn(json: unknown): VendorFault | null {
  const read = faultSchema.safeParse(json)
  if (!read.success) return null
  const { faultstring, detail } = read.data.fault
  const code = detail?.errorcode ?? ''
  if (code.endsWith('TooBigBody')) return { kind: 'invalid_request', message: TOO_BIG }
  if (/quota|ratelimit|SpikeArrest/i.test(code)) return { kind: 'rate_limited', message: faultstring ?? code }
  return { message: faultstring || code || 'the gateway failed' }
}

/** `{errors: [{status, title, detail}]}` of the API or `{fault}` of its gateway; the status decides the kind. */
export function explain(_status: number, body: string): VendorFault | null {
  let json: unknown
  try {
    json = JSON.parse(body)
  } catch {
    return null
  }
  const fault = faultIn(json)
  if (fault) return fault
  const read = errorsSchema.safeParse(json)
  if (!read.success) return null
  const { title, detail } = read.data.errors[0]!
  const message = [title, detail].filter(Boolean).join(': ')
  return message ? { message } : null
}
