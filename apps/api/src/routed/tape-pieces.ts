// One quote with its receipt, as a value and as text that an answer is strung together from.
import type { Clock, Micros } from '@onetape/market'
import type { QuoteRow } from '../quote-row.ts'
import type { TapeQuote } from './tape-quotes-schema.ts'
import { tapeReceipt } from './tape-receipt.ts'

export interface Piece {
  batchId: number
  ts: Micros
  staleAfterUs: number | null
  /** All that the clock does not decide, up to the age. */
  head: Buffer
}

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
  const head = Buffer.from(`,${text.slice(0, -2)},"ageMs":`)
  return { batchId: row.batchId, ts: row.ts, staleAfterUs: row.staleAfterUs, head }
}
