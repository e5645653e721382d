// Every request that went out, kept for the tape: collected while it happens, written in batches in the background, so
// that no sweep waits for its own bookkeeping.
import { type Db, type ProviderCallRow, recordCalls } from '@onetape/db'
import type { CallOptions, Priority, WireCall } from '@onetape/providers'

export interface CallLog extends AsyncDisposable {
  /** Options for a call of a source: its priority, and where its requests are noted. */
  options(o: { source: string; priority: Priority; signal?: AbortSignal }): CallOptions
  /** Calls that could not be kept because the tape did not take them in time. */
  lost(): number
  flush(): Promise<void>
}

const FLUSH_MS = 2_000
const BATCH_MAX = 500
const WAITING_MAX = 20_000

export function createCallLog(
  db: Pick<Db, 'pool'> | null,
  { record = (rows: readonly ProviderCallRow[]) => recordCalls(db as Db, rows) } = {},
): CallLog {
  let waiting: ProviderCallRow[] = []
  let lost = 0
  let flushing: Promise<void> | null = null

  const write = async () => {
    while (waiting.length > 0) {
      const batch = waiting.slice(0, BATCH_MAX)
      await record(batch)
      waiting = waiting.slice(batch.length)
    }
  }
  const flush = (): Promise<void> => {
    // What could not be written waits for the next time, up to the bound.
    flushing ??= write()
      .catch(() => {})
      .finally(() => {
        flushing = null
      })
    return flushing
  }
  const note = (source: string, priority: Priority, call: WireCall) => {
    if (!db) return
    if (waiting.length >= WAITING_MAX) {
      lost += 1
      return
    }
    waiting.push({ ...call, at: Math.round(call.at), source, priority })
    if (waiting.length % BATCH_MAX === 0) void flush()
  }
  const timer = db ? setInterval(() => void flush(), FLUSH_MS) : undefined
  timer?.unref()
  return {
    lost: () => lost,
    flush,
    options: ({ source, priority, signal }) => ({
      priority,
      ...(signal ? { signal } : {}),
      onCall: (call) => note(source, priority, call),
    }),
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      await flush()
    },
  }
}
