/**
 * Instants are integer microseconds since 1970-01-01T00:00:00Z (UTC): what Postgres' timestamptz holds, and
 * exact in a double until the year 2255. Vendor nanoseconds are truncated, never rounded into the future.
 */
export type Micros = number

export const SECOND_US = 1_000_000
export const MINUTE_US = 60 * SECOND_US
export const HOUR_US = 60 * MINUTE_US
export const DAY_US = 24 * HOUR_US

export const microsFromMillis = (ms: number): Micros => Math.trunc(ms * 1000)
export const microsFromSeconds = (s: number): Micros => Math.trunc(s * SECOND_US)
export const millisFromMicros = (us: Micros): number => Math.floor(us / 1000)

/** @param ns nanoseconds since the epoch, as text where the wire carries more than 2^53. */
export const microsFromNanos = (ns: string | bigint | number): Micros =>
  typeof ns === 'number' ? Math.trunc(ns / 1000) : Number(BigInt(ns) / 1000n)

const ISO =
  /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9})\d*)?(Z|[+-](?:[01]\d|2[0-3])(?::?[0-5]\d)?)$/

/** RFC 3339 text with up to nine decimals to microseconds; null when it is no instant, or none we can hold exactly. */
export function microsFromIso(text: string): Micros | null {
  const m = ISO.exec(text)
  if (!m) return null
  const [, y, mo, d, h, mi, s, fraction = '', zone = 'Z'] = m
  // Parsed as text, because Date.UTC takes the years 0 to 99 for 1900 to 1999; compared, because 31 April rolls over.
  const ms = Date.parse(`${y}-${mo}-${d}T${h}:${mi}:${s}Z`)
  if (Number.isNaN(ms) || new Date(ms).getUTCDate() !== Number(d)) return null
  const offsetMin = zone === 'Z' ? 0 : (zone[0] === '-' ? -1 : 1) * offsetMinutes(zone.slice(1))
  const us = ms * 1000 + Number(fraction.padEnd(6, '0').slice(0, 6)) - offsetMin * MINUTE_US
  return Number.isSafeInteger(us) ? us : null
}

const offsetMinutes = (zone: string): number =>
  Number(zone.slice(0, 2)) * 60 + Number(zone.slice(-2)) * (zone.length > 2 ? 1 : 0)

/** Microseconds to `YYYY-MM-DDTHH:MM:SS.ffffffZ`, as Postgres reads and JSON carries it. */
export function isoFromMicros(us: Micros): string {
  const ms = Math.floor(us / 1000)
  const rest = us - ms * 1000
  return `${new Date(ms).toISOString().slice(0, -1)}${String(rest).padStart(3, '0')}Z`
}
