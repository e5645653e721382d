// Cells of a CSV that people and vendors wrote: numbers with signs and separators, dates in several spellings.
import { type AssetClass, instantInZone, type Micros } from '@onetape/market'

const NUMBER = /^[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[-+]?\d+)?$/i
const ABSENT = new Set(['', '-', '--', 'null', 'nan', 'n/a', 'na', 'none'])

/** Number of a cell; null when it is empty by any of the usual names; undefined when it is no number. */
export function numberCell(cell: string): number | null | undefined {
  const text = cell.trim()
  if (ABSENT.has(text.toLowerCase())) return null
  const digits = text.replace(/^([-+]?)[$€£]/, '$1').replaceAll(/(?<=\d),(?=\d{3}\b)/g, '')
  return NUMBER.test(digits) ? Number(digits) : undefined
}

export interface Moment {
  /** Trading date that the cell names, in the cell's own time zone. */
  date: string
  /** Time of day in ms, null when the cell is a date alone. */
  msOfDay: number | null
  ts: Micros
}

const STAMP =
  /^(\d{4})[-/]?(\d{2})[-/]?(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*(Z|UTC|[-+]\d{2}:?\d{2})?)?$/
const US_DATE = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/
const EPOCH = /^\d{10}(?:\d{3}){0,3}$/

/** Instant of a cell, or null when there is no such day or time. Without a zone: New York for equities, else UTC. */
export function momentCell(cell: string, assetClass: AssetClass): Moment | null {
  const text = cell.trim()
  if (EPOCH.test(text)) return fromEpoch(text)
  const us = US_DATE.exec(text)
  if (us) return dateOnly(us[3]!, us[1]!.padStart(2, '0'), us[2]!.padStart(2, '0'))
  const m = STAMP.exec(text)
  if (!m) return null
  const day = dateOnly(m[1]!, m[2]!, m[3]!)
  if (!day || m[4] === undefined) return day
  const [hour, minute, second] = [Number(m[4]), Number(m[5]), Number(m[6] ?? 0)]
  if (hour > 23 || minute > 59 || second > 59) return null
  const msOfDay = ((hour * 60 + minute) * 60 + second) * 1000
  const zone = m[7]
  if (zone === undefined) {
    return {
      date: day.date,
      msOfDay,
      ts: instantInZone(day.date, msOfDay, assetClass === 'equity' ? 'America/New_York' : 'UTC'),
    }
  }
  return { date: day.date, msOfDay, ts: day.ts + (msOfDay - offsetMs(zone)) * 1000 }
}

function dateOnly(year: string, month: string, day: string): Moment | null {
  const date = `${year}-${month}-${day}`
  const ms = Date.parse(`${date}T00:00:00Z`)
  if (Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 10) !== date) return null
  return { date, msOfDay: null, ts: ms * 1000 }
}

/** Seconds, milliseconds, microseconds or nanoseconds, told apart by their length. */
function fromEpoch(digits: string): Moment {
  const ts = digits.length > 16 ? Number(digits.slice(0, 16)) : Number(digits.padEnd(16, '0'))
  const ms = Math.floor(ts / 1000)
  return { date: new Date(ms).toISOString().slice(0, 10), msOfDay: ms % 86_400_000, ts }
}

function offsetMs(zone: string): number {
  if (zone === 'Z' || zone === 'UTC') return 0
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2))
  return (zone[0] === '-' ? -minutes : minutes) * 60_000
}
