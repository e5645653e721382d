import type { Pool, PoolClient } from 'pg'
import type { Db } from './connect.ts'

/** Whatever answers a query: the pool, or the one connection that a transaction runs on. */
export type Queryable = Pick<Pool | PoolClient, 'query'>

/** Runs `work` in one transaction; any error undoes all of it. A connection that cannot roll back is thrown away. */
export async function inTransaction<T>(db: Db, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await db.pool.connect()
  let broken: Error | undefined
  try {
    await client.query('begin')
    const result = await work(client)
    await client.query('commit')
    return result
  } catch (error) {
    await client.query('rollback').catch((failure: Error) => {
      broken = failure
    })
    throw error
  } finally {
    client.release(broken)
  }
}

/** Advisory lock keys of the tape: the first number is ours ('tape' in ASCII), the second says what for. */
export const LOCK_SPACE = 0x74617065
export const LOCKS = {
  migrations: 1,
  ledger: 2,
  partitions: 3,
  bars: 4,
  daily: 5,
  marketClock: 6,
  backfill: 7,
  gaps: 8,
  packing: 9,
} as const

/**
 * Held to the end of the transaction. A statement of its own, so that the next one sees what the last holder wrote.
 * @param part narrows it, e.g. to one source.
 */
export async function lockFor(client: Queryable, purpose: keyof typeof LOCKS, part = 0): Promise<void> {
  await client.query('select pg_advisory_xact_lock($1, $2)', [LOCK_SPACE, part * 16 + LOCKS[purpose]])
}
