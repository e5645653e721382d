// How far back so many bars reach from a bar, in trading time: the bar before Monday's first is Friday's last.
import {
  DAY_US,
  isIntraday,
  lastSession,
  type Micros,
  sessionAt,
  sessionsBetween,
  type Timeframe,
  timeframeMicros,
  type Venue,
} from '@onetape/market'

/** @param start of a bar of the timeframe. @returns the start of the earliest bar that is at most `count` behind it. */
export function cadencesBefore(
  start: Micros,
  { timeframe, venue, count }: { timeframe: Timeframe; venue: Venue; count: number },
): Micros {
  if (timeframe === '1mo') return monthsBefore(start, count)
  if (timeframe === '1w') return start - 7 * count * DAY_US
  if (!isIntraday(timeframe)) return sessionsBefore(start, venue, count)
  const lengthUs = count * timeframeMicros(timeframe)
  const { session } = sessionAt(venue, start)
  if (!session) return start - lengthUs
  const opened = start < session.open ? session.preOpen : session.open
  if (start - lengthUs >= opened) return start - lengthUs
  // The regular close: not every source has the hours after it.
  return Math.min(start - lengthUs, lastSession(venue, session.open - 1).close - lengthUs)
}

const WIDEST_GAP_DAYS = 12

function sessionsBefore(midnight: Micros, venue: Venue, count: number): Micros {
  const from = dateOf(midnight - (count + WIDEST_GAP_DAYS) * DAY_US)
  const before = sessionsBetween(venue, from, dateOf(midnight - DAY_US))
  const session = before.at(-count)
  return session ? Date.parse(`${session.date}T00:00:00Z`) * 1000 : midnight - count * DAY_US
}

function monthsBefore(midnight: Micros, count: number): Micros {
  const date = new Date(midnight / 1000)
  date.setUTCMonth(date.getUTCMonth() - count)
  return date.getTime() * 1000
}

const dateOf = (ts: Micros): string => new Date(ts / 1000).toISOString().slice(0, 10)
