/**
 * Where demo's market clock goes when its market is not open. At start it lands a few minutes into the next regular
 * session, where a newcomer finds days with a range; after a session's close jobs it goes on to the next open itself.
 */
import { MINUTE_US, type Micros, nextSession, SECOND_US, sessionAt } from '@onetape/market'

/** Late in a minute, so that the second sweep, and with it the first move, comes soon. */
const START_LEAD_US = 5 * MINUTE_US + 40 * SECOND_US

/** Where a starting demo should be, or null when it is in a regular session already. */
export function landingAtStart(now: Micros): Micros | null {
  if (sessionAt('XNYS', now).state === 'open') return null
  return nextSession('XNYS', now).open + START_LEAD_US
}

/** Where demo goes on once the session is closed and done with. */
export const landingAfterClose = (now: Micros): Micros => nextSession('XNYS', now).open
