// Forex trades from Sunday 17:00 to Friday 17:00 New York; a session ends at 17:00 and bears that day's date.
import type { Session } from '../session.ts'
import { addDays, instantInZone } from '../zone.ts'
import { weekdayOf } from './weekday.ts'

const ROLL_MS = 17 * 3_600_000
const ZONE = 'America/New_York'

/** No holidays: banks rest on some days, but dealers keep quoting, thinly. */
export function fxSession(date: string): Session | null {
  const weekday = weekdayOf(date)
  if (weekday === 0 || weekday === 6) return null
  const open = instantInZone(addDays(date, -1), ROLL_MS, ZONE)
  const close = instantInZone(date, ROLL_MS, ZONE)
  return { venue: 'FX', date, preOpen: open, open, close, postClose: close, earlyClose: false }
}
