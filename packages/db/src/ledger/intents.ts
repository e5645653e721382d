// A batch that is written in parts stands in the ledger before its rows do: an intent, a row without an id. Its writer
// holds it by a lock of its session; its parts hold it shared until they end. Whoever finds an intent that nobody
// holds waits for its parts and closes it with what they stored: every part is whole in itself, nothing is undone.
import { isoFromMicros, type Micros } from '@onetape/market'
import type { PoolClient } from 'pg'
import type { BatchKind } from '../batch.ts'
import type { Db } from '../connect.ts'
import { BATCH_CHANNEL } from '../notify.ts'
import { inTransaction, lockFor } from '../transaction.ts'
import { type ClosingBatch, closingValues } from '../writes/close-batch.ts'

/** First halves of advisory lock keys; the second is the write id. */
const WRITER_SPACE = 0x74617731
const PARTS_SPACE = 0x74617732

export interface Intent {
  kind: BatchKind
  sourceId: number
  feed: string
  fetchedAt: Micros
  /** Span of the ticks that are about to be written. */
  minTs: Micros | null
  maxTs: Micros | null
  rowsOffered: number
  attempts?: unknown
}

const OPEN = `with opened as (
  insert into tape_batches
    (kind, source_id, feed, fetched_at, min_ts, max_ts, rows_offered, rows_written, events_written, attempts)
  values ($1, $2, $3, $4, $5, $6, $7, 0, 0, $8) returning write_id
)
select write_id, pg_advisory_lock(${WRITER_SPACE}, write_id::int), set_config('synchronous_commit', 'off', true) from opened`

/**
 * Committed at once, unflushed (what the parts write comes later in the same log: it cannot survive its intent), and
 * held by this connection until `commitAndLetGo`. @returns the write id.
 */
export async function openIntent(client: PoolClient, i: Intent): Promise<number> {
  const { rows } = await client.query(OPEN, [
    i.kind,
    i.sourceId,
    i.feed,
    isoFromMicros(i.fetchedAt),
    i.minTs === null ? null : isoFromMicros(i.minTs),
    i.maxTs === null ? null : isoFromMicros(i.maxTs),
    i.rowsOffered,
    i.attempts === undefined ? null : JSON.stringify(i.attempts),
  ])
  return rows[0].write_id
}

/** Commits what closes the batch. */
export const commitAndLetGo = async (client: PoolClient, writeId: number): Promise<void> =>
  void (await client.query(`commit; select pg_advisory_unlock(${WRITER_SPACE}, ${writeId})`))

// Each of the next three is one message.

/**
 * The start of a part's transaction, which need not wait for the intent. Its commit is not flushed: the one that closes
 * the batch comes later in the same log and flushes them all. @returns the heads of the shards, which are locked.
 */
export async function beginPart(client: PoolClient, shards: readonly number[]): Promise<Map<number, number>> {
  const answers = await client.query(
    `begin; set local synchronous_commit = off;
     select shard, head from tape_shards where shard in (${shards.join(', ')}) order by shard for update`,
  )
  return new Map(lastOf(answers).map((row) => [row.shard!, row.head!]))
}

/** Before a part stores anything. @throws Error when the batch was closed meanwhile, for its writer was taken for dead. */
export async function joinBatch(client: PoolClient, writeId: number): Promise<void> {
  const answers = await client.query(
    `select pg_advisory_xact_lock_shared(${PARTS_SPACE}, ${writeId});
     select write_id from tape_batches where write_id = ${writeId} and id is null`,
  )
  if (lastOf(answers).length === 0)
    throw new Error(`Batch ${writeId} was closed before all of it was written.`)
}

/** @param o.head where the part has changed something: every other writer's memory of these shards is old. */
export async function commitPart(
  client: PoolClient,
  o: { shards: readonly number[]; head: number | null },
): Promise<void> {
  const move = `update tape_shards set head = ${o.head} where shard in (${o.shards.join(', ')});`
  await client.query(`${o.head === null ? '' : move} commit`)
}

