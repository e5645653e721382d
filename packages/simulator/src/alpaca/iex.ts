// What the IEX exchange alone sees of a stock: some 2.5 % of the volume, not every minute, and prices that do not quite
// reach the highs and lows of the whole market. Each price is a function of the consolidated one that never changes the
// order of two, so bars of IEX add up to longer bars of IEX.
import { HOUR_US, MINUTE_US, type Micros, SECOND_US, type Session } from '@onetape/market'
import { splitFactor } from '../market/actions.ts'
import type { BidAsk } from '../market/bid-ask.ts'
import { begunSession, dayOf, sessionBefore } from '../market/calendar.ts'
import type { Candle, Print } from '../market/candle.ts'
import { mix, uniform } from '../market/hash.ts'
import type { Listing } from '../market/listing.ts'
import type { Market } from '../market/market.ts'

const SHARE = 0.025
/** Trades that IEX does not see, of all: one in so many is its own. */
const ONE_TRADE_IN = 2
const BEFORE_OPEN_US = 90 * MINUTE_US
const AFTER_CLOSE_US = HOUR_US
/** A minute with fewer shares than this at IEX is there or not by chance. */
const SCARCE = 4
/** Dollars a day below which a side is often without a quote. */
const THIN_TURNOVER = 1_000_000

/** Turns a consolidated price of `session` into that of IEX. */
export type PriceAtIex = (price: number) => number

export function priceAtIex(
  market: Pick<Market, 'day'>,
  listing: Listing,
  o: { session: Session; now: Micros },
): PriceAtIex {
  const before = sessionBefore(o.session)
  const previous = market.day(listing, before, o.now)
  if (!previous) return (price) => price
  const reference = previous.close / splitFactor(listing, before.date, o.session.date)
  const narrower = 1 - (0.004 + 0.012 * uniform(listing.key ^ 0x1e, dayOf(o.session)))
  return (price) => onGrid(reference + (price - reference) * narrower)
}

/** A minute as IEX saw it; null when nothing traded there. */
export function minuteAtIex(listing: Listing, minute: Candle, price: PriceAtIex): Candle | null {
  if (!isOpenAtIex(minute.session, minute.start)) return null
  const volume = Math.floor(minute.volume * SHARE)
  const scarce = volume < SCARCE && mix(listing.key, minute.start / MINUTE_US) % 2 === 0
  return volume === 0 || scarce ? null : scaled(minute, volume, price)
}

/** A day as IEX saw it; null when nothing traded there. */
export function dayAtIex(day: Candle, price: PriceAtIex): Candle | null {
  const volume = Math.floor(day.volume * SHARE)
  return volume === 0 ? null : scaled(day, volume, price)
}

/** The instant up to which IEX has seen the market at `now`: it hears of a listing the less often the less it trades. */
export function lastSeenAtIex(listing: Listing, now: Micros): Micros {
  const session = begunSession(listing, now)
  const open = now >= session.open - BEFORE_OPEN_US
  const until = (open ? session : sessionBefore(session)).close + AFTER_CLOSE_US
  const seconds = listing.volume > 1e7 ? 1 : listing.volume > 1e6 ? 5 : listing.volume > 1e5 ? 30 : 300
  const step = seconds * SECOND_US
  return Math.floor(Math.min(now, until) / step) * step
}

export const isOpenAtIex = (session: Session, ts: Micros): boolean =>
  ts >= session.open - BEFORE_OPEN_US && ts < session.close + AFTER_CLOSE_US

export const isTradeOfIex = (listing: Listing, trade: Pick<Print, 'ts'>): boolean =>
  mix(listing.key ^ 0x7e, Math.floor(trade.ts / 1000) % 4_294_967_296) % ONE_TRADE_IN === 0

/** Wider than the market's best, and of a thin stock sometimes one-sided: price and size 0. */
export function quoteAtIex(listing: Listing, quote: BidAsk, price: PriceAtIex): BidAsk {
  const draw = mix(listing.key ^ 0x5a, Math.floor(quote.ts / SECOND_US))
  const step = quote.bid < 1 ? 0.0001 : 0.01
  const wider = step * (1 + (draw % 3)) + quote.bid * 0.0002
  const noAsk = listing.volume * listing.price < THIN_TURNOVER && draw % 8 === 0
  const inverted = quote.bid > quote.ask ? -1 : 1
  return {
    ts: quote.ts,
    bid: Math.max(step, onGrid(price(quote.bid) - wider * inverted)),
    bidSize: 1 + (draw % 12),
    ask: noAsk ? 0 : onGrid(price(quote.ask) + wider * inverted),
    askSize: noAsk ? 0 : 1 + ((draw >>> 8) % 12),
  }
}

const scaled = (c: Candle, volume: number, price: PriceAtIex): Candle => ({
  ...c,
  open: price(c.open),
  high: price(c.high),
  low: price(c.low),
  close: price(c.close),
  volume,
  count: Math.max(1, Math.round(c.count * SHARE * 1.4)),
})

/** Whole cents, below a dollar hundredths of them. */
const onGrid = (price: number): number =>
  price < 1 ? Math.max(1, Math.round(price * 1e4)) / 1e4 : Math.round(price * 100) / 100
