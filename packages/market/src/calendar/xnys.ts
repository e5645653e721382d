// The New York Stock Exchange, whose hours all US equities share.
import { HOUR_US } from '../instant.ts'
import type { Session } from '../session.ts'
import { instantInZone } from '../zone.ts'
import { weekdayOf } from './weekday.ts'
import { XNYS_CLOSED_DATES, XNYS_EARLY_CLOSE_DATES } from './xnys-dates.ts'

const ZONE = 'America/New_York'

/** 04:00 pre, 09:30 open, 16:00 close, 20:00 end of post; 13:00 and 17:00 on an early close. Null when shut. */
export function xnysSession(date: string): Session | null {
  const weekday = weekdayOf(date)
  if (weekday === 0 || weekday === 6 || XNYS_CLOSED_DATES.has(date)) return null
  const earlyClose = XNYS_EARLY_CLOSE_DATES.has(date)
  // The clocks change on Sundays at 02:00 only, so the hours of a trading day are all equally long.
  const preOpen = instantInZone(date, 4 * 3_600_000, ZONE)
  return {
    venue: 'XNYS',
    date,
    preOpen,
    open: preOpen + 5.5 * HOUR_US,
    close: preOpen + (earlyClose ? 9 : 12) * HOUR_US,
    postClose: preOpen + (earlyClose ? 13 : 16) * HOUR_US,
    earlyClose,
  }
}
