// How long to wait before a connection is tried again: exponential with full jitter, so that a thousand clients of a
// vendor that restarts do not come back in the same second.

export interface Backoff {
  /** Milliseconds before the next try; each call doubles the ceiling. */
  nextMs(): number
  /** The connection was healthy: the next wait is short again. */
  reset(): void
}

export const BACKOFF_FIRST_MS = 1_000
export const BACKOFF_MAX_MS = 60_000
/** Jitter may say zero; a loop without any pause is never right. */
export const BACKOFF_MIN_MS = 100

/** @param random numbers in [0, 1). */
export function createBackoff(random: () => number): Backoff {
  let tries = 0
  return {
    nextMs() {
      const ceiling = Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** Math.min(tries, 16))
      tries += 1
      return Math.max(BACKOFF_MIN_MS, Math.round(random() * ceiling))
    },
    reset() {
      tries = 0
    },
  }
}
