// One quote with its receipt, as a value, and as bytes that an answer is put together from.
import type { Clock, Micros } from '@onetape/market'
import type { QuoteRow } from '../quote-row.ts'
import type { TapeQuote } from './tape-quotes-schema.ts'
import { tapeReceipt } from './tape-receipt.ts'

export interface Piece {
  symbol: string
  batchId: number
  ts: Micros
  staleAfterUs: number | null
  /** `,{"key":...}` as JSON, with room for what the clock decides at its end. */
  bytes: Buffer
}

/** Room for the age in milliseconds; JSON lets blanks stand before a number. */
export const AGE_DIGITS = 14
export const STAMP_DIGITS = 17
export const STALE = Buffer.from(',"freshness":"stale","answeredAt":')
const FRESH = ',"freshness":"tape" ,"answeredAt":'
const CLOCK_PART = `${' '.repeat(AGE_DIGITS)}${FRESH}${' '.repeat(STAMP_DIGITS)}}}`
/** The age begins so many bytes before the end of a piece; the two others follow it. */
export const CLOCK_BYTES = CLOCK_PART.length

/** @param kept what the writer of its batch left in the ledger. */
export function quoteOf(row: QuoteRow, kept: unknown, clock: Clock): TapeQuote {
  const { key, symbol, assetClass, name, last, change, changePct, bid, ask, bidSize, askSize } = row
  const { volume, dayOpen, dayHigh, dayLow, previousClose, sessionDate } = row
  return {
    ...{ key, symbol, assetClass, name, last, change, changePct, bid, ask, bidSize, askSize },
    ...{ volume, dayOpen, dayHigh, dayLow, previousClose, sessionDate },
    receipt: { ...tapeReceipt(row, kept, clock), batchId: row.batchId },
  }
}

export function pieceOf(row: QuoteRow, kept: unknown, clock: Clock): Piece {
  const { receipt, ...figures } = quoteOf(row, kept, clock)
  const { ageMs: _age, freshness: _freshness, answeredAt: _answeredAt, ...fixed } = receipt
  const text = JSON.stringify({ ...figures, receipt: fixed })
  // Without the two braces at its end the receipt is open for more.
  const bytes = Buffer.from(`,${text.slice(0, -2)},"ageMs":${CLOCK_PART}`)
  const { symbol, batchId, ts, staleAfterUs } = row
  return { symbol, batchId, ts, staleAfterUs, bytes }
}
