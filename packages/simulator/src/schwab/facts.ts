// What Schwab's quotes are made of, in REST and in the stream.
import { lastSession, type Micros, type Session } from '@onetape/market'
import { splitFactor } from '../market/actions.ts'
import type { BidAsk } from '../market/bid-ask.ts'
import { begunSession, sessionBefore } from '../market/calendar.ts'
import type { Candle, Print } from '../market/candle.ts'
import type { Listing } from '../market/listing.ts'
import type { Market } from '../market/market.ts'

export interface Facts {
  last: Print
  quote: BidAsk
  /** The newest session with regular trades: yesterday's until today's opens. */
  day: Candle
  regular: Print
  /** Volume of the session that `last` lies in, pre-market included. */
  volume: number
  /** Close of the session before that of `last`. */
  previousClose: number
  session: Session
}

/** Null before the listing's first regular trade. */
export function factsOf(market: Market, listing: Listing, now: Micros): Facts | null {
  const last = market.lastTrade(listing, now)
  const quote = market.bidAsk(listing, now)
  if (!last || !quote) return null
  let open = lastSession('XNYS', now)
  let regular = market.lastRegularTrade(listing, open, now)
  if (!regular) {
    open = sessionBefore(open)
    regular = market.lastRegularTrade(listing, open, now)
  }
  const day = market.regularDay(listing, open, now)
  if (!regular || !day) return null
  const session = begunSession(listing, last.ts)
  const before = sessionBefore(session)
  const previous = market.regularDay(listing, before, now)
  return {
    last,
    quote,
    day,
    regular,
    volume: market.volume(listing, session, now),
    previousClose: previous ? previous.close / splitFactor(listing, before.date, session.date) : day.open,
    session,
  }
}
