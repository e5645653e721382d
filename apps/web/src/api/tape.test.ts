import type { QuoteRow } from '@onetape/api/router'
import { describe, expect, it } from 'vitest'
import { mergeRows } from './tape.ts'

const row = (key: string, batchId: number, last: number) => ({ key, batchId, last }) as QuoteRow
const held = (...rows: QuoteRow[]) => new Map(rows.map((r) => [r.key, r]))

describe('merging the stream', () => {
  it('a delta moves what it names and leaves the rest', () => {
    const rows = held(row('a', 1, 10), row('b', 1, 20))
    expect(mergeRows(rows, { rows: [row('b', 2, 21), row('c', 2, 30)], full: false })).toBe(rows)
    expect([...rows.values()].map((r) => [r.key, r.last])).toEqual([
      ['a', 10],
      ['b', 21],
      ['c', 30],
    ])
  })

  it('a row that comes late or twice never takes a newer one back', () => {
    const rows = held(row('a', 5, 50))
    mergeRows(rows, { rows: [row('a', 4, 40)], full: false })
    expect(rows.get('a')?.last).toBe(50)
    mergeRows(rows, { rows: [row('a', 5, 51)], full: false })
    expect(rows.get('a')?.last).toBe(51)
  })

  it('a full one forgets what was held, whatever its batch', () => {
    const rows = held(row('a', 900, 1), row('gone', 900, 2))
    const now = mergeRows(rows, { rows: [row('a', 3, 7)], full: true })
    expect([...now.values()]).toEqual([row('a', 3, 7)])
    expect(now).not.toBe(rows)
  })
})
