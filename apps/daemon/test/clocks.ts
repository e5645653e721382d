// Clocks that a test moves: those that stand still until then, and one that runs.
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

/** Runs on from an instant, as fast as time does, and jumps when told. */
export function runningClock(at: Micros): Pick<HandClock, 'now' | 'forward'> {
  let offset = at - performance.now() * 1000
  return {
    now: () => Math.round(performance.now() * 1000 + offset),
    forward: (byUs) => {
      offset += byUs
    },
  }
}
