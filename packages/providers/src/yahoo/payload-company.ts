// Company figures on the wire: the statements' time series, and modules of quoteSummary.
import { z } from 'zod'
import { parseJson } from '../http/json.ts'
import { errorSchema, parsed, vendorError } from './payload.ts'

/** One figure of one period. */
export const figureSchema = z.looseObject({
  asOfDate: z.iso.date(),
  /** ISO code; of the statements, which need not be that of the price. */
  currencyCode: z.string().min(3),
  reportedValue: z.looseObject({ raw: z.number() }),
})
export type FigureRow = z.infer<typeof figureSchema>

const seriesSchema = z.looseObject({
  meta: z.looseObject({ symbol: z.array(z.string()).nullish(), type: z.array(z.string()).min(1) }),
})

const statementsEnvelope = z.looseObject({
  timeseries: z.looseObject({ result: z.array(seriesSchema).nullish(), error: errorSchema.nullish() }),
})

export interface Series {
  type: string
  symbol: string | null
  /** Null where a period lacks the figure. */
  figures: unknown[]
}

export function parseStatements(text: string): Series[] {
  const { timeseries } = parsed(statementsEnvelope, parseJson(text, 'Yahoo'))
  if (timeseries.error) throw vendorError(timeseries.error)
  return (timeseries.result ?? []).map((series) => {
    const type = series.meta.type[0]!
    const figures = series[type]
    return {
      type,
      symbol: series.meta.symbol?.[0] ?? null,
      figures: Array.isArray(figures) ? figures : [],
    }
  })
}

const module = z.record(z.string(), z.unknown()).nullish()

const summarySchema = z.looseObject({
  price: module,
  summaryDetail: module,
  defaultKeyStatistics: module,
  quoteType: module,
})
export type Summary = z.infer<typeof summarySchema>
export const SUMMARY_MODULES = ['price', 'summaryDetail', 'defaultKeyStatistics'] as const

const summaryEnvelope = z.looseObject({
  quoteSummary: z.looseObject({ result: z.array(z.unknown()).nullish(), error: errorSchema.nullish() }),
})

/** @throws ProviderError `not_found` where the vendor has none of the modules for the symbol. */
export function parseSummary(text: string): Summary | null {
  const { quoteSummary } = parsed(summaryEnvelope, parseJson(text, 'Yahoo'))
  if (quoteSummary.error) throw vendorError(quoteSummary.error)
  const first = quoteSummary.result?.[0]
  return first === undefined ? null : parsed(summarySchema, first)
}

/** A number, bare or with its formatted forms around it; `Infinity` comes as text and is none. */
export function numberIn(fields: Record<string, unknown> | null | undefined, name: string): number | null {
  const value = fields?.[name]
  const raw = typeof value === 'object' && value !== null ? (value as { raw?: unknown }).raw : value
  return typeof raw === 'number' && Number.isFinite(raw) ? raw : null
}

export function textIn(fields: Record<string, unknown> | null | undefined, name: string): string | null {
  const value = fields?.[name]
  return typeof value === 'string' && value !== '' ? value : null
}
