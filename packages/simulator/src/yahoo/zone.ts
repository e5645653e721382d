// The wall clock that a listing's days are told by: New York for stocks, London for currencies, UTC for coins.
import { dateInZone, instantInZone, type Micros } from '@onetape/market'
import type { Listing } from '../market/listing.ts'

const ZONES = { equity: 'America/New_York', crypto: 'UTC', fx: 'Europe/London' } as const
const NAMES = { equity: ['EST', 'EDT'], crypto: ['UTC', 'UTC'], fx: ['GMT', 'BST'] } as const
const WINTER_S = { equity: -18_000, crypto: 0, fx: 0 } as const

export const zoneOf = ({ kind }: Listing): string => ZONES[kind]

/** Seconds ahead of UTC. */
export function offsetS(listing: Listing, ts: Micros): number {
  const zone = zoneOf(listing)
  const date = dateInZone(ts, zone)
  // Noon is on the same side of a change as the rest of a trading day, and never skipped or repeated.
  const noon = instantInZone(date, 12 * 3_600_000, zone)
  return (Date.parse(`${date}T12:00:00Z`) * 1000 - noon) / 1_000_000
}

export const zoneName = (listing: Listing, ts: Micros): string =>
  NAMES[listing.kind][offsetS(listing, ts) === WINTER_S[listing.kind] ? 0 : 1]

export const midnightOf = (listing: Listing, date: string): Micros => instantInZone(date, 0, zoneOf(listing))
