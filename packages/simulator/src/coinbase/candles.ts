// Candles: numbers as text, newest first, buckets without a trade left out, 350 at most or an error.
import { DAY_US, HOUR_US, MINUTE_US, type Micros, SECOND_US, sessionOn } from '@onetape/market'
import type { Candle } from '../market/candle.ts'
import type { Listing } from '../market/listing.ts'
import type { Market } from '../market/market.ts'
import { dateOf } from './day.ts'
import { decimal, decimalsOf } from './decimal.ts'

export const GRANULARITY_US: Record<string, number> = {
  ONE_MINUTE: MINUTE_US,
  FIVE_MINUTE: 5 * MINUTE_US,
  FIFTEEN_MINUTE: 15 * MINUTE_US,
  THIRTY_MINUTE: 30 * MINUTE_US,
  ONE_HOUR: HOUR_US,
  TWO_HOUR: 2 * HOUR_US,
  FOUR_HOUR: 4 * HOUR_US,
  SIX_HOUR: 6 * HOUR_US,
  ONE_DAY: DAY_US,
}
export const CANDLES_MAX = 350

export interface CandleAsk {
  listing: Listing
  granularityUs: number
  /** Both ends included, as bucket starts. */
  from: Micros
  to: Micros
}

export function candles(market: Market, ask: CandleAsk, now: Micros): Record<string, string>[] {
  const buckets = new Map<number, Candle>()
  for (const base of ask.granularityUs === DAY_US ? days(market, ask, now) : minutes(market, ask, now)) {
    const start = Math.floor(base.start / ask.granularityUs) * ask.granularityUs
    const known = buckets.get(start)
    buckets.set(start, known ? joined(known, base) : { ...base, start })
  }
  const { stepsPerDollar, lotsPerUnit } = ask.listing
  const price = (value: number) => decimal(value, decimalsOf(stepsPerDollar!))
  return [...buckets.values()].reverse().map((c) => ({
    start: String(c.start / SECOND_US),
    low: price(c.low),
    high: price(c.high),
    open: price(c.open),
    close: price(c.close),
    volume: decimal(c.volume, decimalsOf(lotsPerUnit)),
  }))
}

function minutes(
  market: Market,
  { listing, granularityUs, from, to }: CandleAsk,
  now: Micros,
): Iterable<Candle> {
  const first = Math.ceil(from / granularityUs) * granularityUs
  const last = Math.floor(to / granularityUs) * granularityUs
  return market.minutes(listing, first, last + granularityUs, now)
}

function* days(market: Market, { listing, from, to }: CandleAsk, now: Micros): Generator<Candle> {
  for (let at = Math.ceil(from / DAY_US) * DAY_US; at <= Math.min(to, now); at += DAY_US) {
    const day = market.day(listing, sessionOn('CRYPTO', dateOf(at))!, now)
    if (day) yield day
  }
}

const joined = (a: Candle, b: Candle): Candle => ({
  ...a,
  high: Math.max(a.high, b.high),
  low: Math.min(a.low, b.low),
  close: b.close,
  volume: a.volume + b.volume,
  count: a.count + b.count,
})
