// The tape asked last: the same record as of any source, but no call leaves the house.
import type { RouterParts } from './parts.ts'
import type { Attempt } from './receipt.ts'

export interface TapeAttempt<T> {
  attempt: Attempt
  /** Null when the tape could not be read. */
  found: T | null
}

/** @param count how many of the `asked` symbols an answer holds. */
export async function askTape<T>(
  { wallClock, onDefect }: RouterParts,
  { asked, read, count }: { asked: number; read: () => Promise<T>; count: (found: T) => number },
): Promise<TapeAttempt<T>> {
  const startedAt = wallClock.now()
  const attempt: Attempt = {
    source: 'tape',
    outcome: 'failed',
    reason: 'unavailable',
    message: 'the tape could not be read',
    startedAt,
    latencyMs: null,
    asked,
    served: 0,
    calls: [],
    retryAt: null,
  }
  let found: T | null = null
  try {
    found = await read()
    const served = count(found)
    const outcome = served === 0 ? 'empty' : served < asked ? 'partial' : 'served'
    const message = served < asked ? 'the tape holds nothing of it' : null
    Object.assign(attempt, { outcome, served, reason: null, message })
  } catch (error) {
    onDefect?.(error)
  }
  attempt.latencyMs = (wallClock.now() - startedAt) / 1000
  return { attempt, found }
}
