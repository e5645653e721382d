// What bars are gathered from: minutes for minutes and hours, sessions for days of shares and more. The vendor's day of
// a coin runs from midnight to midnight in Chicago, which is no day of the market's, so it is made of minutes.
import { addDays, dateInZone, instantInZone, type Micros } from '@onetape/market'
import { sessionsOf } from '../market/calendar.ts'
import type { Candle } from '../market/candle.ts'
import type { Listing } from '../market/listing.ts'
import type { Tape } from './tape.ts'
import { type BarLength, isIntraday, zoneOf } from './timeframe.ts'

export interface BaseRange {
  from: Micros
  /** Not included. */
  to: Micros
  newestFirst: boolean
}

/** Candles of a listing, and the date that each belongs to. */
export function* baseCandles(
  tape: Tape,
  listing: Listing,
  o: BaseRange & { length: BarLength },
): Generator<{ candle: Candle; date: string; ts: Micros }> {
  const zone = zoneOf(listing)
  if (isIntraday(o.length)) {
    for (const candle of tape.minutes(listing, o)) {
      const date = listing.kind === 'crypto' ? dateInZone(candle.start, zone) : candle.session.date
      yield { candle, date, ts: candle.start }
    }
    return
  }
  const [first, last] = [dateInZone(o.from, zone), dateInZone(Math.min(o.to, tape.now + 1) - 1, zone)]
  const dates = listing.kind === 'crypto' ? datesBetween(first, last) : null
  const sessions = dates ? [] : sessionsOf(listing, first, last)
  if (o.newestFirst) {
    dates?.reverse()
    sessions.reverse()
  }
  for (const date of dates ?? []) {
    const candle = chicagoDay(tape, listing, date)
    if (candle) yield { candle, date, ts: candle.start }
  }
  for (const session of sessions) {
    const candle = tape.day(listing, session)
    if (candle) yield { candle, date: session.date, ts: instantInZone(session.date, 0, zone) }
  }
}

/** Coins: the day from midnight to midnight in Chicago, so far; null when nothing traded. `start` is its midnight. */
export function chicagoDay(tape: Tape, listing: Listing, date: string): Candle | null {
  const zone = zoneOf(listing)
  const from = instantInZone(date, 0, zone)
  let day: Candle | null = null
  for (const minute of tape.minutes(listing, { from, to: instantInZone(addDays(date, 1), 0, zone) })) {
    day = day ? joined(day, minute) : { ...minute, start: from }
  }
  return day
}

/** `b` follows `a`. */
export const joined = (a: Candle, b: Candle): Candle => ({
  ...a,
  high: Math.max(a.high, b.high),
  low: Math.min(a.low, b.low),
  close: b.close,
  volume: a.volume + b.volume,
  count: a.count + b.count,
})

function datesBetween(first: string, last: string): string[] {
  const dates: string[] = []
  for (let date = first; date <= last; date = addDays(date, 1)) dates.push(date)
  return dates
}
