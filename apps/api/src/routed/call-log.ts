// Requests that users' questions caused, written behind them: nobody waits for the books. Those of a user's own sources
// are written as that user, so that nobody else reads them.
import { type Db, type ProviderCallRow, recordCalls } from '@onetape/db'
import type { Attempt } from '@onetape/providers'

export interface CallLog extends AsyncDisposable {
  /** Each attempt once, however many receipts share it. @param userId who asked; null for the house. */
  note(attempts: readonly Pick<Attempt, 'source' | 'calls'>[], userId: string | null): void
}

export interface CallLogDeps {
  db: Db
  /** Whether the source of that name was asked with the user's own credentials. */
  isOwn(userId: string, source: string): boolean
}

const WRITE_EVERY_MS = 1_000
/** Kept while the database is away; older ones are given up first. */
const WAITING_MAX = 5_000

export function createCallLog({ db, isOwn }: CallLogDeps): CallLog {
  let waiting: ProviderCallRow[] = []
  const write = async () => {
    if (waiting.length === 0) return
    const batch = waiting
    waiting = []
    // One owner's at a time: what is written is not written again when another's fails.
    for (const calls of Map.groupBy(batch, ({ userId }) => userId).values()) {
      await recordCalls(db, calls).catch(() => {
        waiting = [...calls, ...waiting].slice(-WAITING_MAX)
      })
    }
  }
  const timer = setInterval(() => void write(), WRITE_EVERY_MS)
  timer.unref()
  return {
    note(attempts, userId) {
      for (const { source, calls } of attempts) {
        const owner = userId !== null && isOwn(userId, source) ? userId : null
        for (const call of calls) waiting.push({ ...call, source, priority: 'user', userId: owner })
      }
      if (waiting.length > WAITING_MAX) waiting = waiting.slice(-WAITING_MAX)
    },
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      await write()
    },
  }
}
