// Demo shows a moving market at any hour: when the real exchange is closed, the market clock is moved on to
// the next session.
import { MINUTE_US, type Micros, nextSession, SECOND_US, sessionAt } from '@onetape/market'

/** Less than this before the close is not worth starting in. */
const LEFT_MIN_US = 2 * MINUTE_US
/** Past the opening auction, so that there is a day to show. */
const AFTER_OPEN_US = 5 * MINUTE_US + 40 * SECOND_US

export interface ShiftStep {
  shiftUs: number
  /** Market time that is jumped over. */
  from: Micros
  to: Micros
}

/** How the shift must grow for trade to be on, or null when it is. */
export function growShift(wallNow: Micros, shiftUs: number): ShiftStep | null {
  const from = wallNow + shiftUs
  const { state, session } = sessionAt('XNYS', from)
  if (state === 'open' && session && session.close - from >= LEFT_MIN_US) return null
  const to = nextSession('XNYS', from).open + AFTER_OPEN_US
  return { shiftUs: to - wallNow, from, to }
}
