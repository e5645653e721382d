// Market time is wall time plus a shift that lives in the database and only grows. In live it is zero. Every process
// keeps its copy level by listening to `onetape_clock`; this one never runs backwards, whatever it hears.
import type { Clock, Micros } from '@onetape/market'

export interface MarketClock extends Clock {
  readonly shiftUs: number
  /** Takes a newer shift; a smaller or unreadable one is ignored. True when the clock moved. */
  grow(shiftUs: number): boolean
}

export function createMarketClock(wall: Clock, shiftUs = 0): MarketClock {
  let shift = shiftUs
  return {
    now: (): Micros => wall.now() + shift,
    get shiftUs() {
      return shift
    },
    grow(next) {
      if (!Number.isSafeInteger(next) || next <= shift) return false
      shift = next
      return true
    },
  }
}
