// The highest and lowest price of a year.
import { addDays, type Micros, type Session } from '@onetape/market'
import { splitFactor } from './actions.ts'
import { begunSession, sessionBefore } from './calendar.ts'
import { dayFrame } from './day-frame.ts'
import type { Listing } from './listing.ts'
import type { Market } from './market.ts'

const ranges = new WeakMap<Listing, { date: string; high: number; low: number }>()

/** Highest high and lowest low of the last 365 days, on the share basis of the session in view. */
export function yearRange(
  market: Pick<Market, 'day'>,
  listing: Listing,
  now: Micros,
): { high52: number; low52: number } {
  const session = begunSession(listing, now)
  let past = ranges.get(listing)
  if (past?.date !== session.date) {
    past = { date: session.date, ...rangeBefore(listing, session) }
    ranges.set(listing, past)
  }
  const day = market.day(listing, session, now)
  const high52 = Math.max(past.high, day?.high ?? 0)
  const low52 = Math.min(past.low, day?.low ?? Number.POSITIVE_INFINITY)
  return { high52: round(high52, 4), low52: high52 === 0 ? 0 : round(low52, 4) }
}

/** Read off the frames themselves: what is kept must not have passed through a fault's view of the market. */
function rangeBefore(listing: Listing, newest: Session): { high: number; low: number } {
  const from = addDays(newest.date, -365)
  const range = { high: 0, low: Number.POSITIVE_INFINITY }
  let session = sessionBefore(newest)
  while (session.date >= from && session.date >= listing.listed) {
    const frame = dayFrame(listing, session)
    const scale = frame.stepsPerDollar * splitFactor(listing, session.date, newest.date)
    range.high = Math.max(range.high, frame.high / scale)
    range.low = Math.min(range.low, frame.low / scale)
    session = sessionBefore(session)
  }
  return range
}

const round = (value: number, decimals: number): number => Number(value.toFixed(decimals))
