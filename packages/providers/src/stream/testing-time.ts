// Time for tests: both clocks and the timers move only when told, and everything due happens in order.
import type { Clock } from '@onetape/market'
import type { Timers } from './timers.ts'

export interface TestTime {
  marketClock: Clock
  wallClock: Clock
  timers: Timers
  /** Moves on, running what is due on the way, and lets all that follows from it happen. */
  advance(ms: number): Promise<void>
  settle(): Promise<void>
}

/** Turns of the event loop after which nothing is left to happen that does not wait for time. */
const TURNS = 4

export function testTime(iso: string): TestTime {
  let now = Date.parse(iso)
  let nextId = 0
  const waiting = new Map<number, { at: number; run: () => void }>()
  const clock = { now: () => now * 1000 }
  const settle = async () => {
    for (let i = 0; i < TURNS; i++) await new Promise((resolve) => setImmediate(resolve))
  }
  return {
    marketClock: clock,
    wallClock: { now: () => now * 1000 - 86_400_000_000 },
    timers: {
      set(run, ms) {
        waiting.set(nextId, { at: now + ms, run })
        return nextId++
      },
      clear: (id) => void waiting.delete(id as number),
    },
    settle,
    async advance(ms) {
      const until = now + ms
      await settle()
      for (;;) {
        const due = [...waiting].filter(([, t]) => t.at <= until).sort((a, b) => a[1].at - b[1].at)[0]
        if (!due) break
        waiting.delete(due[0])
        now = Math.max(now, due[1].at)
        due[1].run()
        await settle()
      }
      now = until
    },
  }
}
