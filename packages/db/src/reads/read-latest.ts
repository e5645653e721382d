import type { AssetClass, Micros } from '@onetape/market'
import { and, eq, gt, inArray } from 'drizzle-orm'
import type { Db } from '../connect.ts'
import { instruments, marketDataLatest, sources, tapeBatches } from '../schema/index.ts'

export interface LatestView {
  instrumentId: number
  key: string
  symbol: string
  assetClass: AssetClass
  name: string | null
  currency: string
  /** Ledger id of the write that this row comes from. */
  batchId: number
  ts: Micros
  fetchedAt: Micros
  source: string
  feed: string
  delayedMinutes: number
  tsOrigin: 'vendor' | 'response'
  last: number
  bid: number | null
  ask: number | null
  bidSize: number | null
  askSize: number | null
  dayOpen: number | null
  dayHigh: number | null
  dayLow: number | null
  dayClose: number | null
  volume: number | null
  previousClose: number | null
  sessionDate: string
}

/**
 * The latest row of every instrument, or of some.
 * @param o.afterBatchId only rows whose last write closed after that ledger id; exact at any isolation, because a row
 * and its ledger row become visible together.
 */
export async function readLatest(
  db: Db,
  o: { afterBatchId?: number; instrumentIds?: readonly number[] } = {},
): Promise<LatestView[]> {
  const l = marketDataLatest
  const rows = await db.drizzle
    .select({
      instrumentId: l.instrumentId,
      key: instruments.key,
      symbol: instruments.symbol,
      assetClass: instruments.assetClass,
      name: instruments.name,
      currency: instruments.currency,
      batchId: tapeBatches.id,
      ts: l.ts,
      fetchedAt: l.fetchedAt,
      source: sources.name,
      feed: l.feed,
      delayedMinutes: l.delayedMinutes,
      tsOrigin: l.tsOrigin,
      last: l.last,
      bid: l.bid,
      ask: l.ask,
      bidSize: l.bidSize,
      askSize: l.askSize,
      dayOpen: l.dayOpen,
      dayHigh: l.dayHigh,
      dayLow: l.dayLow,
      dayClose: l.dayClose,
      volume: l.volume,
      previousClose: l.previousClose,
      sessionDate: l.sessionDate,
    })
    .from(l)
    .innerJoin(instruments, eq(instruments.id, l.instrumentId))
    .innerJoin(sources, eq(sources.id, l.sourceId))
    .innerJoin(tapeBatches, eq(tapeBatches.writeId, l.writeId))
    .where(
      and(
        o.afterBatchId === undefined ? undefined : gt(tapeBatches.id, o.afterBatchId),
        o.instrumentIds === undefined ? undefined : inArray(l.instrumentId, [...o.instrumentIds]),
      ),
    )
  return rows.map((row) => ({ ...row, batchId: row.batchId! }))
}
