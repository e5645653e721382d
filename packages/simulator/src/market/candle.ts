// From steps and lots to what vendors speak of: dollars and units.
import type { Micros, Session } from '@onetape/market'
import { mix } from './hash.ts'
import type { Listing } from './listing.ts'
import type { Trade } from './minute.ts'

/** OHLCV in dollars and units. */
export interface Candle {
  /** Start of the minute, or the session's open. */
  start: Micros
  session: Session
  open: number
  high: number
  low: number
  close: number
  volume: number
  /** Trades counted. */
  count: number
}

export interface Print {
  ts: Micros
  price: number
  size: number
  id: number
}

interface Steps {
  open: number
  high: number
  low: number
  close: number
}

export interface Measured {
  listing: Listing
  session: Session
  start: Micros
  stepsPerDollar: number
  lots: number
}

export const candle = (s: Steps, { listing, session, start, stepsPerDollar, lots }: Measured): Candle => ({
  start,
  session,
  open: s.open / stepsPerDollar,
  high: s.high / stepsPerDollar,
  low: s.low / stepsPerDollar,
  close: s.close / stepsPerDollar,
  volume: lots / listing.lotsPerUnit,
  count:
    listing.kind === 'fx'
      ? lots
      : Math.max(1, Math.round((lots * 40_000) / (listing.volume * listing.lotsPerUnit + 4_000_000))),
})

export const print = (listing: Listing, t: Trade, stepsPerDollar: number): Print => ({
  ts: t.ts,
  price: t.price / stepsPerDollar,
  // A stock's prints stand for many; the size shown is that of one.
  size:
    listing.kind !== 'equity'
      ? t.lots / listing.lotsPerUnit
      : Math.min(t.lots, 1 + (mix(listing.key, t.id) % 400)),
  id: t.id,
})
