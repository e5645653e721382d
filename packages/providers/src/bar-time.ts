// Which trading date a bar belongs to and when it is over: one judgement for every vendor.
import {
  type AssetClass,
  addDays,
  DAY_US,
  dateInZone,
  instantInZone,
  isIntraday,
  type Micros,
  sessionOn,
  sessionsBetween,
  type Timeframe,
  timeframeMicros,
  venueOf,
} from '@onetape/market'

export const NEW_YORK = 'America/New_York'

/** `ts` of a daily or longer bar: midnight UTC of its date. */
export const midnightOf = (date: string): Micros => Date.parse(`${date}T00:00:00Z`) * 1000

/** Zone in which a vendor without one of its own dates a venue's days. */
export const zoneOf = (assetClass: AssetClass): string => (venueOf(assetClass) === 'XNYS' ? NEW_YORK : 'UTC')

/** First date of the period that holds `date`: itself, the week's Monday (a Sunday opens the week), the month's first. */
export function periodStart(date: string, timeframe: Timeframe): string {
  if (timeframe === '1mo') return `${date.slice(0, 8)}01`
  if (timeframe !== '1w') return date
  const weekday = new Date(`${date}T00:00:00Z`).getUTCDay()
  return addDays(date, weekday === 0 ? 1 : 1 - weekday)
}

/** First instant at which a bar can no longer change by new trades: its end, or the close of its last session. */
export function barEnd(bar: {
  assetClass: AssetClass
  timeframe: Timeframe
  ts: Micros
  sessionDate: string
}): Micros {
  if (isIntraday(bar.timeframe)) return bar.ts + timeframeMicros(bar.timeframe)
  const venue = venueOf(bar.assetClass)
  if (bar.timeframe === '1d') return sessionOn(venue, bar.sessionDate)?.close ?? dayEnd(bar)
  const next =
    bar.timeframe === '1w' ? addDays(bar.sessionDate, 7) : periodStart(addDays(bar.sessionDate, 31), '1mo')
  const last = sessionsBetween(venue, bar.sessionDate, addDays(next, -1)).at(-1)
  return last?.close ?? midnightOf(next)
}

const dayEnd = (bar: { assetClass: AssetClass; ts: Micros; sessionDate: string }): Micros =>
  zoneOf(bar.assetClass) === 'UTC'
    ? bar.ts + DAY_US
    : instantInZone(addDays(bar.sessionDate, 1), 0, zoneOf(bar.assetClass))

/** Date of a daily stamp on the wire, whatever time of that day the vendor chose for it. */
export const dailyDate = (ts: Micros, zone: string): string => dateInZone(ts, zone)

/** Oldest first, one bar per start: a vendor's later row of the same start replaces the earlier one. */
export function inOrder<B extends { ts: Micros }>(bars: readonly B[]): { bars: B[]; repeated: number } {
  const byStart = new Map(bars.map((b) => [b.ts, b]))
  const ordered = [...byStart.values()].sort((a, b) => a.ts - b.ts)
  return { bars: ordered, repeated: bars.length - ordered.length }
}
