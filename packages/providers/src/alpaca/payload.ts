// What Alpaca's bodies look like on the wire. Envelopes are read whole; rows one by one (see wire-rows.ts).
import { z } from 'zod'
import { ProviderError } from '../errors.ts'
import { parseJson } from '../http/json.ts'
import { type RowReader, type Rows, readRows, shapeFault } from '../wire-rows.ts'

/** Trade ids of crypto exceed 2^53. */
export const EXACT_FIELDS = ['i']

/** RFC 3339 with up to nine decimals. */
const instant = z.string().min(1)
const price = z.number().nullish()
const size = z.number().nullish()

export const tradeSchema = z.looseObject({ t: instant, p: price, s: size })

/** A price of 0 is a side without a quote. */
export const quoteSchema = z.looseObject({ t: instant, ap: price, as: size, bp: price, bs: size })
export type QuoteRow = z.infer<typeof quoteSchema>

export const barSchema = z.looseObject({
  /** Start of the bar; midnight New York for a day of shares. */
  t: instant,
  o: z.number(),
  h: z.number(),
  l: z.number(),
  c: z.number(),
  v: size,
})
export type BarRow = z.infer<typeof barSchema>

export const snapshotSchema = z.looseObject({
  latestTrade: tradeSchema.nullish(),
  latestQuote: quoteSchema.nullish(),
  minuteBar: barSchema.nullish(),
  dailyBar: barSchema.nullish(),
  prevDailyBar: barSchema.nullish(),
})
export type SnapshotRow = z.infer<typeof snapshotSchema>

const number = z.number().nullish()

export const optionSchema = z.looseObject({
  latestTrade: tradeSchema.nullish(),
  latestQuote: quoteSchema.nullish(),
  dailyBar: barSchema.nullish(),
  impliedVolatility: number,
  greeks: z.looseObject({ delta: number, gamma: number, theta: number, vega: number }).nullish(),
})
export type OptionRow = z.infer<typeof optionSchema>

const date = z.iso.date()

export const splitSchema = z.looseObject({
  symbol: z.string().min(1),
  ex_date: date,
  new_rate: z.number().positive(),
  old_rate: z.number().positive(),
})
export type SplitRow = z.infer<typeof splitSchema>

export const dividendSchema = z.looseObject({
  symbol: z.string().min(1),
  ex_date: date,
  rate: z.number().positive(),
})
export type DividendRow = z.infer<typeof dividendSchema>

/** Rows by symbol. A `null` member is a symbol that the vendor has nothing of. */
export type BySymbol = Record<string, unknown>

/** A page: `nextToken` is null at the end and undefined where the body does not say: it may have been cut. */
export interface Page<T> {
  rows: T
  nextToken: string | null | undefined
}

const bySymbol = z.record(z.string(), z.unknown())
const token = z.string().nullish()
const envelopes = {
  bare: bySymbol,
  wrapped: z.looseObject({ snapshots: bySymbol.nullish(), next_page_token: token }),
  bars: z.looseObject({ bars: bySymbol.nullish(), next_page_token: token }),
  actions: z.looseObject({
    corporate_actions: z.record(z.string(), z.array(z.unknown()).nullish()),
    next_page_token: token,
  }),
}

/** Shares: a bare map. */
export const parseStocks = (text: string): BySymbol => parsed(envelopes.bare, text)

/** Crypto and options: the map is wrapped, and options have pages. */
export function parseWrapped(text: string): Page<BySymbol> {
  const body = parsed(envelopes.wrapped, text)
  return { rows: body.snapshots ?? {}, nextToken: body.next_page_token }
}

export function parseBars(text: string): Page<Record<string, unknown[]>> {
  const body = parsed(envelopes.bars, text)
  const rows = Object.entries(body.bars ?? {}).map(([symbol, list]) => [symbol, listOf(list)] as const)
  return { rows: Object.fromEntries(rows), nextToken: body.next_page_token }
}

/** The newest bar alone comes without a list around it. */
const listOf = (value: unknown): unknown[] =>
  Array.isArray(value) ? value : value === null || value === undefined ? [] : [value]

export function parseActions(text: string): Page<Record<string, unknown[] | null | undefined>> {
  const body = parsed(envelopes.actions, text)
  return { rows: body.corporate_actions, nextToken: body.next_page_token }
}

function parsed<T>(schema: z.ZodType<T>, text: string): T {
  const result = schema.safeParse(parseJson(text, 'Alpaca', EXACT_FIELDS))
  if (result.success) return result.data
  throw malformed(`answered in an unknown shape: ${shapeFault(result.error)}`)
}

export const malformed = (words: string): ProviderError =>
  new ProviderError('malformed', `Alpaca ${words}`, { provider: 'alpaca' })

/** `readRows` for a map: the key names the row, and a `null` member is no row. */
export function readMap<Raw, Noun extends object>(
  map: BySymbol,
  reader: { schema: RowReader<Raw, Noun>['schema']; normalize: (row: Raw, symbol: string) => Noun | string },
): Rows<Noun> {
  const parts = Object.entries(map)
    .filter(([, raw]) => raw !== null)
    .map(([symbol, raw]) =>
      readRows([raw], {
        schema: reader.schema,
        nameOf: () => symbol,
        normalize: (row) => reader.normalize(row, symbol),
      }),
    )
  return { rows: parts.flatMap((p) => p.rows), dropped: parts.flatMap((p) => p.dropped) }
}
