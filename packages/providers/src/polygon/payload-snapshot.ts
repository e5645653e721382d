// A row of Polygon's snapshots on the wire, and how eight thousand of them are checked in little time.
import { z } from 'zod'

const DIGITS = /^\d+$/

/** Nanoseconds, or milliseconds on forex and crypto; the number of digits tells. */
export const epoch = z.union([z.string().regex(DIGITS), z.number().nonnegative()])

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

/**
 * Says of a row what `snapshotSchema` would say, many times as fast, and without a copy of it. What it refuses is for
 * the schema to judge, and to explain; a test holds the two together.
 */
export function isSnapshotRow(raw: unknown): raw is SnapshotRow {
  if (!isObject(raw) || typeof raw.ticker !== 'string' || raw.ticker === '') return false
  const { day, prevDay, min, lastTrade, lastQuote } = raw
  return (
    isEpoch(raw.updated) &&
    isOhlcv(day) &&
    isOhlcv(prevDay) &&
    isOhlcv(min) &&
    (isNothing(min) || (isNumber(min.t) && isNumber(min.av))) &&
    (isNothing(lastTrade) ||
      (isObject(lastTrade) && isNumber(lastTrade.p) && isNumber(lastTrade.s) && isEpoch(lastTrade.t))) &&
    isQuote(lastQuote)
  )
}

function isQuote(quote: unknown): boolean {
  if (isNothing(quote)) return true
  if (!isObject(quote)) return false
  const { P, p, S, s, a, b, t } = quote
  return isNumber(P) && isNumber(p) && isNumber(S) && isNumber(s) && isNumber(a) && isNumber(b) && isEpoch(t)
}

type Fields = Record<string, unknown>

const isNothing = (value: unknown): value is null | undefined => value === undefined || value === null
const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
/** A number, or nothing. */
const isNumber = (value: unknown): boolean =>
  typeof value === 'number' ? Number.isFinite(value) : isNothing(value)
const isEpoch = (value: unknown): boolean =>
  typeof value === 'string' ? DIGITS.test(value) : isNumber(value) && !(Number(value) < 0)

const isOhlcv = (value: unknown): value is Fields | null | undefined =>
  isNothing(value) ||
  (isObject(value) &&
    isNumber(value.o) &&
    isNumber(value.h) &&
    isNumber(value.l) &&
    isNumber(value.c) &&
    isNumber(value.v))
