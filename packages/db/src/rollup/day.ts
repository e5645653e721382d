// The day that one source's ticks and 1m bars make of a session. Folding is commutative and idempotent: whatever the
// order and however often events come, the same day results.
import type { Basis, Micros, Ohlcv } from '@onetape/market'

/** Identity of a day in `market_data_daily`. */
export interface DayKey {
  instrumentId: number
  sourceId: number
  sessionDate: string
  basis: Basis
}

export interface Day extends DayKey, Ohlcv {
  /** When open and close were observed: the earliest open and the latest close win. */
  openTs: Micros
  closeTs: Micros
  /** Stamped by the write that brought its newest part. */
  writeId: number
}

export const dayKeyOf = (k: DayKey): string => `${k.instrumentId} ${k.sessionDate} ${k.sourceId} ${k.basis}`

/** Folds `part` into `day`; of two at the same instant the one in `day` stays. */
export function foldDay(day: Day, part: Day): void {
  if (part.openTs < day.openTs) {
    day.open = part.open
    day.openTs = part.openTs
  }
  if (part.closeTs > day.closeTs) {
    day.close = part.close
    day.closeTs = part.closeTs
  }
  day.high = Math.max(day.high, part.high)
  day.low = Math.min(day.low, part.low)
  // Ticks carry the session's volume so far; bars are summed before they come here.
  if (part.volume !== null) day.volume = Math.max(day.volume ?? 0, part.volume)
  day.writeId = Math.max(day.writeId, part.writeId)
}

/** Days by key, each part folded in; mutates and returns `days`. */
export function foldInto(days: Map<string, Day>, parts: Iterable<Day>): Map<string, Day> {
  for (const part of parts) {
    const key = dayKeyOf(part)
    const day = days.get(key)
    if (day) foldDay(day, part)
    else days.set(key, { ...part })
  }
  return days
}

export const byDayKey = (a: DayKey, b: DayKey): number =>
  a.instrumentId - b.instrumentId ||
  compare(a.sessionDate, b.sessionDate) ||
  a.sourceId - b.sourceId ||
  compare(a.basis, b.basis)

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
