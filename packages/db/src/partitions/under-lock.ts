// Changes that need a strong lock on a table that everybody uses: asked for with little patience, again and again, so
// that those who queue behind the request are let through after a blink, whoever holds the table.
import { setTimeout as delay } from 'node:timers/promises'
import type { PoolClient } from 'pg'
import type { Db } from '../connect.ts'
import { DatabaseProblem } from '../problem.ts'
import { inTransaction } from '../transaction.ts'

/** How long others may have to queue behind one request for a lock. */
export const BLINK_MS = 100
const PATIENCE_MS = 60_000
const PAUSE_MS = 100

export interface LockOptions {
  /** What is said when the lock cannot be had: `market_data_ticks`. */
  what: string
  lockTimeoutMs?: number
  /** All tries together. */
  patienceMs?: number
  signal?: AbortSignal
}

export interface Locked<T> {
  value: T
  tries: number
  /** From the first try to the one that went through. */
  waitedMs: number
}

/** Runs `work` in a transaction of its own, anew whenever a lock was not to be had. @throws DatabaseProblem */
export async function underLock<T>(
  db: Db,
  o: LockOptions,
  work: (client: PoolClient) => Promise<T>,
): Promise<Locked<T>> {
  const { lockTimeoutMs = BLINK_MS, patienceMs = PATIENCE_MS } = o
  const startedAt = performance.now()
  for (let tries = 1; ; tries++) {
    const triedAt = performance.now()
    try {
      const value = await inTransaction(db, async (client) => {
        await client.query(`set local lock_timeout = ${lockTimeoutMs}`)
        return await work(client)
      })
      return { value, tries, waitedMs: triedAt - startedAt }
    } catch (error) {
      if (!isBusy(error)) throw error
      if (performance.now() - startedAt > patienceMs) throw inUse(o.what, patienceMs, error)
      await delay(pauseMs(), undefined, { signal: o.signal })
    }
  }
}

/** The lock was not to be had in time, or would have been part of a deadlock. */
export const isBusy = (error: unknown): boolean =>
  ['55P03', '40P01'].includes(String((error as { code?: string } | null)?.code))

/** Different each time: two that disturb each other must not keep step. */
export const pauseMs = (): number => PAUSE_MS * (1 + 2 * Math.random())

const inUse = (what: string, patienceMs: number, error: unknown) =>
  new DatabaseProblem(
    `${what} was in use all the time for ${Math.round(patienceMs / 1000)} s. Nothing was changed; try again later.`,
    error,
  )
