// New York's wall clock, as the vendors write it.
import { dateInZone, instantInZone, type Micros } from '@onetape/market'

export const NEW_YORK = 'America/New_York'

export const midnightInNewYork = (date: string): Micros => instantInZone(date, 0, NEW_YORK)
export const dateInNewYork = (ts: Micros): string => dateInZone(ts, NEW_YORK)

/** Seconds that New York's clocks run ahead of UTC: -18000 in winter, -14400 in summer. */
export function newYorkOffsetS(ts: Micros): number {
  // Noon is on the same side of a change as the rest of a trading day, and never skipped or repeated.
  const noon = instantInZone(dateInNewYork(ts), 12 * 3_600_000, NEW_YORK)
  const wall = Date.parse(`${dateInNewYork(ts)}T12:00:00Z`) * 1000
  return (wall - noon) / 1_000_000
}

export const newYorkZoneName = (ts: Micros): 'EST' | 'EDT' => (newYorkOffsetS(ts) === -14_400 ? 'EDT' : 'EST')
