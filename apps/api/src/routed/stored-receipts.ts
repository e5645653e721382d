// Receipts of prices that lie on the tape: what their batches kept of how they were had.
import type { Instrument, StoredTick } from '@onetape/db'
import type { Clock } from '@onetape/market'
import type { StoredReceipt } from '../mine/reports.ts'
import { attemptsOf } from './tape-receipt.ts'

/** `ageMs` is that of the price when it came: a stored receipt does not age. */
export function storedReceipt(
  { assetClass, symbol, currency }: Instrument,
  tick: StoredTick,
  clock: Clock,
): StoredReceipt {
  const { batchId, price, volume, source, feed, ts, fetchedAt } = tick
  return {
    batchId,
    price,
    volume,
    receipt: {
      kind: 'quotes',
      ref: { assetClass, symbol },
      source,
      feed,
      delayedMinutes: null,
      ts,
      tsOrigin: null,
      fetchedAt,
      ageMs: Math.max(0, Math.round((fetchedAt - ts) / 1000)),
      freshness: 'tape',
      basis: null,
      converted: null,
      currency,
      attempts: attemptsOf(source, tick.attempts),
      order: 'house',
      answeredAt: clock.now(),
      tookMs: 0,
    },
  }
}
