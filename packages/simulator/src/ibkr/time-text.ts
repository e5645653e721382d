// Times as TWS writes and reads them: in New York unless a zone says otherwise.
import { dateInZone, instantInZone, type Micros } from '@onetape/market'

export const ZONE = 'US/Eastern'

export const dateText = (ts: Micros): string => dateInZone(ts, ZONE)

/** `HH:MM:SS` on New York's wall. */
export function timeText(ts: Micros): string {
  const midnight = instantInZone(dateText(ts), 0, ZONE)
  const noon = instantInZone(dateText(ts), 12 * 3_600_000, ZONE)
  // On the two days a year that the clocks change, what comes after is counted from noon.
  const seconds = ts >= noon ? 43_200 + (ts - noon) / 1e6 : (ts - midnight) / 1e6
  return new Date(Math.floor(seconds) * 1000).toISOString().slice(11, 19)
}

/** `20261120 14:41:33 US/Eastern` */
export const zonedText = (ts: Micros): string => `${dateText(ts).replaceAll('-', '')} ${timeText(ts)} ${ZONE}`

const END = /^(\d{4})(\d{2})(\d{2})([ -]{1,2})(\d{2}):(\d{2}):(\d{2})(?: ([A-Za-z_]+(?:\/[A-Za-z_]+)*))?$/

/** `20261120-19:41:33` is UTC, `20261120 14:41:33` New York, or in the zone that follows; null for anything else. */
export function instantOf(text: string): Micros | null {
  const found = END.exec(text.trim())
  if (!found) return null
  const [, year, month, day, between, hour, minute, second, zone] = found
  const date = `${year}-${month}-${day}`
  if (Number.isNaN(Date.parse(`${date}T00:00:00Z`))) return null
  const msOfDay = ((Number(hour) * 60 + Number(minute)) * 60 + Number(second)) * 1000
  try {
    return instantInZone(date, msOfDay, zone ?? (between === '-' ? 'UTC' : ZONE))
  } catch {
    return null
  }
}
