// For tests: time that passes only when everything waits for it, so that deadlines of seconds take none.
import type { Clock } from '@onetape/market'
import type { Timers } from '../stream/timers.ts'

export interface VirtualTime extends Timers {
  clock: Clock
  /** Resolves after `ms`; rejects as soon as the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
  pass(ms: number): void
}

interface Due {
  at: number
  run: () => void
}

export function virtualTime(startUs: number): VirtualTime {
  let nowUs = startUs
  const queue = new Set<Due>()
  let pumping = false

  const pump = () => {
    if (pumping || queue.size === 0) return
    pumping = true
    // Promises settle before an immediate runs: only what really waits sees time pass.
    setImmediate(() => {
      pumping = false
      const due = [...queue].reduce<Due | null>((a, b) => (a && a.at <= b.at ? a : b), null)
      if (!due) return
      queue.delete(due)
      nowUs = Math.max(nowUs, due.at)
      due.run()
      pump()
    })
  }
  const set = (run: () => void, ms: number): Due => {
    const due = { at: nowUs + ms * 1000, run }
    queue.add(due)
    pump()
    return due
  }
  const clear = (timer: unknown) => void queue.delete(timer as Due)

  return {
    clock: { now: () => nowUs },
    set,
    clear,
    pass: (ms) => {
      nowUs += ms * 1000
    },
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        const timer = set(resolve, ms)
        const stop = () => {
          clear(timer)
          reject(signal!.reason)
        }
        if (signal?.aborted) stop()
        else signal?.addEventListener('abort', stop, { once: true })
      }),
  }
}
