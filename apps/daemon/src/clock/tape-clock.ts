/**
 * Wall time as the tape's server has it. Several machines share the tape and their clocks may disagree by minutes; slots,
 * sessions and the times stamped on rows must not. Each answer of the server that carries its clock says how far ours
 * is off; what is less than a round trip can tell is left alone, so on one machine this is the wall clock itself.
 */
import type { Clock, Micros } from '@onetape/market'

export interface TapeClock extends Clock {
  /** How far the server runs ahead of our wall clock. */
  readonly offsetUs: number
  /** Asks a question whose answer carries the server's clock, and learns from it. */
  ask<T extends { serverNow: Micros }>(question: () => Promise<T>): Promise<T>
}

/** Two clocks that keep time by network agree much closer than this. */
const TOLERATED_US = 250_000
/** An answer that took longer says too little. */
const ROUND_TRIP_MAX_US = 2_000_000

export function createTapeClock(wall: Clock): TapeClock {
  let offsetUs = 0
  return {
    now: () => wall.now() + offsetUs,
    get offsetUs() {
      return offsetUs
    },
    async ask(question) {
      const sentAt = wall.now()
      const answer = await question()
      const tripUs = wall.now() - sentAt
      const measuredUs = Math.round(answer.serverNow - sentAt - tripUs / 2)
      // A clock that was set in between makes nonsense of the trip.
      const isTelling = tripUs >= 0 && tripUs <= ROUND_TRIP_MAX_US
      if (isTelling && Math.abs(measuredUs - offsetUs) > TOLERATED_US + tripUs) offsetUs = measuredUs
      return answer
    },
  }
}
