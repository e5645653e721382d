// One price as it came, and what it tells of the plan: which tape, how far behind, how old. Pure.
import { type AssetClass, MINUTE_US, type Micros, type Quote, sessionAt, venueOf } from '@onetape/market'
import type { DataTier } from '../capability.ts'

export interface SeenQuote {
  symbol: string
  last: number
  feed: string
  delayedMinutes: number
  /** Market time between the event and its arrival, in milliseconds. */
  ageMs: number
}

/** The row of `symbol`, or the newest one where that has no price or lags behind. */
export function sampleFrom(
  rows: readonly Quote[],
  symbol: string,
  o: { assetClass: AssetClass; now: Micros; tiers: readonly DataTier[] },
): SeenQuote | null {
  const priced = rows.filter((row) => row.assetClass === o.assetClass && priceOf(row) !== null)
  const [first, ...others] = priced
  if (!first) return null
  const newest = others.reduce((a, b) => (b.ts > a.ts ? b : a), first)
  const named = priced.find((row) => row.symbol === symbol && newest.ts - row.ts < MINUTE_US)
  const row = named ?? newest
  const age = Math.max(0, o.now - row.ts)
  return {
    symbol: row.symbol,
    last: priceOf(row)!,
    feed: row.feed,
    delayedMinutes: delayOf(row, age, o),
    ageMs: Math.round(age / 1000),
  }
}

const priceOf = ({ last, bid, ask }: Pick<Quote, 'last' | 'bid' | 'ask'>): number | null => last ?? bid ?? ask

/** In an open session a symbol that everybody trades is not silent for longer. */
const QUIET_US = 10 * MINUTE_US
/** Around a plan's delay, what an age still speaks for. */
const NEAR_MINUTES = 5

/** What the row says; where it says live and its age in an open session fits a plan that runs behind, that. */
function delayOf(
  quote: Quote,
  age: Micros,
  { assetClass, now, tiers }: { assetClass: AssetClass; now: Micros; tiers: readonly DataTier[] },
): number {
  if (quote.delayedMinutes > 0 || quote.tsOrigin !== 'vendor' || age < QUIET_US) return quote.delayedMinutes
  const { state, session } = sessionAt(venueOf(assetClass), now)
  if (state !== 'open' || !session || now - session.open < 3 * QUIET_US) return 0
  const minutes = age / MINUTE_US
  const declared = tiers.flatMap((tier) => tier.access[assetClass]?.quotes?.delayedMinutes ?? [])
  return declared.find((delay) => delay > 0 && Math.abs(delay - minutes) <= NEAR_MINUTES) ?? 0
}

/** `AAPL 234.56, live from sip, 2 s old`. */
export function quoteWords({ symbol, last, feed, delayedMinutes, ageMs }: SeenQuote): string {
  const how = delayedMinutes > 0 ? `${delayedMinutes} minutes late` : 'live'
  return `${symbol} ${last}, ${how} from ${feed}, ${ageWords(ageMs)} old`
}

export function ageWords(ageMs: number): string {
  const seconds = Math.round(ageMs / 1000)
  if (seconds < 120) return `${seconds} s`
  const minutes = Math.round(seconds / 60)
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`
}

/** `20 years`, `48 days`. */
export const daysWords = (days: number): string =>
  days >= 700 ? `${Math.round(days / 365)} years` : `${days} days`
