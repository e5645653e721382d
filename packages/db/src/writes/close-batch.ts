import { isoFromMicros, type Micros } from '@onetape/market'
import type { BatchKind } from '../batch.ts'
import { BATCH_CHANNEL } from '../notify.ts'
import { lockFor, type Queryable } from '../transaction.ts'

const INSERT = `with closed as (
  insert into tape_batches
    (write_id, id, kind, source_id, feed, fetched_at, min_ts, max_ts, rows_offered, rows_written,
     events_written, attempts)
  select $1, coalesce((select max(id) from tape_batches), 0) + 1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11
  returning id
)
select id, pg_notify('${BATCH_CHANNEL}', id::text) from closed`

export interface ClosingBatch {
  writeId: number
  kind: BatchKind
  sourceId: number
  feed: string
  fetchedAt: Micros
  minTs: Micros | null
  maxTs: Micros | null
  rowsOffered: number
  rowsWritten: number
  /** Ticks and bars among them. */
  eventsWritten: number
  attempts?: unknown
}

/**
 * The last act of a batch's transaction. The lock is held until after the commit is visible, so the next id is given
 * only to who commits later: ids appear in order, without gaps, and a follower skips nothing.
 * @returns the ledger id.
 */
export async function closeBatch(client: Queryable, b: ClosingBatch): Promise<number> {
  await lockFor(client, 'ledger')
  const { rows } = await client.query(INSERT, closingValues(b))
  return rows[0].id
}

export const closingValues = (b: ClosingBatch): unknown[] => [
  b.writeId,
  b.kind,
  b.sourceId,
  b.feed,
  isoFromMicros(b.fetchedAt),
  b.minTs === null ? null : isoFromMicros(b.minTs),
  b.maxTs === null ? null : isoFromMicros(b.maxTs),
  b.rowsOffered,
  b.rowsWritten,
  b.eventsWritten,
  b.attempts === undefined ? null : JSON.stringify(b.attempts),
]
