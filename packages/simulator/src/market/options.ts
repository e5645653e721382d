// Options on the market's equities: which contracts there are, and what each is worth around the deterministic price
// of its underlying (Black and Scholes 1973, without dividends, with a smile). Quotes stand still outside hours.
import { addDays, instantInZone, type Micros, sessionOn } from '@onetape/market'
import { begunSession, dayNumber } from './calendar.ts'
import type { Listing } from './listing.ts'
import {
  contractAt,
  type Expiry,
  type OptionContract,
  type OptionPrices,
  stageOf,
  WEEKLIES_FROM,
  yearlyVolatility,
  yearsUntil,
} from './option-contract.ts'
import { strikesOf } from './option-strikes.ts'

export { type Expiry, INTEREST_RATE, type OptionContract, yearlyVolatility } from './option-contract.ts'

const EXPIRY_HOUR_MS = 16 * 3_600_000
/** Dollars a day from which an underlying has options at all, and an expiry for each day. */
const OPTIONS_FROM = 8_000_000
const DAILIES_FROM = 14_000_000_000

export const isOptionable = (listing: Listing): boolean =>
  listing.kind === 'equity' &&
  listing.price >= 3 &&
  listing.price < 20_000 &&
  listing.price * listing.volume >= OPTIONS_FROM

/** Expiries that are listed on `date`, soonest first; one that ends on that very date included. */
export function expiriesOf(listing: Listing, date: string): Expiry[] {
  if (!isOptionable(listing) || date < listing.listed) return []
  const turnover = listing.price * listing.volume
  const found = new Map<string, Expiry['kind']>()
  const add = (day: string, kind: Expiry['kind']) => {
    const open = sessionNotAfter(day)
    if (open >= date && !found.has(open)) found.set(open, kind)
  }
  const months = [0, 1, 2, 3, 5, 8, 11]
  for (const ahead of months) add(thirdFriday(date, ahead), 'monthly')
  for (const year of [1, 2]) add(thirdFriday(`${Number(date.slice(0, 4)) + year}-01-01`, 0), 'monthly')
  if (turnover >= WEEKLIES_FROM) {
    for (let week = 0; week < 6; week++) add(addDays(fridayFrom(date), 7 * week), 'weekly')
  }
  if (turnover >= DAILIES_FROM) {
    for (let day = 0; day < 12; day++)
      if (sessionOn('XNYS', addDays(date, day))) add(addDays(date, day), 'daily')
  }
  return [...found].map(([day, kind]) => ({ date: day, kind })).sort((a, b) => (a.date < b.date ? -1 : 1))
}

/** All contracts of an expiry at `now`, by strike, the call before the put; empty where it is not listed. */
export function optionChain(
  market: OptionPrices,
  listing: Listing,
  expiry: Expiry,
  now: Micros,
): OptionContract[] {
  const stage = stageOf(market, listing, now)
  if (!stage || expiry.date < stage.session.date) return []
  const expiresAt = instantInZone(expiry.date, EXPIRY_HOUR_MS, 'America/New_York')
  const strikes = strikesOf({
    price: stage.previousPrice,
    volatility: yearlyVolatility(listing),
    years: yearsUntil(expiresAt, stage.session.open),
    density: stage.turnover >= DAILIES_FROM ? 'fine' : stage.turnover >= WEEKLIES_FROM ? 'normal' : 'coarse',
  })
  return strikes.flatMap((strike) =>
    (['call', 'put'] as const).map((right) => contractAt(stage, { expiry, expiresAt, right, strike })),
  )
}

/** One contract; null where it is not listed. */
export function optionContract(
  market: OptionPrices,
  listing: Listing,
  o: { expiry: string; right: 'call' | 'put'; strike: number; now: Micros },
): OptionContract | null {
  const date = begunSession(listing, o.now).date
  const expiry = expiriesOf(listing, date).find((e) => e.date === o.expiry)
  const chain = expiry ? optionChain(market, listing, expiry, o.now) : []
  return chain.find((c) => c.right === o.right && c.strike === o.strike) ?? null
}

const fridayFrom = (date: string): string => {
  const weekday = (((dayNumber(date) + 4) % 7) + 7) % 7
  return addDays(date, (5 - weekday + 7) % 7)
}

function thirdFriday(date: string, monthsAhead: number): string {
  const month = Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7)) - 1 + monthsAhead
  return addDays(fridayFrom(`${Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, '0')}-01`), 14)
}

function sessionNotAfter(date: string): string {
  let day = date
  while (!sessionOn('XNYS', day)) day = addDays(day, -1)
  return day
}
