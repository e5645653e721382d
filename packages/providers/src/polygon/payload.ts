// What Polygon's bodies look like on the wire. Envelopes are read whole; rows one by one (see wire-rows.ts).
import { z } from 'zod'
import { ProviderError } from '../errors.ts'
import { parseJson } from '../http/json.ts'
import { JsonList } from '../http/json-list.ts'
import { shapeFault } from '../wire-rows.ts'

/** Fields that hold nanoseconds, beyond 2^53: they arrive as text. */
const NANOSECOND_FIELDS = ['t', 'updated', 'last_updated', 'sip_timestamp', 'participant_timestamp']

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

/** Takes some rows of an answer, of which the vendor has said whether its prices run behind. */
export type TakeRows = (rows: readonly unknown[], delayed: boolean) => void

const STATUS = /"status"\s*:\s*"(\w+)"/

/**
 * A list of snapshots while it arrives: 4 MB for the whole market.
 * @param takeRows gets what has come where the vendor says its status before the list; the page holds the other rows.
 */
export function snapshotList(takeRows?: TakeRows) {
  const take = (rows: unknown[], head: string): boolean => {
    const status = takeRows && STATUS.exec(head)?.[1]
    if (!status) return false
    takeRows(rows, status === 'DELAYED')
    return true
  }
  const list = new JsonList({ list: 'tickers', who: 'Polygon', exactFields: NANOSECOND_FIELDS, take })
  return {
    push: (bytes: Uint8Array): void => list.push(bytes),
    /** Once it is all there. @throws ProviderError */
    page(): Page {
      const { envelope, envelopeText, rows } = list.end()
      const body = checkEnvelope(envelopes.snapshots, envelope, envelopeText)
      // The envelope holds rows where the vendor spells the list's name in another way.
      const all = rows.length > 0 ? rows : (body.tickers ?? [])
      return { rows: all, delayed: body.status === 'DELAYED', nextUrl: null, ticker: null }
    },
  }
}

/** A list of snapshots, or the one of a single ticker: the same row in another envelope. */
export function parseSnapshots(text: string, single: boolean): Page {
  if (single) return parseSnapshot(text)
  const list = snapshotList()
  list.push(new TextEncoder().encode(text))
  return list.page()
}

export function parseSnapshot(text: string): Page {
  const { ticker, status } = parseEnvelope(envelopes.snapshot, text)
  return { rows: ticker ? [ticker] : [], delayed: status === 'DELAYED', nextUrl: null, ticker: null }
}

const parseEnvelope = <T extends { status?: string }>(schema: z.ZodType<T>, text: string): T =>
  checkEnvelope(schema, parseJson(text, 'Polygon', NANOSECOND_FIELDS), text)

function checkEnvelope<T extends { status?: string }>(
  schema: z.ZodType<T>,
  envelope: unknown,
  text: string,
): T {
  const parsed = schema.safeParse(envelope)
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
