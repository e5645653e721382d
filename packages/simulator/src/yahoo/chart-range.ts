// Which interval and which time a chart request asks for, and Yahoo's words when it cannot be had.
import { addDays, DAY_US, lastSession, type Micros, SECOND_US } from '@onetape/market'
import { sessionBefore, venueOfListing } from '../market/calendar.ts'
import type { Listing } from '../market/listing.ts'
import { dateInNewYork, midnightInNewYork } from '../new-york.ts'
import { secondsOf } from './names.ts'

export const INTERVAL_MINUTES: Record<string, number> = {
  '1m': 1,
  '2m': 2,
  '5m': 5,
  '15m': 15,
  '30m': 30,
  '60m': 60,
  '90m': 90,
  '1h': 60,
  '4h': 240,
}
const LONG_INTERVALS = ['1d', '5d', '1wk', '1mo', '3mo']
const INTERVALS = [...Object.keys(INTERVAL_MINUTES), ...LONG_INTERVALS]
export const RANGES = ['1d', '5d', '1mo', '3mo', '6mo', '1y', '2y', '5y', '10y', 'ytd', 'max']

export interface ChartAsk {
  interval?: string
  range?: string
  period1?: string
  period2?: string
}

export interface ChartRange {
  interval: string
  range: string
  from: Micros
  /** Not included. */
  to: Micros
}

export interface Refusal {
  status: number
  code: string
  description: string
}

export function chartRange(listing: Listing, ask: ChartAsk, now: Micros): ChartRange | Refusal {
  const interval = ask.interval ?? (ask.period1 === undefined && (ask.range ?? '1d') === '1d' ? '1m' : '1d')
  if (!INTERVALS.includes(interval)) {
    return unprocessable(
      `Invalid input - interval=${interval} is not supported. Valid intervals: [${INTERVALS.join(', ')}]`,
    )
  }
  const byPeriod = ask.period1 !== undefined || ask.period2 !== undefined
  const range = byPeriod ? '' : (ask.range ?? '1d')
  if (range !== '' && !RANGES.includes(range)) {
    return unprocessable(
      `Invalid input - range=${range} is not supported. Valid ranges: [${RANGES.join(', ')}]`,
    )
  }
  const from = byPeriod ? seconds(ask.period1 ?? '0') : rangeStart(listing, range, now)
  const to = byPeriod ? seconds(ask.period2 ?? String(secondsOf(now) + 1)) : now + SECOND_US
  if (from === null || to === null)
    return {
      status: 400,
      code: 'Bad Request',
      description: 'Invalid input - period1 and period2 are seconds',
    }
  if (from >= to) {
    return {
      status: 400,
      code: 'Bad Request',
      description: `Invalid input - start date cannot be after end date. startDate = ${secondsOf(from)}, endDate = ${secondsOf(to)}`,
    }
  }
  return tooLong(interval, from, to, now) ?? { interval, range, from, to }
}

/** 1m: windows of 7 days within the last 30. Up to 90m: the last 60 days. 1h: 730 days. */
function tooLong(interval: string, from: Micros, to: Micros, now: Micros): Refusal | null {
  const minutes = INTERVAL_MINUTES[interval]
  if (minutes === undefined) return null
  const days =
    interval === '1m' ? 30 : interval === '1h' || interval === '60m' || interval === '4h' ? 730 : 60
  const unavailable = `${interval} data not available for startTime=${secondsOf(from)} and endTime=${secondsOf(to)}.`
  if (interval === '1m' && to - from > 8 * DAY_US) {
    return unprocessable(
      `${unavailable} Only 8 days worth of 1m granularity data are allowed to be fetched per request.`,
    )
  }
  return from < now - days * DAY_US
    ? unprocessable(`${unavailable} The requested range must be within the last ${days} days.`)
    : null
}

function rangeStart(listing: Listing, range: string, now: Micros): Micros {
  const today = dateInNewYork(now)
  if (range === 'max') return midnightInNewYork(listing.listed)
  if (range === 'ytd') return midnightInNewYork(`${today.slice(0, 4)}-01-01`)
  if (range === '1d' || range === '5d') {
    let session = lastSession(venueOfListing(listing), now)
    for (let i = 1; i < (range === '5d' ? 5 : 1); i++) session = sessionBefore(session)
    return session.preOpen
  }
  const days = { '1mo': 31, '3mo': 92, '6mo': 183, '1y': 365, '2y': 730, '5y': 1826, '10y': 3652 }[range]!
  return midnightInNewYork(addDays(today, -days))
}

const seconds = (text: string): Micros | null => {
  const value = Number(text)
  return /^-?\d+$/.test(text) && Math.abs(value) < 9e9 ? value * SECOND_US : null
}

const unprocessable = (description: string): Refusal => ({
  status: 422,
  code: 'Unprocessable Entity',
  description,
})
