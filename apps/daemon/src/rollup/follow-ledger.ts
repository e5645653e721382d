/**
 * Keeps `market_data_daily` level with the batch ledger. Woken by the ledger's NOTIFY and, should one be lost, by a
 * slow timer; the ledger alone says what is to be done, so a wake-up too many costs one small query.
 */
import { type Db, rollUpBatches } from '@onetape/db'

export interface RollUpFollower extends AsyncDisposable {
  /** There may be new batches. */
  wake(): void
  /** Settles once the follower is level with the ledger. */
  level(): Promise<void>
}

export interface RollUpOptions {
  db: Db
  /** Called at every change between working and failing, with the error's message or null. */
  onChange(problem: string | null): void
  idleMs?: number
}

const BATCHES_PER_TURN = 50
const IDLE_MS = 5_000

export function followLedgerDaily({ db, onChange, idleMs = IDLE_MS }: RollUpOptions): RollUpFollower {
  let stopped = false
  let again = false
  let failing = false
  let running: Promise<void> | null = null

  const run = async () => {
    try {
      do {
        again = false
        while (!stopped && (await rollUpBatches(db, { limit: BATCHES_PER_TURN })).batches > 0);
      } while (again && !stopped)
      if (failing) onChange(null)
      failing = false
    } catch (error) {
      if (!failing && !stopped) onChange(error instanceof Error ? error.message : String(error))
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

  return {
    wake,
    async level() {
      wake()
      await running
    },
    async [Symbol.asyncDispose]() {
      stopped = true
      clearInterval(timer)
      await running
    },
  }
}
