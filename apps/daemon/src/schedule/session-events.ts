/**
 * What happens once per session, on the market clock: a sweep of everything soon after the close, and the close jobs
 * (last sweep, official days, demo's jump) once the post-market is over. Pure; the caller remembers what was done.
 */
import { lastSession, MINUTE_US, type Micros, type Session, sessionAt, type Venue } from '@onetape/market'

/** The closing auction's print and the vendors' last corrections of the regular session need a moment. */
export const CLOSE_SWEEP_DELAY_US = MINUTE_US
/** After the end of post-market (of the UTC day for crypto, at 17:00 New York for forex), before its official bars are asked for. */
export const CLOSE_JOBS_DELAY_US = MINUTE_US

/**
 * The session whose closing prices are to be swept now, or null: always null for a venue without a post-market, whose
 * close jobs come as soon. `swept` is the date of the last one that was.
 */
export function closeSweepDue(venue: Venue, now: Micros, swept: string | null): Session | null {
  const { session } = sessionAt(venue, now)
  if (!session || now < session.close + CLOSE_SWEEP_DELAY_US) return null
  return swept !== null && session.date <= swept ? null : session
}

/**
 * The last session that is over, when its close jobs have not run yet; null otherwise.
 * @param delayUs further wait, for a feed that runs behind the venue.
 */
export function closeJobsDue(venue: Venue, now: Micros, done: string | null, delayUs = 0): Session | null {
  const session = lastEndedSession(venue, now - CLOSE_JOBS_DELAY_US - delayUs)
  return done !== null && session.date <= done ? null : session
}

/** The last session whose post-market is over at `now`. */
export function lastEndedSession(venue: Venue, now: Micros): Session {
  let session = lastSession(venue, now)
  while (session.postClose > now) session = lastSession(venue, session.open - 1)
  return session
}
