// The tape asked last: the same record as of any source, but no call leaves the house.
import { type Route, TAPE_MS } from './parts.ts'
import type { Attempt } from './receipt.ts'

export interface TapeAttempt<T> {
  attempt: Attempt
  /** Null when the tape could not be read. */
  found: T | null
}

/** @param count how many of the `asked` symbols an answer holds. */
export async function askTape<T>(
  { wallClock, timers, deadline, onDefect }: Route,
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
  const { promise: tooLong, reject } = Promise.withResolvers<never>()
  const limitMs = Math.max(deadline.leftMs, TAPE_MS / 2)
  const timer = timers.set(() => reject(new Error(`the tape did not answer in ${limitMs} ms`)), limitMs)
  try {
    found = await Promise.race([read(), tooLong])
    const served = count(found)
    const outcome = served === 0 ? 'empty' : served < asked ? 'partial' : 'served'
    const message = served < asked ? 'the tape holds nothing of it' : null
    Object.assign(attempt, { outcome, served, reason: null, message })
  } catch (error) {
    onDefect?.(error)
  } finally {
    timers.clear(timer)
  }
  attempt.latencyMs = (wallClock.now() - startedAt) / 1000
  return { attempt, found }
}
