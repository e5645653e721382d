// The market as one of Alpaca's feeds tells it: all exchanges now (sip) or 15 minutes late (delayed_sip), IEX alone, or
// the coins.
import { lastSession, MINUTE_US, type Micros, type Session } from '@onetape/market'
import type { BidAsk } from '../market/bid-ask.ts'
import { begunSession, sessionBefore, venueOfListing } from '../market/calendar.ts'
import type { Candle, Print } from '../market/candle.ts'
import type { Listing } from '../market/listing.ts'
import type { Market } from '../market/market.ts'
import { dayAtIex, lastSeenAtIex, minuteAtIex, priceAtIex, quoteAtIex } from './iex.ts'

export const STOCK_FEEDS = ['iex', 'sip', 'delayed_sip'] as const
export type StockFeed = (typeof STOCK_FEEDS)[number]
export const SIP_DELAY_US = 15 * MINUTE_US

export interface Tape {
  /** The moment that the feed shows. */
  now: Micros
  lastTrade(listing: Listing): Print | null
  quote(listing: Listing): BidAsk | null
  /** Minutes with trades that start in `from <= start < to`, oldest first unless told otherwise. */
  minutes(listing: Listing, o: { from: Micros; to: Micros; newestFirst?: boolean }): Iterable<Candle>
  lastMinute(listing: Listing): Candle | null
  day(listing: Listing, session: Session): Candle | null
}

export function tapeOf(market: Market, feed: StockFeed | 'us', now: Micros): Tape {
  if (feed === 'iex') return iexTape(market, now)
  return wholeTape(market, feed === 'delayed_sip' ? now - SIP_DELAY_US : now)
}

function wholeTape(market: Market, now: Micros): Tape {
  return {
    now,
    lastTrade: (listing) => market.lastTrade(listing, now),
    quote: (listing) => market.bidAsk(listing, now),
    minutes: (listing, { from, to, newestFirst }) => market.minutes(listing, from, to, now, newestFirst),
    lastMinute: (listing) => lastMinuteOf(market, listing, now),
    day: (listing, session) => market.day(listing, session, now),
  }
}

function iexTape(market: Market, now: Micros): Tape {
  const price = (listing: Listing, session: Session) => priceAtIex(market, listing, { session, now })
  const seen = (listing: Listing) => lastSeenAtIex(listing, now)
  return {
    now,
    lastTrade(listing) {
      const last = market.lastTrade(listing, seen(listing))
      return last && { ...last, price: price(listing, begunSession(listing, last.ts))(last.price) }
    },
    quote(listing) {
      const quote = market.bidAsk(listing, seen(listing))
      return quote && quoteAtIex(listing, quote, price(listing, begunSession(listing, quote.ts)))
    },
    *minutes(listing, { from, to, newestFirst }) {
      let session: Session | null = null
      let convert = price(listing, begunSession(listing, from))
      for (const minute of market.minutes(listing, from, to, now, newestFirst)) {
        if (minute.session !== session) {
          session = minute.session
          convert = price(listing, session)
        }
        const own = minuteAtIex(listing, minute, convert)
        if (own) yield own
      }
    },
    lastMinute(listing) {
      const minute = lastMinuteOf(market, listing, seen(listing))
      if (!minute) return null
      const convert = price(listing, minute.session)
      return minuteAtIex(listing, minute, convert) ?? dayAtIex({ ...minute, volume: 40 }, convert)
    },
    day(listing, session) {
      const day = market.day(listing, session, now)
      return day && dayAtIex(day, price(listing, session))
    },
  }
}

function lastMinuteOf(market: Market, listing: Listing, now: Micros): Candle | null {
  const session = begunSession(listing, now)
  return market.lastMinute(listing, session, now) ?? market.lastMinute(listing, sessionBefore(session), now)
}

/** The newest session with a regular trade, and the one before it. */
export function daysInView(tape: Tape, listing: Listing): { day: Candle | null; previous: Candle | null } {
  let session = lastSession(venueOfListing(listing), tape.now)
  let day = tape.day(listing, session)
  if (!day) {
    session = sessionBefore(session)
    day = tape.day(listing, session)
  }
  return { day, previous: tape.day(listing, sessionBefore(session)) }
}
