// Requests that users' questions caused, written behind them: nobody waits for the books.
import { type Db, type ProviderCallRow, recordCalls } from '@onetape/db'
import type { Attempt } from '@onetape/providers'

export interface CallLog extends AsyncDisposable {
  /** Each attempt once, however many receipts share it. */
  note(attempts: readonly Attempt[]): void
}

const WRITE_EVERY_MS = 1_000
/** Kept while the database is away; older ones are given up first. */
const WAITING_MAX = 5_000

export function createCallLog(db: Db): CallLog {
  let waiting: ProviderCallRow[] = []
  const write = async () => {
    if (waiting.length === 0) return
    const batch = waiting
    waiting = []
    await recordCalls(db, batch).catch(() => {
      waiting = [...batch, ...waiting].slice(-WAITING_MAX)
    })
  }
  const timer = setInterval(() => void write(), WRITE_EVERY_MS)
  timer.unref()
  return {
    note(attempts) {
      for (const { source, calls } of attempts) {
        for (const call of calls) waiting.push({ ...call, source, priority: 'user' })
      }
      if (waiting.length > WAITING_MAX) waiting = waiting.slice(-WAITING_MAX)
    },
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      await write()
    },
  }
}
