// How long bars must be for a range to fit a screen. Never shorter than the timeframe that is asked for; shorter than a
// session they are multiples of it that divide the UTC day, so a bar of '1h' is the same whoever chose it; from a
// session on they are counted in session dates.
import {
  DAY_US,
  HOUR_US,
  type IntradayTimeframe,
  isIntraday,
  isoFromMicros,
  MINUTE_US,
  type Micros,
  sessionsBetween,
  type Timeframe,
  timeframeMicros,
  type Venue,
} from '@onetape/market'

export const DAY_UNITS = ['1d', '1w', '1mo', '3mo', '1y', '10y'] as const
export type DayUnit = (typeof DAY_UNITS)[number]

export interface IntradayResolution {
  /** `90m`, `2h`. */
  name: string
  lengthUs: number
}

export interface DayResolution {
  name: DayUnit
  lengthUs: null
}

/** Length of the bars that were served. */
export type Resolution = IntradayResolution | DayResolution

export interface ScreenRange {
  timeframe: Timeframe
  venue: Venue
  from: Micros
  to: Micros
  /** At most so many bars, as far as can be said before they are read. */
  points: number
  /** Whether there are bars before the open and after the close. */
  extended: boolean
}

const LADDER_MINUTES = [1, 2, 3, 5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 240, 360, 480, 720]
/** Longer ones would cross sessions of a venue that closes at night. */
const CLOSING_VENUE_MAX_US = 4 * HOUR_US
/** Calendar days per bar, a little short, so that the estimate is not below what comes. */
const DAYS_PER_BAR: Record<Exclude<DayUnit, '1d'>, number> = {
  '1w': 7,
  '1mo': 30,
  '3mo': 90,
  '1y': 365,
  '10y': 3650,
}
const SESSIONS_PER_DAY: Record<Venue, number> = { XNYS: 253 / 365, FX: 5 / 7, CRYPTO: 1 }

/** Resolutions to try, the finest that should fit first; the last one is taken whatever it gives. */
export function resolutionsFor(o: ScreenRange): Resolution[] {
  const { timeframe } = o
  if (!isIntraday(timeframe)) return dayResolutions(o, timeframe)
  return [...intradayResolutions(o, timeframe), ...dayResolutions(o, '1d')]
}

function intradayResolutions(o: ScreenRange, timeframe: IntradayTimeframe): IntradayResolution[] {
  if (sessionsIn(o) > o.points) return []
  const sessions = sessionsBetween(o.venue, dateOf(o.from - DAY_US), dateOf(o.to + DAY_US))
    .map((s) => (o.extended ? [s.preOpen, s.postClose] : [s.open, s.close]))
    .map(([start, end]) => [Math.max(start!, o.from), Math.min(end!, o.to)] as const)
    .filter(([start, end]) => start < end)
  const barsAt = (lengthUs: number) =>
    sessions.reduce(
      (n, [start, end]) => n + Math.floor((end - 1) / lengthUs) - Math.floor(start / lengthUs) + 1,
      0,
    )
  const shortestUs = timeframeMicros(timeframe)
  return LADDER_MINUTES.map((minutes) => ({ name: nameOf(minutes), lengthUs: minutes * MINUTE_US }))
    .filter(({ lengthUs }) => lengthUs % shortestUs === 0)
    .filter(({ lengthUs }) => o.venue === 'CRYPTO' || lengthUs <= CLOSING_VENUE_MAX_US)
    .filter(({ lengthUs }) => barsAt(lengthUs) <= o.points)
}

function dayResolutions(o: ScreenRange, finest: Timeframe): DayResolution[] {
  const days = (o.to - o.from) / DAY_US
  const barsOf = (unit: DayUnit) => (unit === '1d' ? sessionsIn(o) : days / DAYS_PER_BAR[unit])
  const units = DAY_UNITS.slice(DAY_UNITS.indexOf(finest as DayUnit))
  const fitting = units.filter((unit) => barsOf(unit) <= o.points)
  return (fitting.length > 0 ? fitting : units.slice(-1)).map((name) => ({ name, lengthUs: null }))
}

const sessionsIn = ({ from, to, venue }: ScreenRange) => ((to - from) / DAY_US) * SESSIONS_PER_DAY[venue]
const nameOf = (minutes: number) => (minutes % 60 === 0 ? `${minutes / 60}h` : `${minutes}m`)
const dateOf = (ts: Micros) => isoFromMicros(ts).slice(0, 10)

export const resolutionOf = (timeframe: Timeframe): Resolution =>
  isIntraday(timeframe)
    ? { name: timeframe, lengthUs: timeframeMicros(timeframe) }
    : { name: timeframe as DayUnit, lengthUs: null }
