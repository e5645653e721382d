// What Polygon's bodies look like on the wire. Envelopes are read whole; rows one by one (see wire-rows.ts).
import { z } from 'zod'
import { ProviderError } from '../errors.ts'
import { parseJson } from '../http/json.ts'
import { shapeFault } from '../wire-rows.ts'

/** Fields that hold nanoseconds, beyond 2^53: they arrive as text. */
const NANOSECOND_FIELDS = ['t', 'updated', 'last_updated', 'sip_timestamp', 'participant_timestamp']

/** Nanoseconds, or milliseconds on forex and crypto; the number of digits tells. */
export const epoch = z.union([z.string().regex(/^\d+$/), z.number().nonnegative()])

const price = z.number().nullish()

/** `day`, `prevDay`: all zeros between the reset at 3:30 New York and the first regular trade. */
const ohlcv = z.looseObject({ o: price, h: price, l: price, c: price, v: z.number().nullish() })

export const snapshotSchema = z.looseObject({
  ticker: z.string().min(1),
  day: ohlcv.nullish(),
  prevDay: ohlcv.nullish(),
  /** Newest minute; `av` is the volume accumulated today, `t` its start in ms (absent in older bodies). */
  min: ohlcv.extend({ t: z.number().nullish(), av: z.number().nullish() }).nullish(),
  /** Absent on the Starter plan. */
  lastTrade: z.looseObject({ p: price, s: z.number().nullish(), t: epoch.nullish() }).nullish(),
  /** Stocks: `P` ask, `p` bid, `S`, `s` sizes. Forex: `a` ask, `b` bid. Absent on the Developer plan. */
  lastQuote: z
    .looseObject({
      P: price,
      p: price,
      S: z.number().nullish(),
      s: z.number().nullish(),
      a: price,
      b: price,
      t: epoch.nullish(),
    })
    .nullish(),
  updated: epoch.nullish(),
})
export type SnapshotRow = z.infer<typeof snapshotSchema>

export const aggregateSchema = z.looseObject({
  /** Present in grouped answers only. */
  T: z.string().optional(),
  o: z.number(),
  h: z.number(),
  l: z.number(),
  c: z.number(),
  /** Absent for indices. */
  v: z.number().nullish(),
  /** Start of the window in ms; a grouped daily row has its end. */
  t: z.number().int().positive(),
})
export type AggregateRow = z.infer<typeof aggregateSchema>

export const tickerSchema = z.looseObject({
  ticker: z.string().min(1),
  name: z.string().nullish(),
  type: z.string().nullish(),
  /** `usd` for stocks; for pairs the quote currency is `currency_symbol`. */
  currency_name: z.string().nullish(),
  currency_symbol: z.string().nullish(),
})
export type TickerRow = z.infer<typeof tickerSchema>

const date = z.iso.date()

export const splitSchema = z.looseObject({
  ticker: z.string().min(1),
  execution_date: date,
  split_from: z.number().positive(),
  split_to: z.number().positive(),
})
export type SplitRow = z.infer<typeof splitSchema>

export const dividendSchema = z.looseObject({
  ticker: z.string().min(1),
  id: z.string().nullish(),
  ex_dividend_date: date,
  cash_amount: z.number().positive(),
  currency: z.string().nullish(),
})
export type DividendRow = z.infer<typeof dividendSchema>

const status = z.string().optional()
const rows = z.array(z.unknown()).nullish()

const envelopes = {
  /** One page of `results`; no key at all when the range is empty. */
  results: z.looseObject({
    status,
    ticker: z.string().optional(),
    results: rows,
    next_url: z.string().nullish(),
  }),
  result: z.looseObject({ status, results: z.unknown() }),
  snapshots: z.looseObject({ status, tickers: rows }),
  snapshot: z.looseObject({ status, ticker: z.unknown() }),
}

export interface Page {
  rows: unknown[]
  /** The vendor said that these prices run 15 minutes behind. */
  delayed: boolean
  nextUrl: string | null
  ticker: string | null
}

export function parseResults(text: string): Page {
  const body = parseEnvelope(envelopes.results, text)
  return {
    rows: body.results ?? [],
    delayed: body.status === 'DELAYED',
    nextUrl: body.next_url ?? null,
    ticker: body.ticker ?? null,
  }
}

/** One row in `results`, or a list of them: the vendor's single-item endpoints have no list. */
export function parseResult(text: string): Page {
  const body = parseEnvelope(envelopes.result, text)
  const { results } = body
  const list = Array.isArray(results) ? results : results === null || results === undefined ? [] : [results]
  return { rows: list, delayed: body.status === 'DELAYED', nextUrl: null, ticker: null }
}

/** A list of snapshots, or the one of a single ticker: the same row in another envelope. */
export function parseSnapshots(text: string, single: boolean): Page {
  const common = { nextUrl: null, ticker: null }
  if (single) {
    const body = parseEnvelope(envelopes.snapshot, text)
    return { ...common, rows: body.ticker ? [body.ticker] : [], delayed: body.status === 'DELAYED' }
  }
  const body = parseEnvelope(envelopes.snapshots, text)
  return { ...common, rows: body.tickers ?? [], delayed: body.status === 'DELAYED' }
}

function parseEnvelope<T extends { status?: string }>(schema: z.ZodType<T>, text: string): T {
  const parsed = schema.safeParse(parseJson(text, 'Polygon', NANOSECOND_FIELDS))
  if (!parsed.success) {
    throw new ProviderError(
      'malformed',
      `Polygon answered in an unknown shape: ${shapeFault(parsed.error)}`,
      {
        provider: 'polygon',
      },
    )
  }
  const { status: word } = parsed.data
  if (word === 'ERROR' || word === 'NOT_AUTHORIZED') {
    const fault = explain(200, text)
    throw new ProviderError(word === 'ERROR' ? 'unavailable' : 'not_entitled', fault?.message ?? word, {
      provider: 'polygon',
      status: 200,
    })
  }
  return parsed.data
}

/** The error body: `{status: ERROR | NOT_AUTHORIZED | NotFound, error | message}`; the status code decides the kind. */
export function explain(
  httpStatus: number,
  text: string,
): { kind?: 'not_entitled'; message?: string } | null {
  const parsed = errorSchema.safeParse(tryJson(text))
  if (!parsed.success) return null
  const { status: word, error, message } = parsed.data
  const entitled = word === 'NOT_AUTHORIZED' && httpStatus !== 401
  return { ...(entitled ? { kind: 'not_entitled' as const } : {}), message: message ?? error ?? word }
}

const errorSchema = z.looseObject({
  status: z.string().optional(),
  error: z.string().optional(),
  message: z.string().optional(),
})

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
