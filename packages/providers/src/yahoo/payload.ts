// What Yahoo's bodies look like on the wire.
import { z } from 'zod'
import { ProviderError } from '../errors.ts'
import { parseJson } from '../http/json.ts'
import type { VendorFault } from '../http/request.ts'
import { shapeFault } from '../wire-rows.ts'

const number = z.number().nullish()

export const quoteSchema = z.looseObject({
  symbol: z.string().min(1),
  /** `NONE` for what is delisted: nothing else in such a row can be trusted. */
  quoteType: z.string().min(1),
  /** As the vendor says, minor units too: `GBp`, `ILA`, `ZAc`. */
  currency: z.string().nullish(),
  exchangeTimezoneName: z.string().nullish(),
  exchangeDataDelayedBy: z.number().nonnegative().nullish(),
  bid: number,
  ask: number,
  regularMarketPrice: number,
  /** Unix seconds, like all times here. */
  regularMarketTime: number,
  regularMarketOpen: number,
  regularMarketDayHigh: number,
  regularMarketDayLow: number,
  regularMarketVolume: number,
  regularMarketPreviousClose: number,
  preMarketPrice: number,
  preMarketTime: number,
  postMarketPrice: number,
  postMarketTime: number,
})
export type QuoteRow = z.infer<typeof quoteSchema>

/** Asked for by name: the full row has four times as many. */
export const QUOTE_FIELDS = Object.keys(quoteSchema.shape)

/** A column of the chart; what stands in it is judged row by row. */
const column = z.array(z.unknown()).optional()

const metaSchema = z.looseObject({
  symbol: z.string().min(1),
  /** Null for some warrants. */
  currency: z.string().nullish(),
  instrumentType: z.string(),
  exchangeTimezoneName: z.string(),
  dataGranularity: z.string(),
})

const chartSchema = z.looseObject({
  meta: metaSchema,
  /** Absent when there is nothing in the range. */
  timestamp: column,
  indicators: z.looseObject({
    quote: z.array(
      z.looseObject({
        open: column,
        high: column,
        low: column,
        close: column,
        volume: column,
      }),
    ),
  }),
  events: z
    .looseObject({
      dividends: z.record(z.string(), z.unknown()).optional(),
      splits: z.record(z.string(), z.unknown()).optional(),
    })
    .nullish(),
})
export type Chart = z.infer<typeof chartSchema>

/** One row across the columns; all prices null where nothing traded. */
export const chartRowSchema = z.object({
  /** Unix seconds. */
  timestamp: z.number({ error: (issue) => (issue.input === undefined ? 'absent' : undefined) }).positive(),
  open: number,
  high: number,
  low: number,
  close: number,
  volume: number,
})
export type ChartRow = z.infer<typeof chartRowSchema>

/** The chart's columns turned into rows. */
export function chartRows(chart: Chart): unknown[] {
  const { open, high, low, close, volume } = chart.indicators.quote[0] ?? {}
  const length = Math.max(chart.timestamp?.length ?? 0, close?.length ?? 0)
  return Array.from({ length }, (_, i) => ({
    timestamp: chart.timestamp?.[i],
    open: open?.[i],
    high: high?.[i],
    low: low?.[i],
    close: close?.[i],
    volume: volume?.[i],
  }))
}
export type ChartMeta = Chart['meta']

export const dividendSchema = z.looseObject({ amount: z.number().positive(), date: z.number().positive() })
export const splitSchema = z.looseObject({
  numerator: z.number().positive(),
  denominator: z.number().positive(),
  date: z.number().positive(),
})

export const errorSchema = z.looseObject({ code: z.string().nullish(), description: z.string().nullish() })
const quoteEnvelope = z.looseObject({
  quoteResponse: z.looseObject({ result: z.array(z.unknown()).nullish(), error: errorSchema.nullish() }),
})
const chartEnvelope = z.looseObject({
  chart: z.looseObject({ result: z.array(z.unknown()).nullish(), error: errorSchema.nullish() }),
})

export function parseQuotes(text: string): unknown[] {
  const { quoteResponse } = parsed(quoteEnvelope, parseJson(text, 'Yahoo'))
  if (quoteResponse.error) throw vendorError(quoteResponse.error)
  return quoteResponse.result ?? []
}

/** @returns null where the vendor says that it has no data for the range. */
export function parseChart(text: string): Chart | null {
  const { chart } = parsed(chartEnvelope, parseJson(text, 'Yahoo'))
  if (chart.error) {
    if (isEmptyRange(chart.error.description)) return null
    throw vendorError(chart.error)
  }
  const first = chart.result?.[0]
  return first === undefined ? null : parsed(chartSchema, first)
}

export function parsed<T>(schema: z.ZodType<T>, body: unknown): T {
  const result = schema.safeParse(body)
  if (result.success) return result.data
  throw new ProviderError('malformed', `Yahoo answered in an unknown shape: ${shapeFault(result.error)}`, {
    provider: 'yahoo',
  })
}

const isEmptyRange = (description: string | null | undefined): boolean =>
  /^Data doesn't exist for startDate/i.test(description ?? '')

export function vendorError(error: z.infer<typeof errorSchema>): ProviderError {
  const kind =
    error.code === 'Not Found' ? 'not_found' : error.code === 'Unauthorized' ? 'unauthorized' : 'unavailable'
  return new ProviderError(kind, `Yahoo says: ${error.description ?? error.code}`, { provider: 'yahoo' })
}

/** After a 429 Yahoo wants to be left alone for a minute at least, and says so nowhere. */
const TOO_MANY_MS = 60_000

/** Errors come as `{chart | quoteResponse | finance: {result: null, error: {code, description}}}`, a 429 as plain text. */
export function explain(status: number, text: string): VendorFault | null {
  if (status === 429) return { message: 'too many requests', retryAfterMs: TOO_MANY_MS }
  const message = descriptionIn(text)
  // 403 and 401 without a crumb's name mean that Yahoo turned us away, not that a plan is missing.
  return message === null ? null : { message }
}

/** The vendor's own words in an error body, or null. */
export function descriptionIn(text: string): string | null {
  try {
    const body = z
      .record(z.string(), z.looseObject({ error: errorSchema.nullish() }))
      .safeParse(JSON.parse(text))
    if (!body.success) return null
    const error = Object.values(body.data).find((part) => part.error)?.error
    return error?.description ?? error?.code ?? null
  } catch {
    return null
  }
}

/** True for the 400 that stands for an empty range. */
export const saysEmptyRange = (text: string): boolean => isEmptyRange(descriptionIn(text))
