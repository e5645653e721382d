// Which days a listing trades on, and numbers for them.
import {
  addDays,
  DAY_US,
  lastSession,
  type Micros,
  type Session,
  sessionAt,
  sessionOn,
  sessionsBetween,
  type Venue,
} from '@onetape/market'
import type { Listing } from './listing.ts'

const VENUES = { equity: 'XNYS', crypto: 'CRYPTO', fx: 'FX' } as const satisfies Record<
  Listing['kind'],
  Venue
>

export const venueOfListing = (listing: Listing): Venue => VENUES[listing.kind]

/** Whole days since 1970-01-01. */
export const dayNumber = (date: string): number => Date.parse(`${date}T00:00:00Z`) / 86_400_000

/** The same number for a session: in UTC, equities and crypto open on their own date and forex closes on it. */
export const dayOf = (session: Session): number =>
  Math.floor((session.venue === 'FX' ? session.close : session.open) / DAY_US)

/** The session before one; for a listing's first day too, so that there is a previous close to start from. */
export const sessionBefore = (session: Session): Session => lastSession(session.venue, session.open - 1)

/** Sessions of a listing with `from <= date <= to`, none before it was listed. */
export const sessionsOf = (listing: Listing, from: string, to: string): Session[] =>
  sessionsBetween(venueOfListing(listing), from > listing.listed ? from : listing.listed, to)

/** The session of a date on which the listing traded, or null. */
export const sessionOf = (listing: Listing, date: string): Session | null =>
  date < listing.listed ? null : sessionOn(venueOfListing(listing), date)

/** The date itself when it is a session, else the next one that is. */
export function sessionDateFrom(listing: Listing, date: string): string {
  let day = date
  while (!sessionOn(venueOfListing(listing), day)) day = addDays(day, 1)
  return day
}

/** The session that has begun, pre-market included, at `now`. */
export function begunSession(listing: Listing, now: Micros): Session {
  const venue = venueOfListing(listing)
  return sessionAt(venue, now).session ?? lastSession(venue, now)
}
