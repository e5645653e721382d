// The market seen through value faults: an hour old, three or a hundred times the price, bid above ask, or another
// listing's. A fault is used up when a price that it concerns is read for the first time, so that an answer without
// such a price spends none.
import { HOUR_US, type Micros } from '@onetape/market'
import type { StandingFault, ValueFaultKind } from '../faults.ts'
import type { BidAsk } from './bid-ask.ts'
import type { Candle, Print } from './candle.ts'
import { mix } from './hash.ts'
import type { Listing } from './listing.ts'
import type { Market } from './market.ts'

/** What the price methods give, before and after a fault. */
const FACTOR: Partial<Record<ValueFaultKind, number>> = { outlier: 3, unit_error: 100 }
const STALE_US = HOUR_US

/** @param onStrike Told of each fault the first time that it changes something. */
export function bentMarket(
  market: Market,
  standing: readonly StandingFault[],
  onStrike: (kind: ValueFaultKind) => void = () => {},
): Market {
  const claimed = new Set<StandingFault>()
  const strikes = (listing: Listing, ...kinds: ValueFaultKind[]): ValueFaultKind | null => {
    for (const fault of standing) {
      const { kind, symbol } = fault.fault
      if (!kinds.includes(kind as ValueFaultKind)) continue
      if (symbol !== undefined && symbol !== listing.symbol) continue
      if (!claimed.has(fault)) {
        claimed.add(fault)
        fault.claim()
        onStrike(kind as ValueFaultKind)
      }
      return kind as ValueFaultKind
    }
    return null
  }
  const factorOf = (listing: Listing): number =>
    FACTOR[strikes(listing, 'outlier', 'unit_error') ?? 'stale'] ?? 1
  return marketView(market, {
    find: (listing) => (strikes(listing, 'wrong_symbol') ? anotherListing(market, listing) : listing),
    instant: (listing, now) => (strikes(listing, 'stale') ? now - STALE_US : now),
    factorOf,
    isInverted: (listing) => strikes(listing, 'inverted') !== null,
  })
}

/** The market at another scale: an index in points of a fund's dollars. */
export const scaledMarket = (market: Market, factor: number): Market =>
  marketView(market, {
    find: (listing) => listing,
    instant: (_listing, now) => now,
    factorOf: () => factor,
    isInverted: () => false,
  })

interface View {
  find(listing: Listing): Listing
  /** The instant to look at instead of `now`. */
  instant(listing: Listing, now: Micros): Micros
  factorOf(listing: Listing): number
  isInverted(listing: Listing): boolean
}

function marketView(market: Market, { find, instant, factorOf, isInverted }: View): Market {
  const bentCandle = (listing: Listing, candle: Candle | null): Candle | null =>
    candle && scaledCandle(candle, factorOf(listing))
  const bentPrint = (listing: Listing, print: Print | null): Print | null => {
    const factor = print ? factorOf(listing) : 1
    return print && factor !== 1 ? { ...print, price: print.price * factor } : print
  }
  // All of them: a method left out would look for the market's private parts in the view.
  const view: Omit<Market, 'universe'> = {
    find(symbol) {
      const listing = market.find(symbol)
      return listing && find(listing)
    },
    day: (l, session, now) => bentCandle(l, market.day(l, session, instant(l, now))),
    regularDay: (l, session, now) => bentCandle(l, market.regularDay(l, session, instant(l, now))),
    volume: (l, session, now) => market.volume(l, session, instant(l, now)),
    *minutes(l, from, to, now, newestFirst) {
      for (const minute of market.minutes(l, from, to, instant(l, now), newestFirst))
        yield bentCandle(l, minute)!
    },
    *prints(l, from, to, now) {
      for (const print of market.prints(l, from, to, instant(l, now))) yield bentPrint(l, print)!
    },
    lastMinute: (l, session, now) => bentCandle(l, market.lastMinute(l, session, instant(l, now))),
    lastTrade: (l, now) => bentPrint(l, market.lastTrade(l, instant(l, now))),
    lastRegularTrade: (l, session, now) => bentPrint(l, market.lastRegularTrade(l, session, instant(l, now))),
    trades: (l, now, limit) => market.trades(l, instant(l, now), limit).map((t) => bentPrint(l, t)!),
    bidAsk(l, now) {
      const quote = market.bidAsk(l, instant(l, now))
      return quote && bentQuote(quote, factorOf(l), isInverted(l))
    },
  }
  // The real market stays behind it for what is no price.
  return Object.assign(Object.create(market), view) as Market
}

function bentQuote(quote: BidAsk, factor: number, inverted: boolean): BidAsk {
  const [bid, ask] = inverted ? [quote.ask, quote.bid] : [quote.bid, quote.ask]
  return { ...quote, bid: bid * factor, ask: ask * factor }
}

const scaledCandle = (c: Candle, factor: number): Candle =>
  factor === 1
    ? c
    : {
        ...c,
        open: c.open * factor,
        high: c.high * factor,
        low: c.low * factor,
        close: c.close * factor,
      }

/** Another listing of the same kind, always the same one. */
export function anotherListing(market: Market, listing: Listing): Listing {
  const { equities, crypto, bySymbol } = market.universe
  const peers =
    listing.kind === 'equity'
      ? // The known names: they have traded for long.
        equities.slice(0, 100)
      : listing.kind === 'crypto'
        ? crypto
        : [...bySymbol.values()].filter((l) => l.kind === listing.kind)
  const at = mix(listing.key, 0x77) % peers.length
  return peers[at] === listing ? peers[(at + 1) % peers.length]! : peers[at]!
}
