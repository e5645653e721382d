// One option contract: what it is worth around its underlying's price, and how it is quoted and traded.
import { DAY_US, HOUR_US, MINUTE_US, type Micros, type Session } from '@onetape/market'
import { splitFactor } from './actions.ts'
import { begunSession, dayNumber, sessionBefore } from './calendar.ts'
import { mix, uniform } from './hash.ts'
import type { Listing } from './listing.ts'
import type { Market } from './market.ts'
import { type Greeks, greeksOf } from './option-value.ts'

export const INTEREST_RATE = 0.04
/** Dollars a day from which an underlying has weekly expiries, and narrow quotes at some times of that. */
export const WEEKLIES_FROM = 250_000_000
const TRADING_DAYS = 252

export interface Expiry {
  /** `YYYY-MM-DD` */
  date: string
  kind: 'daily' | 'weekly' | 'monthly'
}

/** One contract for 100 shares, as it stands at `asOf`. Prices in dollars a share. */
export interface OptionContract {
  underlying: Listing
  expiry: Expiry
  right: 'call' | 'put'
  strike: number
  /** Trading ends. */
  expiresAt: Micros
  underlyingPrice: number
  /** 0 bid: nobody bids. */
  bid: number
  ask: number
  bidSize: number
  askSize: number
  quoteTs: Micros
  /** The last trade, of an earlier day when there was none today; null when it never traded. */
  last: { price: number; size: number; ts: Micros } | null
  /** Today's, all 0 without a trade today. */
  open: number
  high: number
  low: number
  volume: number
  /** Theoretical value at the previous close. */
  previousClose: number
  openInterest: number
  theoretical: number
  /** A fraction a year; null, and no greeks, where the quote is no guide to it. */
  impliedVolatility: number | null
  greeks: Greeks | null
}

/** What a chain needs of the market: also a bent view of it. */
export type OptionPrices = Pick<Market, 'lastRegularTrade' | 'day'>

/** What all contracts of an underlying share at one instant. */
export interface Stage {
  listing: Listing
  session: Session
  asOf: Micros
  price: number
  previousPrice: number
  previousClose: Micros
  turnover: number
  /** How much of the session is over, 0 to 1. */
  progress: number
  /** Price of the underlying at an instant of the session. */
  priceAt(ts: Micros): number
}

export function stageOf(market: OptionPrices, listing: Listing, now: Micros): Stage | null {
  let session = begunSession(listing, now)
  if (now < session.open) session = sessionBefore(session)
  const before = sessionBefore(session)
  const asOf = Math.min(now, session.close - 1)
  const factor = splitFactor(listing, before.date, session.date)
  const previous = market.day(listing, before, now)
  const known = new Map<Micros, number>()
  const previousPrice = previous && previous.close / factor
  const priceAt = (ts: Micros) => {
    let price = known.get(ts)
    if (price === undefined) {
      price = market.lastRegularTrade(listing, session, ts)?.price ?? previousPrice!
      known.set(ts, price)
    }
    return price
  }
  if (!previousPrice) return null
  return {
    listing,
    session,
    asOf,
    price: priceAt(asOf),
    previousPrice,
    previousClose: before.close,
    turnover: listing.price * listing.volume,
    progress: Math.min(1, Math.max(0, (asOf - session.open) / (session.close - session.open))),
    priceAt,
  }
}

interface Terms {
  expiry: Expiry
  expiresAt: Micros
  right: 'call' | 'put'
  strike: number
}

export function contractAt(stage: Stage, terms: Terms): OptionContract {
  const { listing, session, asOf, price } = stage
  const { strike, right, expiresAt } = terms
  const key = mix(
    mix(listing.key, dayNumber(terms.expiry.date)),
    Math.round(strike * 1000) * 2 + (right === 'call' ? 1 : 0),
  )
  const worth = (underlying: number, ts: Micros) => {
    const years = yearsUntil(expiresAt, ts)
    const volatility = smile(listing, { price: underlying, strike, years })
    return greeksOf({ price: underlying, strike, years, volatility, rate: INTEREST_RATE, right })
  }
  const now = worth(price, asOf)
  const { tick, ...quote } = quoteAround(stage, key, now.value)
  const intrinsic = Math.max(0, right === 'call' ? price - strike : strike - price)
  const solvable =
    quote.bid > 0 && (quote.bid + quote.ask) / 2 - intrinsic > 0.005 && now.greeks.vega > 0.0005
  const { openInterest, dayVolume } = activity(stage, terms, key)
  const volume = Math.floor(dayVolume * stage.progress)
  const trade = (ts: Micros) => toTick(worth(stage.priceAt(ts), ts).value, tick)
  const lastTs = volume > 0 ? lastTradeTs(stage, key, volume) : null
  const firstTs = session.open + (1 + (key % 12)) * 5 * MINUTE_US
  const previousClose = toTick(worth(stage.previousPrice, stage.previousClose).value, 0.01)
  const last = lastTs === null ? null : trade(lastTs)
  const open = lastTs === null ? 0 : trade(Math.min(firstTs, lastTs))
  return {
    underlying: listing,
    expiry: terms.expiry,
    right,
    strike,
    expiresAt,
    underlyingPrice: price,
    ...quote,
    quoteTs: asOf - (mix(key, Math.floor(asOf / 1_000_000)) % 1_000_000),
    last:
      last !== null
        ? { price: last, size: 1 + (mix(key, volume) % 20), ts: lastTs! }
        : openInterest > 0
          ? {
              price: Math.max(0.01, previousClose),
              size: 1 + (key % 9),
              ts: stage.previousClose - (key % (5 * HOUR_US)),
            }
          : null,
    open,
    high: last === null ? 0 : Math.max(open, last),
    low: last === null ? 0 : Math.min(open, last),
    volume,
    previousClose,
    openInterest,
    theoretical: Number(now.value.toFixed(4)),
    impliedVolatility: solvable ? Number(now.volatility.toFixed(6)) : null,
    greeks: solvable ? now.greeks : null,
  }
}

