/**
 * Minute bars and days so far follow the prices that they came with, once a market minute: nobody waits for them, and a
 * sweep every five seconds would write each of them twelve times. What is kept of a minute is how it looked last. See
 * docs/decisions/0013-a-sweep-in-two-batches.md.
 */
import type { BarRow, DailyRow } from '@onetape/db'
import { type AssetClass, MINUTE_US, type Micros } from '@onetape/market'
import type { KeptAttempt } from './attempt-trail.ts'
import type { TapeRows } from './to-rows.ts'

export interface AnswerPart {
  source: string
  feed: string
  fetchedAt: Micros
  /** Who was asked before this source answered. */
  attempts: KeptAttempt[]
  rows: readonly TapeRows[]
}

export type BarsBehind = Omit<AnswerPart, 'rows'> & { bars: BarRow[]; daily: DailyRow[] }

export interface RowsBehind {
  note(assetClass: AssetClass, part: AnswerPart): void
  /** What is to be written now, of each source and feed: nothing before the market minute is another one. */
  due(assetClass: AssetClass, now: Micros): BarsBehind[]
  /** It was: what was due is forgotten. */
  written(assetClass: AssetClass, now: Micros): void
}

interface Group extends Omit<AnswerPart, 'rows'> {
  /** Newest first seen, last seen as it is here. */
  open: Map<number, BarRow>
  over: BarRow[]
  days: Map<number, DailyRow>
}

const minuteOf = (at: Micros): number => Math.floor(at / MINUTE_US)

export function createRowsBehind(): RowsBehind {
  const groups = new Map<AssetClass, Map<string, Group>>()
  const writtenIn = new Map<AssetClass, number>()

  const groupOf = (assetClass: AssetClass, { rows: _, ...part }: AnswerPart): Group => {
    const ofClass = groups.get(assetClass) ?? new Map<string, Group>()
    groups.set(assetClass, ofClass)
    const key = `${part.source} ${part.feed}`
    const known = ofClass.get(key) ?? { open: new Map(), over: [], days: new Map() }
    const group = { ...known, ...part }
    ofClass.set(key, group)
    return group
  }
  return {
    note(assetClass, part) {
      const { open, over, days } = groupOf(assetClass, part)
      for (const { bar, day } of part.rows) {
        if (bar) {
          const before = open.get(bar.instrumentId)
          if (before && before.ts < bar.ts) over.push(before)
          if (!before || before.ts <= bar.ts) open.set(bar.instrumentId, bar)
        }
        if (day) days.set(day.instrumentId, day)
      }
    },
    due(assetClass, now) {
      if (writtenIn.get(assetClass) === minuteOf(now)) return []
      return [...(groups.get(assetClass)?.values() ?? [])]
        .map(({ open, over, days, ...part }) => ({
          ...part,
          bars: [...over, ...open.values()],
          daily: [...days.values()],
        }))
        .filter(({ bars, daily }) => bars.length + daily.length > 0)
    },
    written(assetClass, now) {
      groups.delete(assetClass)
      writtenIn.set(assetClass, minuteOf(now))
    },
  }
}
