// What Yahoo says about a listing now: the regular session in view, its change, and trades outside of it.
import { lastSession, type Micros, type Session, sessionAt } from '@onetape/market'
import { splitFactor } from '../market/actions.ts'
import { scaledMarket } from '../market/bent-market.ts'
import type { BidAsk } from '../market/bid-ask.ts'
import { sessionBefore, venueOfListing } from '../market/calendar.ts'
import type { Candle, Print } from '../market/candle.ts'
import { yearRange } from '../market/fundamentals.ts'
import { isIndex } from '../market/index-listing.ts'
import type { Listing } from '../market/listing.ts'
import type { Market } from '../market/market.ts'

export interface YahooFacts {
  listing: Listing
  /** The newest session with a regular trade. */
  session: Session
  day: Candle
  last: Print
  previousClose: number
  /** The newest trade when it lies outside regular hours, before (PRE) or after (POST) the session in view. */
  extended: { part: 'pre' | 'post'; trade: Print } | null
  marketState: 'PREPRE' | 'PRE' | 'REGULAR' | 'POST' | 'POSTPOST' | 'CLOSED'
  quote: BidAsk
}

/** Null before the listing's first regular trade. */
export function yahooFacts(market: Market, listing: Listing, now: Micros): YahooFacts | null {
  let session = lastSession(venueOfListing(listing), now)
  let last = market.lastRegularTrade(listing, session, now)
  if (!last) {
    session = sessionBefore(session)
    last = market.lastRegularTrade(listing, session, now)
  }
  const day = market.regularDay(listing, session, now)
  const quote = market.bidAsk(listing, now)
  if (!last || !day || !quote) return null
  const before = sessionBefore(session)
  const previous = market.regularDay(listing, before, now)
  const trade = market.lastTrade(listing, now)!
  return {
    listing,
    session,
    day,
    last,
    previousClose: previous ? previous.close / splitFactor(listing, before.date, session.date) : day.open,
    extended:
      // Indices are worked out in regular hours alone.
      trade.ts > last.ts && !isIndex(listing)
        ? { part: trade.ts >= session.close && trade.ts < session.postClose ? 'post' : 'pre', trade }
        : null,
    marketState: marketState(listing, now),
    quote,
  }
}

export function marketState(listing: Listing, now: Micros): YahooFacts['marketState'] {
  const venue = venueOfListing(listing)
  const moment = sessionAt(venue, now)
  if (moment.state === 'open') return 'REGULAR'
  if (listing.kind === 'fx') return 'CLOSED'
  if (moment.state === 'pre') return 'PRE'
  if (moment.state === 'post') return 'POST'
  // A night between two trading days is not the same as a weekend.
  const hours = (at: Micros) => Math.abs(at - now) / 3_600_000_000
  if (hours(moment.nextChange!.at) <= 4) return 'PREPRE'
  return hours(lastSession(venue, now).postClose) <= 4 ? 'POSTPOST' : 'CLOSED'
}

/** Highest and lowest price of a year; of an index by its fund's. */
export function rangeOfYear(
  market: Market,
  listing: Listing,
  now: Micros,
): { high52: number; low52: number } {
  if (!isIndex(listing)) return yearRange(market, listing, now)
  const { fund, factor } = listing
  const { high52, low52 } = yearRange(scaledMarket(market, 1 / factor), fund, now)
  return { high52: high52 * factor, low52: low52 * factor }
}