/** Worse for wings and for what hardly trades; in steps of a cent, from 3 dollars on of five where it is thin. */
function quoteAround({ turnover, asOf }: Stage, key: number, value: number) {
  const tick = value >= 3 && turnover < WEEKLIES_FROM * 8 ? 0.05 : 0.01
  const half = Math.max(tick / 2, value * (turnover >= WEEKLIES_FROM * 8 ? 0.006 : 0.03))
  const bid = Math.max(0, floorTo(value - half, tick))
  const ask = Math.max(bid + tick, ceilTo(value + half, tick))
  const draw = mix(key, Math.floor(asOf / 5_000_000))
  return {
    tick,
    bid: Number(bid.toFixed(2)),
    ask: Number(ask.toFixed(2)),
    bidSize: bid === 0 ? 0 : 1 + (draw % 180),
    askSize: 1 + ((draw >>> 8) % 180),
  }
}

/** Most is held and traded near the price, at round strikes, and in the monthlies. */
function activity(
  { listing, previousPrice, turnover, session }: Stage,
  { expiry, strike }: Terms,
  key: number,
) {
  const away = Math.log(strike / previousPrice) / Math.max(0.03, yearlyVolatility(listing) / 4)
  const near = Math.exp(-0.5 * away * away)
  const roundness = strike % 10 === 0 ? 3 : strike % 5 === 0 ? 2 : 1
  const popular = { daily: 0.5, weekly: 1, monthly: 4 }[expiry.kind] * roundness * Math.sqrt(turnover / 1e7)
  const openInterest = Math.floor(popular * 60 * near * (0.3 + 1.4 * uniform(key, 1)))
  const dayVolume = Math.floor(openInterest * 0.35 * uniform(key, 100 + dayNumber(session.date)) ** 2)
  return { openInterest, dayVolume }
}

/** The busier the closer to now; on a grid, so that few prices of the underlying are asked for. */
function lastTradeTs({ asOf, session }: Stage, key: number, volume: number): Micros {
  const grid = volume > 500 ? MINUTE_US : volume > 50 ? 5 * MINUTE_US : 15 * MINUTE_US
  const back = volume > 500 ? 0 : key % 3
  const ts = Math.floor((asOf - session.open) / grid - back) * grid + session.open
  return Math.min(asOf, Math.max(session.open + 30_000_000, ts))
}

function smile(
  listing: Listing,
  { price, strike, years }: { price: number; strike: number; years: number },
): number {
  const base = yearlyVolatility(listing) * (1 + 0.04 * uniform(listing.key, 0x91))
  const away = Math.log(strike / price) / (base * Math.sqrt(Math.max(years, 0.02)))
  const m = Math.max(-4, Math.min(4, away))
  return base * (1 - 0.035 * m + 0.03 * m * m)
}

export const yearlyVolatility = (listing: Listing): number => listing.volatility * Math.sqrt(TRADING_DAYS)

/** In the last minute time stands still, so that nothing is divided by zero. */
export const yearsUntil = (expiresAt: Micros, ts: Micros): number =>
  Math.max(expiresAt - ts, MINUTE_US) / (365 * DAY_US)

const floorTo = (value: number, tick: number): number => Math.floor(value / tick + 1e-9) * tick
const ceilTo = (value: number, tick: number): number => Math.ceil(value / tick - 1e-9) * tick
const toTick = (value: number, tick: number): number =>
  Number(Math.max(tick, Math.round(value / tick) * tick).toFixed(2))
