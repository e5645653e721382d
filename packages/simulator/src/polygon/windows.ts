// Polygon's windows over time: minutes and hours count from the midnight of the trading day (New York for stocks, UTC
// for pairs), weeks start on Sunday, and a range is stretched to whole windows.
import { addDays, HOUR_US, MINUTE_US, type Micros } from '@onetape/market'
import { dayNumber } from '../market/calendar.ts'
import type { Listing } from '../market/listing.ts'
import { midnightInNewYork } from '../new-york.ts'

export const TIMESPANS = ['minute', 'hour', 'day', 'week', 'month', 'quarter', 'year'] as const
export type Timespan = (typeof TIMESPANS)[number]

export const isTimespan = (text: string): text is Timespan => (TIMESPANS as readonly string[]).includes(text)
export const isIntraday = (timespan: Timespan): boolean => timespan === 'minute' || timespan === 'hour'

/** A real date, `YYYY-MM-DD`. */
export function isDate(text: string): boolean {
  const ms = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN
  return !Number.isNaN(ms) && new Date(ms).toISOString().slice(0, 10) === text
}

/** The instant that the vendor stamps a date with. */
export const midnightOf = (listing: Listing, date: string): Micros =>
  listing.kind !== 'equity' ? Date.parse(`${date}T00:00:00Z`) * 1000 : midnightInNewYork(date)

export interface Window {
  multiplier: number
  timespan: Timespan
}

export const windowLengthUs = ({ multiplier, timespan }: Window): number =>
  multiplier * (timespan === 'hour' ? HOUR_US : MINUTE_US)

/** Start of the window that a minute of a session lies in. */
export function intradayWindowStart(window: Window, midnight: Micros, ts: Micros): Micros {
  const length = windowLengthUs(window)
  return midnight + Math.floor((ts - midnight) / length) * length
}

/** First date of the window that a date lies in. */
export function windowDate({ multiplier, timespan }: Window, date: string): string {
  const number = dayNumber(date)
  if (timespan === 'day') return dateOf(Math.floor(number / multiplier) * multiplier)
  // 1970-01-01 was a Thursday, so day -4 was a Sunday.
  if (timespan === 'week') return dateOf(Math.floor((number + 4) / (7 * multiplier)) * 7 * multiplier - 4)
  const months = multiplier * { month: 1, quarter: 3, year: 12 }[timespan as 'month' | 'quarter' | 'year']
  const month = Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7)) - 1
  const first = Math.floor(month / months) * months
  return `${String(Math.floor(first / 12)).padStart(4, '0')}-${String((first % 12) + 1).padStart(2, '0')}-01`
}

/** Last date of the window that a date lies in. */
export function windowLastDate(window: Window, date: string): string {
  const first = windowDate(window, date)
  let last = date
  for (let step = 512; step >= 1; step /= 2) {
    while (windowDate(window, addDays(last, step)) === first) last = addDays(last, step)
  }
  return last
}

const dateOf = (number: number): string => new Date(number * 86_400_000).toISOString().slice(0, 10)
