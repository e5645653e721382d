// The day of each instrument as the last sweep told it, and what of it is still to be written. A streamed price says
// nothing of the day around it, and must not wipe it from the latest prices.
import type { LatestView } from '@onetape/db'
import type { Ohlcv } from '@onetape/market'
import { createRowsBehind, type RowsBehind } from './rows-behind.ts'
import type { TapeRows } from './to-rows.ts'

export interface DaySoFar {
  sessionDate: string
  day: Ohlcv | null
  previousClose: number | null
}

export interface DayBook {
  note(rows: TapeRows): void
  get(instrumentId: number): DaySoFar | null
  readonly behind: RowsBehind
}

export function createDayBook(): DayBook {
  const days = new Map<number, DaySoFar>()
  return {
    note({ latest: { instrumentId, sessionDate, day, previousClose } }) {
      days.set(instrumentId, { sessionDate, day, previousClose })
    },
    get: (instrumentId) => days.get(instrumentId) ?? null,
    behind: createRowsBehind(),
  }
}

/** The same, of a row that the tape holds. */
export function dayOf(view: LatestView): DaySoFar {
  const { sessionDate, previousClose, dayOpen: open, dayHigh: high, dayLow: low, dayClose: close } = view
  const isWhole = open !== null && high !== null && low !== null && close !== null
  return {
    sessionDate,
    previousClose,
    day: isWhole ? { open, high, low, close, volume: view.volume } : null,
  }
}
