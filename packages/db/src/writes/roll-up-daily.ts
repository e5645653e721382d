// The follower that keeps `market_data_daily`: its cost is the batch's, not the history's.
import type { Micros } from '@onetape/market'
import type { PoolClient } from 'pg'
import type { Db } from '../connect.ts'
import { instrumentClasses } from '../instrument-classes.ts'
import { daysOfBars } from '../rollup/days-of-bars.ts'
import { daysOfTicks } from '../rollup/days-of-ticks.ts'
import { foldDays, lockSources, replaceDays } from '../rollup/upsert-days.ts'
import { inTransaction } from '../transaction.ts'

/** Rows that one transaction may take on; a single larger batch is taken alone. */
const ROWS_MAX = 200_000

interface NextBatch {
  id: number
  write_id: number
  min_ts: Micros | null
  max_ts: Micros | null
  events_written: number
}

/**
 * Folds the next batches of the ledger into days and moves the cursor, in one transaction: whoever dies in between
 * has done nothing. Several followers take turns by the cursor's row lock.
 * @returns batches = 0 when level.
 */
export async function rollUpDaily(
  db: Db,
  o: { limit: number },
): Promise<{ batches: number; days: number; cursor: number }> {
  return await inTransaction(db, async (client) => {
    const { rows: cursors } = await client.query(
      `select batch_id from rollup_cursors where name = 'daily' for update`,
    )
    const batches = await nextBatches(client, cursors[0].batch_id, o.limit)
    const last = batches.at(-1)
    if (!last) return { batches: 0, days: 0, cursor: cursors[0].batch_id }
    const days = await rollUp(db, client, batches)
    await client.query(`update rollup_cursors set batch_id = $1 where name = 'daily'`, [last.id])
    return { batches: batches.length, days, cursor: last.id }
  })
}

async function nextBatches(client: PoolClient, after: number, limit: number): Promise<NextBatch[]> {
  const { rows } = await client.query<NextBatch>(
    `select id, write_id, min_ts, max_ts, events_written from tape_batches where id > $1 order by id limit $2`,
    [after, limit],
  )
  let total = 0
  return rows.filter((batch, n) => {
    total += batch.events_written
    return n === 0 || total <= ROWS_MAX
  })
}

async function rollUp(db: Db, client: PoolClient, batches: readonly NextBatch[]): Promise<number> {
  const dated = batches.filter((b) => b.events_written > 0)
  if (dated.length === 0) return 0
  const span = {
    writeIds: dated.map((b) => b.write_id),
    minTs: Math.min(...dated.map((b) => b.min_ts!)),
    maxTs: Math.max(...dated.map((b) => b.max_ts!)),
  }
  const classesOf = (ids: Set<number>) => instrumentClasses(db, ids, client)
  const made = await daysOfBars(client, span, classesOf)
  const parts = await daysOfTicks(client, span, classesOf)
  // A day made anew holds these ticks already.
  for (const key of made.keys()) parts.delete(key)
  await lockSources(client, [...made.values(), ...parts.values()])
  return (await replaceDays(client, made.values())) + (await foldDays(client, parts.values()))
}
