// The follower that keeps `market_data_rollups` and `market_data_daily`: its cost is the batch's, not the history's. No
// row comes here: what a batch touched is found and folded inside the server.
import type { Micros } from '@onetape/market'
import type { PoolClient } from 'pg'
import type { Db } from '../connect.ts'
import { createPartitionsFor, isPartitionMissing } from '../partitions.ts'
import { type BatchSpan, daysOf } from '../rollup/batch-span.ts'
import { clearBuckets, foldBuckets } from '../rollup/fold-buckets.ts'
import { clearDays, foldDays } from '../rollup/fold-days.ts'
import { foldMinutes } from '../rollup/fold-minutes.ts'
import { inTransaction, lockFor } from '../transaction.ts'

/** Events that one transaction may take on; a single larger batch is taken alone. */
const EVENTS_MAX = 100_000

export interface RolledUp {
  /** 0 when level with the ledger. */
  batches: number
  /** Intraday buckets and days that changed. */
  buckets: number
  days: number
  /** The last ledger id that the roll-ups hold. */
  cursor: number
}

interface NextBatch {
  id: number
  write_id: number
  source_id: number
  fetched_at: Micros
  min_ts: Micros | null
  max_ts: Micros | null
  events_written: number
}

/**
 * Folds the next batches of the ledger and moves the cursor, in one transaction: whoever dies in between has done
 * nothing. Several followers take turns by the cursor's row lock. Batches that are still open are passed by: they get
 * their id when they are whole.
 */
export async function rollUpBatches(db: Db, o: { limit: number }): Promise<RolledUp> {
  return await withPartitions(db, async (client, onSpan) => {
    const { rows: cursors } = await client.query(
      `select batch_id from rollup_cursors where name = 'rollups' for update`,
    )
    const cursor: number = cursors[0].batch_id
    const batches = await nextBatches(client, cursor, o.limit)
    const last = batches.at(-1)
    if (!last) return { batches: 0, buckets: 0, days: 0, cursor }
    const folded = await fold(client, batches, onSpan)
    await client.query(`update rollup_cursors set batch_id = $1 where name = 'rollups'`, [last.id])
    return { batches: batches.length, ...folded, cursor: last.id }
  })
}

/** Folds one batch that was passed by before, whatever came after it; folding it again changes nothing. */
export async function rollUpBatch(db: Db, batchId: number): Promise<void> {
  await withPartitions(db, async (client, onSpan) => {
    await client.query(`select from rollup_cursors where name = 'rollups' for update`)
    await fold(client, await nextBatches(client, batchId - 1, 1), onSpan)
  })
}

type OnSpan = (span: BatchSpan, marketNow: Micros) => void

/** Partitions that are missing are made outside the transaction, which then runs again from its start. */
async function withPartitions<T>(
  db: Db,
  work: (client: PoolClient, onSpan: OnSpan) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    let tried: { span: BatchSpan; marketNow: Micros } | undefined
    try {
      return await inTransaction(db, (client) =>
        work(client, (span, marketNow) => {
          tried = { span, marketNow }
        }),
      )
    } catch (error) {
      if (!isPartitionMissing(error) || !tried || attempt === 3) throw error
      const { span, marketNow } = tried
      await createPartitionsFor(db, { marketNow, rollups: await daysOf(db.pool, span) })
    }
  }
}

async function nextBatches(client: PoolClient, after: number, limit: number): Promise<NextBatch[]> {
  const { rows } = await client.query<NextBatch>(
    `select id, write_id, source_id, fetched_at, min_ts, max_ts, events_written
     from tape_batches where id > $1 order by id limit $2`,
    [after, limit],
  )
  let events = 0
  const tooMany = rows.findIndex((batch, n) => {
    events += batch.events_written
    return n > 0 && events > EVENTS_MAX
  })
  return tooMany === -1 ? rows : rows.slice(0, tooMany)
}

async function fold(
  client: PoolClient,
  batches: readonly NextBatch[],
  onSpan: OnSpan,
): Promise<{ buckets: number; days: number }> {
  const dated = batches.filter((b) => b.events_written > 0)
  if (dated.length === 0) return { buckets: 0, days: 0 }
  const span: BatchSpan = {
    writeIds: dated.map((b) => b.write_id),
    minTs: Math.min(...dated.map((b) => b.min_ts!)),
    maxTs: Math.max(...dated.map((b) => b.max_ts!)),
  }
  onSpan(span, Math.max(...dated.map((b) => b.fetched_at)))
  // Which pages hold a batch is asked of an index, also where the planner knows nothing of a new partition yet.
  await client.query('set local enable_seqscan = off; set local jit = off')
  const { written: fine, gone, bases } = await foldMinutes(client, span)
  const coarse = await foldBuckets(client, span, bases)
  if (gone > 0) await clearBuckets(client, span)
  // Before the first day is touched, and in order: writers of vendors' days hold one of these each.
  const sources = new Set(dated.map((b) => b.source_id))
  for (const id of [...sources].sort((a, b) => a - b)) await lockFor(client, 'daily', id)
  const days = await foldDays(client, span, bases)
  if (gone > 0) await clearDays(client, span)
  return { buckets: fine + coarse, days }
}
