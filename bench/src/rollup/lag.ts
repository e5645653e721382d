// How far the roll-ups are behind the ledger while the whole market arrives every five seconds.
import { setTimeout as sleep } from 'node:timers/promises'
import { followLedger } from '@onetape/daemon/src/rollup/follow-ledger.ts'
import { lastBatchId, lastRolledUp, writeBatch } from '@onetape/db'
import { batchOf, picture } from './minutes.ts'
import type { Stage } from './stage.ts'

export interface Lag {
  /** From a batch's commit until it is rolled up. */
  ms: number[]
  /** The most batches that the roll-ups were behind when the next one was about to be written. */
  batchesBehind: number
}

export async function measureLag(
  { db, ids, ending }: Stage,
  o: { batches: number; everyMs: number; fromMinute: number },
): Promise<Lag> {
  const lag: Lag = { ms: [], batchesBehind: 0 }
  await using follower = followLedger({
    db,
    market: { now: () => ending },
    onChange: (problem) => {
      if (problem !== null) throw new Error(problem)
    },
    onSkipped: (_, problem) => {
      throw new Error(problem)
    },
  })
  const startedAt = performance.now()
  const rolledUp: Promise<void>[] = []
  for (let n = 0; n < o.batches; n++) {
    await sleep(Math.max(0, startedAt + n * o.everyMs - performance.now()))
    lag.batchesBehind = Math.max(lag.batchesBehind, (await lastBatchId(db)) - (await lastRolledUp(db)))
    const second = 4 + (n % 12) * 5
    await writeBatch(
      db,
      batchOf(picture(ids, { open: ending, minute: o.fromMinute + Math.floor(n / 12), second })),
    )
    const committedAt = performance.now()
    rolledUp.push(
      follower.level().then(() => {
        lag.ms.push(performance.now() - committedAt)
      }),
    )
  }
  await Promise.all(rolledUp)
  return lag
}
