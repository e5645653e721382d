// Bars of the bid, the mid and the ask of a currency pair, and how several become one.
import { MINUTE_US, type Micros, type Session, sessionAt } from '@onetape/market'
import type { Candle, Print } from './candle.ts'
import { halfSpreadSteps } from './fx-spread.ts'
import type { Listing } from './listing.ts'

export interface Ohlc {
  open: number
  high: number
  low: number
  close: number
}

export interface SidedBar {
  start: Micros
  bid: Ohlc
  mid: Ohlc
  ask: Ohlc
  /** Updates counted. */
  volume: number
}

/** A minute: the spread stands still in it. */
export const sidesOfMinute = (listing: Listing, m: Candle): SidedBar =>
  evenly(m.start, m, { half: halfOf(listing, m.session, m.start), volume: m.volume })

/** One update as a bar of its own. */
export function sidesOfPrint(listing: Listing, { ts, price, size }: Print): SidedBar {
  const session = sessionAt('FX', ts).session!
  const mid = { open: price, high: price, low: price, close: price }
  return evenly(ts, mid, { half: halfOf(listing, session, ts), volume: size })
}

/** A whole session: open and close with the spread of their time, the extremes with that of noon in London. */
export function sidesOfDay(listing: Listing, day: Candle, until: Micros): SidedBar {
  const { session, open, high, low, close, volume } = day
  const end = Math.min(until, session.close) - MINUTE_US
  const [atOpen, usual, atClose] = [session.open, session.open + 14 * 60 * MINUTE_US, end].map((ts) =>
    halfOf(listing, session, ts),
  ) as [number, number, number]
  const side = (sign: 1 | -1): Ohlc => {
    const [o, c] = [open + sign * atOpen, close + sign * atClose]
    return {
      open: o,
      high: Math.max(high + sign * usual, o, c),
      low: Math.min(low + sign * usual, o, c),
      close: c,
    }
  }
  return { start: session.open, bid: side(-1), mid: { open, high, low, close }, ask: side(1), volume }
}

/** The first, then the second. */
export const joined = (a: SidedBar, b: SidedBar): SidedBar => ({
  start: a.start,
  bid: joinedSide(a.bid, b.bid),
  mid: joinedSide(a.mid, b.mid),
  ask: joinedSide(a.ask, b.ask),
  volume: a.volume + b.volume,
})

const joinedSide = (a: Ohlc, b: Ohlc): Ohlc => ({
  open: a.open,
  high: Math.max(a.high, b.high),
  low: Math.min(a.low, b.low),
  close: b.close,
})

const halfOf = (listing: Listing, session: Session, ts: Micros): number =>
  halfSpreadSteps(listing, session, ts) / listing.stepsPerDollar!

function evenly(start: Micros, mid: Ohlc, { half, volume }: { half: number; volume: number }): SidedBar {
  const moved = (by: number): Ohlc => ({
    open: mid.open + by,
    high: mid.high + by,
    low: mid.low + by,
    close: mid.close + by,
  })
  return { start, bid: moved(-half), mid: moved(0), ask: moved(half), volume }
}
