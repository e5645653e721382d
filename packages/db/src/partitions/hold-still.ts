/**
 * Keeps partitions unchanged while they are copied, without being in anybody's way: readers are never held up, and a
 * writer that wants to write into one of them (rare: they are closed) is let through within a blink, by giving up.
 * The lock is taken by a transaction that reads and writes nothing, so it does not hold back vacuum of other tables.
 *
 *   asking (again and again, a blink each) -> holding (looks for waiting writers) -> swapped | gave way | stopped
 */

import { setTimeout as delay } from 'node:timers/promises'
import type { PoolClient } from 'pg'
import type { Db } from '../connect.ts'
import { LOCK_SPACE, LOCKS } from '../transaction.ts'
import { BLINK_MS, isBusy, pauseMs } from './under-lock.ts'

/** Whoever waits for a held partition waits no longer than this, and the time that a roll-back takes. */
const LOOK_EVERY_MS = 40
const ASK_FOR_MS = 5_000
const SWAP_WITHIN_MS = 60_000

/** Somebody wants to write into it, or nobody could be kept out: later, then. */
export class GaveWay extends Error {
  override name = 'GaveWay'
}

export interface Hold extends AsyncDisposable {
  /** Aborted when the hold is over before its time; the reason is a GaveWay or what went wrong. */
  signal: AbortSignal
  /**
   * Runs `change` while the table is held for itself, for a blink, and commits. @returns how long it was held, in ms.
   * @throws GaveWay
   */
  swap(change: (client: PoolClient) => Promise<void>): Promise<number>
}

export interface HoldOptions {
  table: string
  parts: readonly { name: string }[]
  signal?: AbortSignal
}

/** @throws GaveWay when another process packs, or writers are busy there. */
export async function holdStill(db: Db, o: HoldOptions): Promise<Hold> {
  const client = await db.pool.connect()
  try {
    await ask(client, o)
    return hold(client, o)
  } catch (error) {
    await end(client)
    throw error
  }
}

async function ask(client: PoolClient, { parts, signal }: HoldOptions): Promise<void> {
  const names = parts.map((p) => p.name).sort()
  for (const until = performance.now() + ASK_FOR_MS; ; ) {
    signal?.throwIfAborted()
    await client.query(`begin; set local lock_timeout = ${BLINK_MS}; set local statement_timeout = 0`)
    const { rows } = await client.query('select pg_try_advisory_xact_lock($1, $2) as ours', [
      LOCK_SPACE,
      LOCKS.packing,
    ])
    if (!rows[0].ours) throw new GaveWay('another process is packing')
    try {
      await client.query(`lock table only ${names.join(', only ')} in share mode`)
      return
    } catch (error) {
      await client.query('rollback')
      if (!isBusy(error)) throw error
      if (performance.now() > until) throw new GaveWay('rows are being written there')
      await delay(pauseMs(), undefined, { signal })
    }
  }
}

function hold(client: PoolClient, { table, parts, signal }: HoldOptions): Hold {
  const lost = new AbortController()
  const over = signal ? AbortSignal.any([signal, lost.signal]) : lost.signal
  let stopLooking = false
  const look = async (): Promise<void> => {
    if (await isWaitedFor(client, parts)) {
      await client.query('rollback')
      throw new GaveWay('somebody writes there')
    }
  }
  const looking = (async () => {
    while (!stopLooking && !over.aborted) {
      await look()
      await delay(LOOK_EVERY_MS)
    }
  })().catch((error) => lost.abort(error))
  return {
    signal: over,
    async swap(change) {
      stopLooking = true
      await looking
      over.throwIfAborted()
      for (const until = performance.now() + SWAP_WITHIN_MS; ; ) {
        const heldMs = await trySwap(client, table, change)
        if (heldMs !== null) return heldMs
        await look()
        if (performance.now() > until) throw new GaveWay(`${table} was in use all the time`)
        await delay(pauseMs(), undefined, { signal: over })
        await look()
      }
    },
    async [Symbol.asyncDispose]() {
      stopLooking = true
      await looking
      await end(client)
    },
  }
}

/** @returns null when the table was in use. */
async function trySwap(
  client: PoolClient,
  table: string,
  change: (client: PoolClient) => Promise<void>,
): Promise<number | null> {
  await client.query('savepoint before_swap')
  try {
    await client.query('select pg_advisory_xact_lock($1, $2)', [LOCK_SPACE, LOCKS.partitions])
    await client.query(`lock table only ${table} in access exclusive mode`)
    const since = performance.now()
    await change(client)
    await client.query('commit')
    return performance.now() - since
  } catch (error) {
    if (!isBusy(error)) throw error
    await client.query('rollback to savepoint before_swap')
    return null
  }
}

/** Vacuum and the like have time. */
async function isWaitedFor(client: PoolClient, parts: HoldOptions['parts']): Promise<boolean> {
  const { rows } = await client.query(
    `select from pg_locks
     where relation = any ($1::regclass[]) and not granted and mode <> 'ShareUpdateExclusiveLock' limit 1`,
    [parts.map((p) => p.name)],
  )
  return rows.length > 0
}

/** Whatever was not committed is undone. */
async function end(client: PoolClient): Promise<void> {
  let broken: Error | undefined
  await client.query('rollback').catch((error: Error) => {
    broken = error
  })
  client.release(broken)
}