/** What the last of several statements gave. */
const lastOf = (answers: unknown) => (answers as { rows: Record<string, number>[] }[]).at(-1)!.rows

const CLOSE = `with closed as (
  update tape_batches set id = coalesce((select max(id) from tape_batches), 0) + 1, kind = $2, source_id = $3, feed = $4,
    fetched_at = $5, min_ts = $6, max_ts = $7, rows_offered = $8, rows_written = $9, events_written = $10, attempts = $11
  where write_id = $1 and id is null
  returning id
)
select id, pg_notify('${BATCH_CHANNEL}', id::text) from closed`

/** As `closeBatch`, for a batch that has an intent. @throws Error when somebody else closed it. */
export async function closeIntent(client: PoolClient, b: ClosingBatch): Promise<number> {
  await lockFor(client, 'ledger')
  const { rows } = await client.query(CLOSE, closingValues(b))
  if (rows.length === 0) throw new Error(`Batch ${b.writeId} was closed before all of it was written.`)
  return rows[0].id
}

/** Nothing of it was stored. */
export const dropIntent = async (client: PoolClient, writeId: number): Promise<void> =>
  void (await client.query('delete from tape_batches where write_id = $1 and id is null', [writeId]))

const LEFT = `select write_id, kind, source_id, feed, fetched_at, min_ts, max_ts, rows_offered, attempts
from tape_batches where id is null order by write_id`

const STORED = `select
  (select count(*) from market_data_ticks where write_id = $1 and ts between $2 and $3)::int as ticks,
  (select min(ts) from market_data_ticks where write_id = $1 and ts between $2 and $3) as min_ts,
  (select max(ts) from market_data_ticks where write_id = $1 and ts between $2 and $3) as max_ts,
  (select count(*) from market_data_latest where write_id = $1)::int as latest`

const PARTS_END_WITHIN = '5s'

/** Closes what writers that are gone left open. @returns the write ids closed. */
export async function recoverIntents(db: Db): Promise<number[]> {
  const { rows: left } = await db.pool.query(LEFT)
  const closed: number[] = []
  for (const intent of left) if (await recover(db, intent)) closed.push(intent.write_id)
  return closed
}

// biome-ignore lint/suspicious/noExplicitAny: a row of LEFT
async function recover(db: Db, intent: Record<string, any>): Promise<boolean> {
  const writeId: number = intent.write_id
  return await inTransaction(db, async (client) => {
    const { rows: held } = await client.query('select pg_try_advisory_xact_lock($1, $2) as free', [
      WRITER_SPACE,
      writeId,
    ])
    if (!held[0].free) return false
    await client.query(`set local lock_timeout = '${PARTS_END_WITHIN}'`)
    await client.query('select pg_advisory_xact_lock($1, $2)', [PARTS_SPACE, writeId])
    const { rows: open } = await client.query(
      'select 1 from tape_batches where write_id = $1 and id is null',
      [writeId],
    )
    if (open.length === 0) return false
    const span = [intent.min_ts ?? 0, intent.max_ts ?? 0].map(isoFromMicros)
    const { rows } = await client.query(STORED, [writeId, ...span])
    const { ticks, latest, min_ts: minTs, max_ts: maxTs } = rows[0]
    if (ticks + latest === 0) {
      await dropIntent(client, writeId)
      return true
    }
    await closeIntent(client, {
      writeId,
      kind: intent.kind,
      sourceId: intent.source_id,
      feed: intent.feed,
      fetchedAt: intent.fetched_at,
      minTs: minTs ?? intent.min_ts,
      maxTs: maxTs ?? intent.max_ts,
      rowsOffered: intent.rows_offered,
      rowsWritten: ticks + latest,
      eventsWritten: ticks,
      attempts: intent.attempts ?? undefined,
    })
    return true
  })
}
