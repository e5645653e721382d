// DateTime of OANDA: RFC 3339 with nanoseconds, or seconds with nanoseconds where the caller prefers UNIX.
import { isoFromMicros, type Micros, microsFromIso, SECOND_US } from '@onetape/market'
import type { FastifyRequest } from 'fastify'

export type DateTimeFormat = 'RFC3339' | 'UNIX'

export const formatOf = (request: FastifyRequest): DateTimeFormat =>
  request.headers['accept-datetime-format'] === 'UNIX' ? 'UNIX' : 'RFC3339'

export function dateTimeText(ts: Micros, format: DateTimeFormat): string {
  if (format === 'RFC3339') return `${isoFromMicros(ts).slice(0, -1)}000Z`
  const seconds = Math.floor(ts / SECOND_US)
  return `${seconds}.${String(ts - seconds * SECOND_US).padStart(6, '0')}000`
}

/** Either form is understood whichever was preferred; null for neither. */
export function dateTimeOf(text: string): Micros | null {
  const unix = /^(\d{1,11})(?:\.(\d{1,9}))?$/.exec(text)
  if (!unix) return microsFromIso(text)
  return Number(unix[1]) * SECOND_US + Number((unix[2] ?? '').padEnd(6, '0').slice(0, 6))
}
