import type { Micros } from '@onetape/market'
import { asc, eq, gt } from 'drizzle-orm'
import type { BatchKind } from '../batch.ts'
import type { Db } from '../connect.ts'
import { sources, tapeBatches } from '../schema/index.ts'

export interface LedgerBatch {
  /** The cursor: strictly increasing in the order of commit. */
  id: number
  /** Stamped on the batch's rows; taken first, so it is no cursor. */
  writeId: number
  kind: BatchKind
  source: string
  feed: string
  fetchedAt: Micros
  minTs: Micros | null
  maxTs: Micros | null
  rowsOffered: number
  rowsWritten: number
}

/** Closed batches after a ledger id, in order. */
export async function readBatchesAfter(
  db: Db,
  o: { afterId: number; limit: number },
): Promise<LedgerBatch[]> {
  const b = tapeBatches
  const rows = await db.drizzle
    .select({
      id: b.id,
      writeId: b.writeId,
      kind: b.kind,
      source: sources.name,
      feed: b.feed,
      fetchedAt: b.fetchedAt,
      minTs: b.minTs,
      maxTs: b.maxTs,
      rowsOffered: b.rowsOffered,
      rowsWritten: b.rowsWritten,
    })
    .from(b)
    .innerJoin(sources, eq(sources.id, b.sourceId))
    .where(gt(b.id, o.afterId))
    .orderBy(asc(b.id))
    .limit(o.limit)
  return rows.map((row) => ({ ...row, id: row.id! }))
}
