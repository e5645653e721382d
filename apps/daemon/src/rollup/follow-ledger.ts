/**
 * Keeps the roll-ups level with the batch ledger. Woken by the ledger's NOTIFY and, should one be lost, by a slow timer;
 * the ledger alone says what is to be done, so a wake-up too many costs one small query.
 *
 * A batch that cannot be rolled up must not hold up all that come after it: batches are then taken one by one, and the
 * one that fails again and again is passed by, told, and tried again later.
 */
import { type Db, isLasting, lastRolledUp, rollUpBatches, rollUpSkipped, skipBatch } from '@onetape/db'
import type { Clock } from '@onetape/market'
import { lineOf } from '../complaints.ts'

export interface RollUpFollower extends AsyncDisposable {
  /** There may be new batches. */
  wake(): void
  /** Settles once the follower is level with the ledger, or failed to be. */
  level(): Promise<void>
}

export interface RollUpOptions {
  db: Db
  market: Clock
  /** Called at every change between working and failing, with the error's message or null. */
  onChange(problem: string | null): void
  /** A batch was passed by. */
  onSkipped(batchId: number, problem: string): void
  idleMs?: number
  retryMs?: number
}

const BATCHES_PER_TURN = 50
const IDLE_MS = 5_000
/** Batches that were passed by are tried again at the start and this often. */
const RETRY_MS = 600_000
const TRIES = 3

export function followLedger(o: RollUpOptions): RollUpFollower {
  const { db, onChange, idleMs = IDLE_MS, retryMs = RETRY_MS } = o
  let stopped = false
  let again = false
  let failing = false
  let retrySkipped = true
  let running: Promise<void> | null = null

  const run = async () => {
    try {
      do {
        again = false
        while (!stopped && (await turn(o)) > 0);
      } while (again && !stopped)
      if (retrySkipped && !stopped) {
        retrySkipped = false
        await rollUpSkipped(db)
      }
      if (failing) onChange(null)
      failing = false
    } catch (error) {
      if (!failing && !stopped) onChange(lineOf(error))
      failing = true
    } finally {
      running = null
    }
  }
  const wake = () => {
    again = true
    if (!stopped) running ??= run()
  }
  const timer = setInterval(wake, idleMs)
  timer.unref()
  const retryTimer = setInterval(() => {
    retrySkipped = true
    wake()
  }, retryMs)
  retryTimer.unref()

  return {
    wake,
    async level() {
      wake()
      await running
    },
    async [Symbol.asyncDispose]() {
      stopped = true
      clearInterval(timer)
      clearInterval(retryTimer)
      await running
    },
  }
}

/** @returns how many batches the roll-ups moved on by, 0 when level. @throws what is no batch's fault. */
async function turn(o: RollUpOptions): Promise<number> {
  try {
    return (await rollUpBatches(o.db, { limit: BATCHES_PER_TURN })).batches
  } catch (error) {
    if (!isLasting(error)) throw error
  }
  return await oneByOne(o)
}

/** As far as there are batches that can be rolled up, and past the first that cannot. */
async function oneByOne({ db, market, onSkipped }: RollUpOptions): Promise<number> {
  let moved = 0
  for (let failures = 0; moved < BATCHES_PER_TURN; ) {
    const after = await lastRolledUp(db)
    try {
      const { batches } = await rollUpBatches(db, { limit: 1 })
      if (batches === 0) return moved
      moved += batches
      failures = 0
    } catch (error) {
      if (!isLasting(error)) throw error
      failures++
      if (failures < TRIES) continue
      const problem = lineOf(error)
      const id = await skipBatch(db, { after, problem, at: market.now() })
      if (id !== null) onSkipped(id, problem)
      return moved + 1
    }
  }
  return moved
}
