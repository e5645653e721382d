// Columns of a batch as Postgres array literals: one parameter per column, whatever the number of rows.
import { isoFromMicros, type Micros } from '@onetape/market'
import { decimalText } from './decimal-type.ts'

type Column<T, V> = (row: T) => V

/** For values whose text needs no quotes: numbers, booleans, dates, our own vocabularies. */
export const plainArray = <T>(rows: readonly T[], of: Column<T, string | number | boolean | null>): string =>
  `{${rows.map((row) => of(row) ?? 'NULL').join(',')}}`

export const decimalArray = <T>(rows: readonly T[], of: Column<T, number | null>): string =>
  plainArray(rows, (row) => {
    const n = of(row)
    return n === null ? null : decimalText(n)
  })

export const microsArray = <T>(rows: readonly T[], of: Column<T, Micros | null>): string =>
  plainArray(rows, (row) => {
    const us = of(row)
    return us === null ? null : isoFromMicros(us)
  })

/** Rows per statement: parameters stay a few megabytes, whatever is imported. */
export const SLICE_ROWS = 20_000

export function* slicesOf<T>(rows: readonly T[], size: number = SLICE_ROWS): Generator<readonly T[]> {
  for (let at = 0; at < rows.length; at += size) yield rows.slice(at, at + size)
}

/** First and last instant of rows, for the planner: which partitions they can lie in. */
export function spanOf(rows: readonly { ts: Micros }[]): [from: string, to: string] {
  let [from, to] = [Infinity, -Infinity]
  for (const { ts } of rows) {
    from = Math.min(from, ts)
    to = Math.max(to, ts)
  }
  return [isoFromMicros(from), isoFromMicros(to)]
}
