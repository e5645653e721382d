import type { Micros } from './instant.ts'

const formats = new Map<string, Intl.DateTimeFormat>()

const formatOf = (zone: string): Intl.DateTimeFormat => {
  let format = formats.get(zone)
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    })
    formats.set(zone, format)
  }
  return format
}

/** Offsets by zone and quarter of an hour: since 1970 the clocks change on a quarter only. Intl is slow, rows are many. */
const offsets = new Map<string, Map<number, number>>()
const QUARTER_MS = 900_000
const OFFSETS_KEPT_MAX = 50_000

/** Milliseconds that the zone's wall clock runs ahead of UTC at an instant. */
function offsetMs(ms: number, zone: string): number {
  if (ms < 0) return computeOffsetMs(ms, zone)
  let known = offsets.get(zone)
  if (!known || known.size > OFFSETS_KEPT_MAX) {
    known = new Map()
    offsets.set(zone, known)
  }
  const quarter = Math.floor(ms / QUARTER_MS)
  let offset = known.get(quarter)
  if (offset === undefined) {
    offset = computeOffsetMs(quarter * QUARTER_MS, zone)
    known.set(quarter, offset)
  }
  return offset
}

function computeOffsetMs(ms: number, zone: string): number {
  const p: Record<string, number> = {}
  for (const { type, value } of formatOf(zone).formatToParts(ms)) p[type] = Number(value)
  const wall = Date.UTC(p.year!, p.month! - 1, p.day!, p.hour!, p.minute!, p.second!)
  return wall - Math.floor(ms / 1000) * 1000
}

/** Calendar date (`YYYY-MM-DD`) that a zone's wall clock shows at an instant. */
export function dateInZone(ts: Micros, zone: string): string {
  const ms = Math.floor(ts / 1000)
  return new Date(ms + offsetMs(ms, zone)).toISOString().slice(0, 10)
}

/**
 * The instant at which a zone's wall clock shows `date` plus `msOfDay`. A time that a spring change skips maps
 * to the instant after the change; one that an autumn change repeats maps to its first occurrence.
 */
export function instantInZone(date: string, msOfDay: number, zone: string): Micros {
  const wall = Date.parse(`${date}T00:00:00Z`) + msOfDay
  const before = offsetMs(wall - 86_400_000, zone)
  const after = offsetMs(wall + 86_400_000, zone)
  const early = wall - before
  const late = wall - after
  if (early + offsetMs(early, zone) === wall) return early * 1000
  if (late + offsetMs(late, zone) === wall) return late * 1000
  return early * 1000
}

/** `YYYY-MM-DD` moved by whole calendar days. */
export const addDays = (date: string, days: number): string =>
  new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10)
