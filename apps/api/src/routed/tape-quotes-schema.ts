// The newest quotes of the tape with their receipts, as an answer: one schema for the tRPC procedure and for the plain
// route beside it, and the types that both are made of.
import { ASSET_CLASSES, BASES } from '@onetape/market'
import type { Attempt, Receipt, WireCall } from '@onetape/providers'
import { z } from 'zod'

export const SYMBOLS_MAX = 500

/** Symbols (`AAPL`, `BTC-USD`) or keys (`equity:US:AAPL`), mixed as one likes. */
export const tapeQuotesInput = z.object({
  symbols: z
    .array(z.string().trim().min(1, 'a symbol is empty').max(64, 'a symbol has at most 64 characters'))
    .min(1, 'name at least one, e.g. symbols=AAPL,MSFT')
    .max(SYMBOLS_MAX, `at most ${SYMBOLS_MAX} at once`),
})

const price = z.number().nullable()
const micros = z.number().int()

const attemptSchema = z.object({
  source: z.string(),
  outcome: z.enum(['served', 'partial', 'empty', 'failed', 'skipped']),
  reason: z.string().nullable(),
  message: z.string().nullable(),
  startedAt: micros.nullable(),
  latencyMs: z.number().nullable(),
  asked: z.number().int(),
  served: z.number().int(),
  calls: z.array(z.custom<WireCall>((call) => typeof call === 'object' && call !== null)),
  retryAt: micros.nullable(),
})

/** Of a price that lies on the tape; the same words as every receipt, and the batch that brought it. */
export const tapeReceiptSchema = z.object({
  kind: z.literal('quotes'),
  ref: z.object({ assetClass: z.enum(ASSET_CLASSES), symbol: z.string() }),
  source: z.string(),
  feed: z.string(),
  delayedMinutes: z.number(),
  /** Event time by the vendor's clock, microseconds since 1970. */
  ts: micros,
  tsOrigin: z.enum(['vendor', 'response']),
  /** Market time at which we received it. */
  fetchedAt: micros,
  /** Market time since the event, at `answeredAt`. */
  ageMs: z.number().int(),
  /** `stale`: older than twice its cadence while its venue is open. */
  freshness: z.enum(['tape', 'stale']),
  /** Null: a quote is as it was traded. */
  basis: z.enum(BASES).nullable(),
  converted: z.null(),
  currency: z.string(),
  attempts: z.array(attemptSchema),
  order: z.enum(['user', 'house']),
  /** Market time; over HTTP it may be of up to 50 ms ago, as long as nothing has changed since. */
  answeredAt: micros,
  tookMs: z.number(),
  /** Ledger id of the batch that changed the quote last. */
  batchId: z.number().int(),
})

export const tapeQuoteSchema = z.object({
  key: z.string(),
  symbol: z.string(),
  assetClass: z.enum(ASSET_CLASSES),
  name: z.string().nullable(),
  last: price,
  change: price,
  changePct: price,
  bid: price,
  ask: price,
  bidSize: price,
  askSize: price,
  volume: price,
  dayOpen: price,
  dayHigh: price,
  dayLow: price,
  previousClose: price,
  sessionDate: z.string(),
  receipt: tapeReceiptSchema,
})

export const tapeQuotesSchema = z.object({
  /** How far memory is level with the ledger; an event id of the live stream. */
  cursor: z.string(),
  /** In the order asked, each instrument once. */
  quotes: z.array(tapeQuoteSchema),
  /** Names of which the tape holds no price. */
  unknown: z.array(z.string()),
})

export type TapeQuotesAnswer = z.infer<typeof tapeQuotesSchema>
export type TapeQuote = z.infer<typeof tapeQuoteSchema>

type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false
/** Every fact of a receipt is in the schema: a new one does not compile until it is here. */
const complete: Same<keyof z.infer<typeof tapeReceiptSchema>, keyof Receipt | 'batchId'> = true
const completeAttempt: Same<keyof z.infer<typeof attemptSchema>, keyof Attempt> = true
void [complete, completeAttempt]
