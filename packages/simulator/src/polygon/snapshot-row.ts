// One row of a snapshot, written as text: its nanoseconds are beyond what a JavaScript number holds, and with eight
// thousand rows the detour over objects would cost more than the prices.

import { HOUR_US, type Micros, type Session } from '@onetape/market'
import { splitFactor } from '../market/actions.ts'
import { LOT_SHARES } from '../market/bid-ask.ts'
import { begunSession, sessionBefore } from '../market/calendar.ts'
import type { Candle } from '../market/candle.ts'
import { mix } from '../market/hash.ts'
import type { Listing } from '../market/listing.ts'
import type { Market } from '../market/market.ts'
import type { Plan } from './plan.ts'
import { rounded, roundedRate } from './round.ts'
import { tickerOf } from './tickers.ts'

/** The vendor clears its stock snapshots at 3:30 New York, half an hour before the pre-market. */
const RESET_LEAD_US = HOUR_US / 2

export interface SnapshotFacts {
  listing: Listing
  session: Session
  /** Null between the reset and the first regular trade. */
  day: Candle | null
  /** Volume since the reset: pre-market trades count, though they make no open, high or low. */
  volume: number
  previous: Candle | null
  minute: Candle | null
  last: { ts: Micros; price: number; size: number; id: number }
  quote: { ts: Micros; bid: number; ask: number; bidSize: number; askSize: number }
}

/** Parts that a plan may lack. */
export type SnapshotParts = Pick<Plan, 'lastTrade' | 'lastQuote'>

/** What the snapshot says at `now`; null before the listing's first trade. */
export function snapshotFacts(market: Market, listing: Listing, now: Micros): SnapshotFacts | null {
  const last = market.lastTrade(listing, now)
  const quote = market.bidAsk(listing, now)
  if (!last || !quote) return null
  const session = begunSession(listing, now + (listing.kind === 'equity' ? RESET_LEAD_US : 0))
  const day = market.day(listing, session, now)
  return {
    listing,
    session,
    day,
    volume: day ? day.volume : 0,
    previous: market.day(listing, sessionBefore(session), now),
    minute: market.lastMinute(listing, session, now),
    last,
    quote,
  }
}

export function snapshotRow(facts: SnapshotFacts, parts: SnapshotParts): string {
  const { listing, day, previous, minute, last, session } = facts
  const basis = previous ? splitFactor(listing, previous.session.date, session.date) : 1
  const change = todaysChange(facts)
  const round = roundOf(listing)
  return (
    `{"ticker":"${tickerOf(listing)}","todaysChangePerc":${rounded(change.percent)},"todaysChange":${round(change.amount)},` +
    `"updated":${nanosText(last.ts, last.id)},"day":${ohlcvText(day, 1, round)},${quoteText(facts, parts)}${tradeText(facts, parts)}` +
    `"min":${minuteText(minute, facts)},"prevDay":${ohlcvText(previous, basis, round)}}`
  )
}

/** Coins come without a quote, currencies with one of other letters. */
function quoteText({ listing, quote, last }: SnapshotFacts, parts: SnapshotParts): string {
  if (listing.kind === 'fx')
    return `"lastQuote":{"a":${quote.ask},"b":${quote.bid},"t":${Math.floor(quote.ts / 1000)},"x":48},`
  if (listing.kind === 'crypto' || !parts.lastQuote) return ''
  return `"lastQuote":{"P":${quote.ask},"S":${quote.askSize * LOT_SHARES},"p":${quote.bid},"s":${quote.bidSize * LOT_SHARES},"t":${nanosText(quote.ts, last.id + 7)}},`
}

/** Currencies are quoted, not traded. Coins' trades bear milliseconds. */
function tradeText({ listing, last }: SnapshotFacts, parts: SnapshotParts): string {
  const crypto = listing.kind === 'crypto'
  if (listing.kind === 'fx' || (listing.kind === 'equity' && !parts.lastTrade)) return ''
  const ts = crypto ? Math.floor(last.ts / 1000) : nanosText(last.ts, last.id)
  const venue = crypto ? '' : `,"x":${[4, 11, 12, 19][last.id % 4]}`
  return `"lastTrade":{"c":[${crypto ? 2 : last.size < 100 ? 37 : ''}],"i":"${last.id}","p":${last.price},"s":${last.size},"t":${ts}${venue}},`
}

export const roundOf = (listing: Listing): ((price: number) => number) =>
  listing.kind === 'fx' ? roundedRate : rounded

/** Change of the last trade from the previous close; zero until the new day has traded. */
export function todaysChange({ listing, session, previous, minute, last }: SnapshotFacts): {
  amount: number
  percent: number
} {
  if (!minute || !previous) return { amount: 0, percent: 0 }
  const close = previous.close / splitFactor(listing, previous.session.date, session.date)
  return { amount: last.price - close, percent: ((last.price - close) / close) * 100 }
}

function ohlcvText(candle: Candle | null, basis: number, round: (price: number) => number): string {
  if (!candle) return '{"o":0,"h":0,"l":0,"c":0,"v":0,"vw":0}'
  const [o, h, l, c] = [candle.open, candle.high, candle.low, candle.close].map((p) =>
    basis === 1 ? p : round(p / basis),
  )
  return `{"o":${o},"h":${h},"l":${l},"c":${c},"v":${candle.volume * basis},"vw":${typical(candle, basis, round)}}`
}

function minuteText(minute: Candle | null, { listing, volume, session }: SnapshotFacts): string {
  if (!minute) return '{"av":0,"t":0,"n":0,"o":0,"h":0,"l":0,"c":0,"v":0,"vw":0}'
  const accumulated = minute.start < session.open ? minute.volume : volume
  return `{"av":${accumulated},"t":${minute.start / 1000},"n":${minute.count},"o":${minute.open},"h":${minute.high},"l":${minute.low},"c":${minute.close},"v":${minute.volume},"vw":${typical(minute, 1, roundOf(listing))}}`
}

const typical = (c: Candle, basis: number, round: (price: number) => number): number =>
  round((c.open + c.high + c.low + c.close) / 4 / basis)

/** Microseconds with three more digits, as text. */
export const nanosText = (us: Micros, salt: number): string =>
  `${us}${String(mix(salt, 5) % 1000).padStart(3, '0')}`
