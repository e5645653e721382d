// Roll-ups against a recomputation from scratch, and latest against the newest stored tick. Everything is read in one
// snapshot and compared inside the server; only differences come out.
import { setTimeout as sleep } from 'node:timers/promises'
import { addDays, DAY_US, isoFromMicros, type Micros } from '@onetape/market'
import type { PoolClient } from 'pg'
import type { Db } from '../connect.ts'
import { COARSE, FINE } from './timeframes.ts'
import { differingBuckets } from './verify-buckets.ts'
import { differingDays } from './verify-days.ts'
import { differingLatest } from './verify-latest.ts'

export interface VerifyRequest {
  /** First and last date, UTC for intraday buckets and of the session for days; what the ledger spans, unless told. */
  from?: string
  to?: string
  /** Enough to see what is wrong. */
  linesMax?: number
  /** On a tape that is written to, the follower is given this long to be level for a moment. */
  levelWithinMs?: number
}

const LEVEL_WITHIN_MS = 5_000
const LOOK_EVERY_MS = 100

/** What is compared at a time: a statement stays within seconds and its memory. */
const INSTRUMENTS_AT_A_TIME = 2_000

/** @returns a line for each difference, none when all is as it should be; one too for what is not rolled up yet. */
export async function verifyRollups(db: Db, o: VerifyRequest = {}): Promise<string[]> {
  const until = performance.now() + (o.levelWithinMs ?? LEVEL_WITHIN_MS)
  for (;;) {
    const isLast = performance.now() >= until
    const lines = await verifyOnce(db, o, { evenBehind: isLast })
    if (lines) return lines
    await sleep(LOOK_EVERY_MS)
  }
}

/** @returns null where the follower is behind, unless that does not matter. */
async function verifyOnce(
  db: Db,
  o: VerifyRequest,
  { evenBehind }: { evenBehind: boolean },
): Promise<string[] | null> {
  return await inSnapshot(db, async (client) => {
    const { isBehind, lines } = await standing(client)
    if (isBehind && !evenBehind) return null
    const range = await rangeOf(client, o)
    if (!range) return lines
    const max = o.linesMax ?? 100
    const ids = await instrumentSpan(client)
    for (let date = range.from; date <= range.to; date = addDays(date, 1)) {
      for (let from = ids.first; from <= ids.last; from += INSTRUMENTS_AT_A_TIME) {
        const slice = {
          date,
          instruments: { from, to: from + INSTRUMENTS_AT_A_TIME },
          limit: max - lines.length,
        }
        for (const differing of [
          () => differingBuckets(client, { ...slice, of: FINE }),
          () => differingBuckets(client, { ...slice, of: COARSE }),
          () => differingDays(client, slice),
        ]) {
          lines.push(...(await differing()))
          if (lines.length >= max) return lines
        }
      }
    }
    return lines
  })
}

/** @returns a line for each instrument whose latest row is not what the newest tick of its source says. */
export const verifyLatest = (db: Db, o: { linesMax?: number } = {}): Promise<string[]> =>
  inSnapshot(db, (client) => differingLatest(client, o.linesMax ?? 100))

async function inSnapshot<T>(db: Db, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await db.pool.connect()
  try {
    await client.query('begin transaction isolation level repeatable read read only')
    await client.query('set local jit = off')
    return await work(client)
  } finally {
    await client.query('rollback').catch(() => {})
    client.release()
  }
}

async function standing(client: PoolClient): Promise<{ isBehind: boolean; lines: string[] }> {
  const { rows } = await client.query(
    `select c.batch_id as done, coalesce((select max(id) from tape_batches), 0) as last,
       array(select batch_id || ': ' || problem from rollup_skips order by batch_id limit 20) as skips
     from rollup_cursors c where c.name = 'rollups'`,
  )
  const { done, last, skips } = rows[0]
  const lines = (skips as string[]).map((skip) => `batch ${skip} (passed by, not rolled up)`)
  if (done < last)
    lines.unshift(
      `the roll-ups hold batches up to ${done}, the ledger goes on to ${last}: what differs below may be that`,
    )
  return { isBehind: done < last, lines }
}

async function rangeOf(client: PoolClient, o: VerifyRequest): Promise<{ from: string; to: string } | null> {
  if (o.from !== undefined && o.to !== undefined) return { from: o.from, to: o.to }
  const { rows } = await client.query(
    'select min(min_ts) as first, max(max_ts) as last from tape_batches where id is not null and events_written > 0',
  )
  const { first, last } = rows[0] as { first: Micros | null; last: Micros | null }
  if (first === null || last === null) return null
  // A session is named by its last day.
  return { from: o.from ?? dateOf(first), to: o.to ?? dateOf(last + DAY_US) }
}

const dateOf = (ts: Micros): string => isoFromMicros(ts).slice(0, 10)

async function instrumentSpan(client: PoolClient): Promise<{ first: number; last: number }> {
  const { rows } = await client.query('select min(id) as first, max(id) as last from instruments')
  return { first: rows[0].first ?? 0, last: rows[0].last ?? -1 }
}
