// A streamed price with the day around it, as the gate and the tape take it. Pure.
import { type Ohlcv, type Quote, type Snapshot, sessionAt, sessionDateOf, venueOf } from '@onetape/market'
import type { DaySoFar } from '../ingest/day-book.ts'

/**
 * @param known what a sweep or the tape said of the day last, the best first; that of an earlier session gives
 * the close before.
 * @returns null when there is no price: neither in this event nor before it from the same source.
 */
export function streamedSnapshot(
  quote: Quote,
  o: { known: readonly (DaySoFar | null)[]; lastBefore: number | null },
): Snapshot | null {
  const last = quote.last ?? o.lastBefore
  if (last === null) return null
  const venue = venueOf(quote.assetClass)
  const sessionDate = sessionDateOf(venue, quote.ts)
  const same = o.known.find((day) => day?.sessionDate === sessionDate)
  const earlier = o.known.find((day) => day && day.sessionDate < sessionDate)
  const isTrade = quote.last !== null && sessionAt(venue, quote.ts).state === 'open'
  const day = same?.day ?? null
  return {
    quote: { ...quote, last },
    minuteBar: null,
    // Prices before the open and after the close are no part of a day's range.
    day: day && isTrade ? widened(day, last, quote.volume) : day,
    sessionDate,
    previousClose: same ? same.previousClose : (earlier?.day?.close ?? null),
  }
}

const widened = (day: Ohlcv, last: number, volume: number | null): Ohlcv => ({
  open: day.open,
  high: Math.max(day.high, last),
  low: Math.min(day.low, last),
  close: last,
  volume: volume === null || volume < (day.volume ?? 0) ? day.volume : volume,
})
