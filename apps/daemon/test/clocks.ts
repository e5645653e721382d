// Clocks that stand still until a test moves them.
import type { Micros } from '@onetape/market'

export interface HandClock {
  now(): Micros
  set(at: Micros): void
  forward(byUs: number): void
}

export function handClock(at: Micros): HandClock {
  let now = at
  return {
    now: () => now,
    set: (to) => {
      now = to
    },
    forward: (byUs) => {
      now += byUs
    },
  }
}
