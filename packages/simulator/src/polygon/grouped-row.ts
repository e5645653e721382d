// A listing's row among all bars of one date.
import { addDays, type Micros, sessionOn } from '@onetape/market'
import { splitFactor } from '../market/actions.ts'
import { venueOfListing } from '../market/calendar.ts'
import type { Listing } from '../market/listing.ts'
import type { Market } from '../market/market.ts'
import { dateInNewYork } from '../new-york.ts'
import { type AggregateRow, aggregate } from './aggregates.ts'
import { rounded } from './round.ts'
import { tickerOf } from './tickers.ts'
import { midnightOf } from './windows.ts'

interface GroupedAsk {
  date: string
  adjusted: boolean
  now: Micros
}

/** Null when nothing traded; `t` is the end of the day. */
export function groupedRow(
  market: Market,
  listing: Listing,
  ask: GroupedAsk,
): (AggregateRow & { T: string }) | null {
  return listing.kind === 'fx' ? currencyRow(market, listing, ask) : sessionRow(market, listing, ask)
}

function sessionRow(market: Market, listing: Listing, { date, adjusted, now }: GroupedAsk) {
  const session = sessionOn(venueOfListing(listing), date)
  const day = session && market.day(listing, session, now)
  if (!day) return null
  const f = adjusted ? splitFactor(listing, date, dateInNewYork(now)) : 1
  const [o, h, l, c] = [day.open / f, day.high / f, day.low / f, day.close / f].map(rounded) as [
    number,
    number,
    number,
    number,
  ]
  const v = day.volume * f
  return {
    T: tickerOf(listing),
    v,
    vw: rounded((o + h + l + c) / 4),
    o,
    c,
    h,
    l,
    t: session.close / 1000,
    n: day.count,
  }
}

function currencyRow(market: Market, listing: Listing, { date, adjusted, now }: GroupedAsk) {
  const midnight = midnightOf(listing, date)
  const end = midnightOf(listing, addDays(date, 1))
  const window = { multiplier: 1, timespan: 'day' as const }
  const range = { from: midnight, to: end - 1, adjusted, newestFirst: false, limit: 50_000 }
  const [row] = aggregate(market, { listing, window, ...range }, now).rows
  return row ? { T: tickerOf(listing), ...row, t: end / 1000 - 1 } : null
}
