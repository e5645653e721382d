// What a request for candles asks, checked as the vendor checks it.
import type { Micros } from '@onetape/market'
import { queryText, type VendorRequest } from '../simulation.ts'
import { dateTimeOf } from './date-time.ts'
import { type Alignment, DEFAULT_ALIGNMENT, type Windows, windowsOf } from './granularity.ts'

export const CANDLES_MAX = 5_000
const CANDLES_USUAL = 500
const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']

export interface CandleAsk {
  granularity: string
  windows: Windows
  alignment: Alignment
  sides: PriceSides
  from: Micros | null
  to: Micros | null
  count: number
  smooth: boolean
  includeFirst: boolean
}

export interface PriceSides {
  bid: boolean
  mid: boolean
  ask: boolean
}

/** The ask, or the vendor's message why it is none. */
export function candleAsk(request: VendorRequest, now: Micros): CandleAsk | string {
  const alignment = alignmentOf(request)
  if (typeof alignment === 'string') return alignment
  const granularity = queryText(request, 'granularity') ?? 'S5'
  const windows = windowsOf(granularity, alignment)
  if (!windows) return invalid('granularity')
  const sides = sidesOf(queryText(request, 'price') ?? 'M')
  if (!sides) return invalid('price')
  const smooth = flag(request, 'smooth', false)
  if (smooth === null) return invalid('smooth')
  const includeFirst = flag(request, 'includeFirst', true)
  if (includeFirst === null) return invalid('includeFirst')
  const range = rangeOf(request, windows, now)
  return typeof range === 'string'
    ? range
    : { granularity, windows, alignment, sides, smooth, includeFirst, ...range }
}

function rangeOf(
  request: VendorRequest,
  windows: Windows,
  now: Micros,
): Pick<CandleAsk, 'from' | 'to' | 'count'> | string {
  const [from, to] = (['from', 'to'] as const).map((name) => {
    const text = queryText(request, name)
    return text === undefined ? null : (dateTimeOf(text) ?? Number.NaN)
  }) as [number | null, number | null]
  if (Number.isNaN(from)) return invalid('from')
  if (Number.isNaN(to)) return invalid('to')
  if (from !== null && from > now) return `${invalid('from')}. Time is in the future`
  if (to !== null && to > now) return `${invalid('to')}. Time is in the future`
  const asked = queryText(request, 'count')
  if (from !== null && to !== null) {
    if (asked !== undefined) return "'count' cannot be specified when 'to' and 'from' parameters are set"
    if (from > to) return `${invalid('to')}. Time is before 'from'`
    return (to - from) / windows.lengthUs > CANDLES_MAX ? TOO_MANY : { from, to, count: CANDLES_MAX + 1 }
  }
  const count = asked === undefined ? CANDLES_USUAL : Number(asked)
  if (!Number.isInteger(count) || count < 1) return invalid('count')
  return count > CANDLES_MAX ? TOO_MANY : { from, to, count }
}

const TOO_MANY = "Maximum value for 'count' exceeded"
const invalid = (name: string): string => `Invalid value specified for '${name}'`

export function alignmentOf(request: VendorRequest): Alignment | string {
  const hour = Number(queryText(request, 'dailyAlignment') ?? DEFAULT_ALIGNMENT.hour)
  if (!Number.isInteger(hour) || hour < 0 || hour > 23) return invalid('dailyAlignment')
  const zone = queryText(request, 'alignmentTimezone') ?? DEFAULT_ALIGNMENT.zone
  if (!isZone(zone)) return invalid('alignmentTimezone')
  const day = queryText(request, 'weeklyAlignment')
  const weekday = day === undefined ? DEFAULT_ALIGNMENT.weekday : WEEKDAYS.indexOf(day)
  return weekday === -1 ? invalid('weeklyAlignment') : { hour, zone, weekday }
}

/** Any of the letters M, B and A, each once. */
export function sidesOf(price: string): PriceSides | null {
  if (!/^[MBA]{1,3}$/.test(price) || new Set(price).size !== price.length) return null
  return { bid: price.includes('B'), mid: price.includes('M'), ask: price.includes('A') }
}

function flag(request: VendorRequest, name: string, usual: boolean): boolean | null {
  const text = queryText(request, name)?.toLowerCase()
  if (text === undefined) return usual
  return text === 'true' ? true : text === 'false' ? false : null
}

function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: zone })
    return true
  } catch {
    return false
  }
}
