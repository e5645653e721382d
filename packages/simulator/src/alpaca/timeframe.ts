// Alpaca's bar lengths and the windows they cut time into: from midnight in New York for shares, in Chicago for coins;
// weeks start on Monday.
import { addDays, dateInZone, HOUR_US, instantInZone, MINUTE_US, type Micros } from '@onetape/market'
import { dayNumber } from '../market/calendar.ts'
import type { Listing } from '../market/listing.ts'
import { NEW_YORK } from '../new-york.ts'
import { BadParameter } from './answers.ts'

export interface BarLength {
  unit: 'minute' | 'hour' | 'day' | 'week' | 'month'
  size: number
}

const UNITS: Record<string, BarLength['unit']> = {
  Min: 'minute',
  T: 'minute',
  Hour: 'hour',
  H: 'hour',
  Day: 'day',
  D: 'day',
  Week: 'week',
  W: 'week',
  Month: 'month',
  M: 'month',
}
const SIZES: Record<BarLength['unit'], (size: number) => boolean> = {
  minute: (n) => n >= 1 && n <= 59,
  hour: (n) => n >= 1 && n <= 23,
  day: (n) => n === 1,
  week: (n) => n === 1,
  month: (n) => [1, 2, 3, 4, 6, 12].includes(n),
}

/** @throws BadParameter */
export function barLength(text: string | undefined): BarLength {
  const match = /^(\d{1,2})(Min|T|Hour|H|Day|D|Week|W|Month|M)$/.exec(text ?? '')
  const unit = UNITS[match?.[2] ?? '']
  const size = Number(match?.[1])
  if (!unit || !SIZES[unit](size)) throw new BadParameter(`invalid timeframe: ${text ?? ''}`)
  return { unit, size }
}

export const isIntraday = ({ unit }: BarLength): boolean => unit === 'minute' || unit === 'hour'

/** Where a listing's days begin. */
export const zoneOf = (listing: Pick<Listing, 'kind'>): string =>
  listing.kind === 'crypto' ? 'America/Chicago' : NEW_YORK

/** Start and end of the window that an instant lies in. */
export function windowAt(
  length: BarLength,
  zone: string,
  ts: Micros,
): { start: Micros; end: Micros; firstDate: string } {
  const date = dateInZone(ts, zone)
  if (isIntraday(length)) {
    const lengthUs = length.size * (length.unit === 'hour' ? HOUR_US : MINUTE_US)
    const midnight = instantInZone(date, 0, zone)
    const start = midnight + Math.floor((ts - midnight) / lengthUs) * lengthUs
    const end = Math.min(start + lengthUs, instantInZone(addDays(date, 1), 0, zone))
    return { start, end, firstDate: date }
  }
  const firstDate = firstDateOf(length, date)
  const next = nextDateOf(length, firstDate)
  return { start: instantInZone(firstDate, 0, zone), end: instantInZone(next, 0, zone), firstDate }
}

function firstDateOf({ unit, size }: BarLength, date: string): string {
  if (unit === 'day') return date
  // 1970-01-01 was a Thursday, so day -3 was a Monday.
  if (unit === 'week') return addDays(date, -((((dayNumber(date) + 3) % 7) + 7) % 7))
  const month = Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7)) - 1
  return monthText(Math.floor(month / size) * size)
}

function nextDateOf({ unit, size }: BarLength, first: string): string {
  if (unit !== 'month') return addDays(first, unit === 'week' ? 7 : 1)
  return monthText(Number(first.slice(0, 4)) * 12 + Number(first.slice(5, 7)) - 1 + size)
}

const monthText = (month: number): string =>
  `${String(Math.floor(month / 12)).padStart(4, '0')}-${String((month % 12) + 1).padStart(2, '0')}-01`
