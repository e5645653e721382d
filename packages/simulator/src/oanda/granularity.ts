// The candles' windows: where one starts and the next. Seconds to an hour lie on the clock; from two hours up they
// are aligned to an hour of the day in a time zone (17:00 New York unless asked), weeks to a weekday, months to the
// first.
import {
  addDays,
  dateInZone,
  HOUR_US,
  instantInZone,
  MINUTE_US,
  type Micros,
  SECOND_US,
} from '@onetape/market'

export interface Alignment {
  /** Hour of the day, 0 to 23. */
  hour: number
  zone: string
  /** 0 for Sunday. */
  weekday: number
}

export const DEFAULT_ALIGNMENT: Alignment = { hour: 17, zone: 'America/New_York', weekday: 5 }

export interface Windows {
  /** About this long; exactly so up to twelve hours. */
  lengthUs: number
  /** Start of the window that holds an instant. */
  startOf(ts: Micros): Micros
  /** Start of the next window. */
  after(start: Micros): Micros
}

const CLOCK: Record<string, number> = {
  S5: 5 * SECOND_US,
  S10: 10 * SECOND_US,
  S15: 15 * SECOND_US,
  S30: 30 * SECOND_US,
  M1: MINUTE_US,
  M2: 2 * MINUTE_US,
  M4: 4 * MINUTE_US,
  M5: 5 * MINUTE_US,
  M10: 10 * MINUTE_US,
  M15: 15 * MINUTE_US,
  M30: 30 * MINUTE_US,
  H1: HOUR_US,
}
const PARTS_OF_A_DAY: Record<string, number> = { H2: 2, H3: 3, H4: 4, H6: 6, H8: 8, H12: 12 }
const DAY_US = 24 * HOUR_US

/** Null when the vendor has no such granularity. */
export function windowsOf(granularity: string, alignment: Alignment): Windows | null {
  const clockUs = CLOCK[granularity]
  if (clockUs !== undefined) {
    return { lengthUs: clockUs, startOf: (ts) => ts - (ts % clockUs), after: (start) => start + clockUs }
  }
  const hours = PARTS_OF_A_DAY[granularity]
  if (hours !== undefined) return partsOfDay(hours * HOUR_US, alignment)
  if (granularity === 'D') return days(alignment)
  if (granularity === 'W') return weeks(alignment)
  return granularity === 'M' ? months(alignment) : null
}

const dayStart = (date: string, { hour, zone }: Alignment): Micros =>
  instantInZone(date, hour * 3_600_000, zone)

/** Date in the zone on which the aligned day that holds `ts` starts. */
function dateOf(ts: Micros, alignment: Alignment): string {
  const date = dateInZone(ts, alignment.zone)
  return dayStart(date, alignment) <= ts ? date : addDays(date, -1)
}

const days = (alignment: Alignment): Windows => ({
  lengthUs: DAY_US,
  startOf: (ts) => dayStart(dateOf(ts, alignment), alignment),
  after: (start) => dayStart(addDays(dateOf(start, alignment), 1), alignment),
})

function partsOfDay(lengthUs: number, alignment: Alignment): Windows {
  const { startOf, after } = days(alignment)
  return {
    lengthUs,
    startOf: (ts) => ts - ((ts - startOf(ts)) % lengthUs),
    after: (start) => Math.min(start + lengthUs, after(startOf(start))),
  }
}

function weeks(alignment: Alignment): Windows {
  const weekOf = (ts: Micros): string => {
    const date = dateOf(ts, alignment)
    const weekday = new Date(`${date}T00:00:00Z`).getUTCDay()
    return addDays(date, -((weekday - alignment.weekday + 7) % 7))
  }
  return {
    lengthUs: 7 * DAY_US,
    startOf: (ts) => dayStart(weekOf(ts), alignment),
    after: (start) => dayStart(addDays(weekOf(start), 7), alignment),
  }
}

/** A day that starts in the afternoon belongs to the date it ends on, and so does the month. */
function months(alignment: Alignment): Windows {
  const ahead = alignment.hour >= 12 ? 1 : 0
  const first = (month: string): Micros => dayStart(addDays(`${month}-01`, -ahead), alignment)
  const monthOf = (ts: Micros): string => addDays(dateOf(ts, alignment), ahead).slice(0, 7)
  return {
    lengthUs: 30 * DAY_US,
    startOf: (ts) => first(monthOf(ts)),
    after: (start) => first(addDays(`${monthOf(start)}-28`, 4).slice(0, 7)),
  }
}
