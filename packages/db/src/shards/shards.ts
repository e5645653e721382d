// Instruments in shards: who writes ticks or latest rows of a shard holds it until the commit, so writers of different
// shards work side by side and those of one take turns. Blocks of ids, not single ones: neighbours share pages.
import type { PoolClient } from 'pg'
import type { Db } from '../connect.ts'

/** As many as there are rows in `tape_shards`; a constant of the schema. */
export const SHARDS = 4
export const BLOCK_BITS = 6

export const shardOf = (instrumentId: number): number => (instrumentId >> BLOCK_BITS) % SHARDS

/** The shards of some rows, ascending: the order in which they are taken. */
export function shardsOf(...groups: (readonly { instrumentId: number }[])[]): number[] {
  const found = new Set<number>()
  for (const rows of groups) {
    for (const { instrumentId } of rows) {
      found.add(shardOf(instrumentId))
      if (found.size === SHARDS) break
    }
  }
  return [...found].sort((a, b) => a - b)
}

/** Locks the shards' rows to the end of the transaction. @returns the head of each. */
export async function lockShards(
  client: PoolClient,
  shards: readonly number[],
): Promise<Map<number, number>> {
  const { rows } = await client.query(
    'select shard, head from tape_shards where shard = any($1::smallint[]) order by shard for update',
    [shards],
  )
  return new Map(rows.map((row) => [row.shard, row.head]))
}

/** Tells every other writer that what it remembers of these shards is old. */
export async function moveHeads(client: PoolClient, shards: readonly number[], head: number): Promise<void> {
  await client.query('update tape_shards set head = $2 where shard = any($1::smallint[])', [shards, head])
}

/** Rows came or went by other ways than a write: whatever anybody remembers is old. */
export async function disturbShards(db: Db): Promise<void> {
  await db.pool.query(`update tape_shards set head = nextval('tape_batches_write_id_seq')`)
}

const turns = new WeakMap<Db, Promise<unknown>[]>()

/**
 * Waits for the shards within this process, where turns are handed on in memory: what one writer stored is remembered
 * before the next one looks. Taken before a connection is, so that no connection waits here.
 */
export async function inTurn<T>(db: Db, shards: readonly number[], work: () => Promise<T>): Promise<T> {
  const queue = turns.get(db) ?? Array.from({ length: SHARDS }, () => Promise.resolve())
  turns.set(db, queue)
  const before = Promise.all(shards.map((shard) => queue[shard]))
  const { promise: mine, resolve: done } = Promise.withResolvers<void>()
  for (const shard of shards) queue[shard] = mine
  await before
  try {
    return await work()
  } finally {
    done()
  }
}
