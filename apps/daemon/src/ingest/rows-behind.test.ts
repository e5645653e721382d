import type { BarRow } from '@onetape/db'
import { MINUTE_US, SECOND_US } from '@onetape/market'
import { describe, expect, it } from 'vitest'
import { createRowsBehind } from './rows-behind.ts'
import type { TapeRows } from './to-rows.ts'

const TEN = Date.UTC(2026, 10, 18, 15) * 1000
const at = (minute: number, second = 0) => TEN + minute * MINUTE_US + second * SECOND_US

const bar = (instrumentId: number, minute: number, close: number): BarRow => ({
  instrumentId,
  timeframe: '1m',
  ts: at(minute),
  basis: 'split',
  final: false,
  open: 1,
  high: 9,
  low: 1,
  close,
  volume: 10,
})
const rowsOf = (row: BarRow): TapeRows => ({
  tick: null,
  latest: {} as TapeRows['latest'],
  bar: row,
  day: {
    instrumentId: row.instrumentId,
    sessionDate: '2026-11-18',
    basis: 'split',
    open: 1,
    high: 9,
    low: 1,
    close: row.close,
    volume: 10,
    settled: false,
  },
})

function setUp() {
  const behind = createRowsBehind()
  const note = (now: number, bars: BarRow[], source = 'polygon') =>
    behind.note('equity', {
      source,
      feed: 'sip',
      fetchedAt: now,
      attempts: [{ source, outcome: 'served' }],
      rows: bars.map(rowsOf),
    })
  /** As a sweep does it: when each bar began, in minutes, and its close. */
  const write = (now: number) => {
    const due = behind.due('equity', now)
    if (due.length > 0) behind.written('equity', now)
    return due.map((d) => ({ ...d, bars: d.bars.map((b) => [(b.ts - TEN) / MINUTE_US, b.close]) }))
  }
  return { behind, note, write }
}

describe('bars and days behind the prices', () => {
  it('are due once a minute, each minute as it looked last', () => {
    const { note, write } = setUp()
    note(at(1, 5), [bar(1, 1, 10)])
    expect(write(at(1, 5))).toMatchObject([{ source: 'polygon', feed: 'sip', bars: [[1, 10]] }])
    for (const [second, close] of [
      [10, 11],
      [50, 12],
    ] as const) {
      note(at(1, second), [bar(1, 1, close)])
      expect(write(at(1, second))).toEqual([])
    }
    note(at(2, 1), [bar(1, 2, 13)])
    const [due] = write(at(2, 1))
    expect(due).toMatchObject({
      fetchedAt: at(2, 1),
      bars: [
        [1, 12],
        [2, 13],
      ],
      daily: [{ close: 13 }],
    })
    expect(write(at(3))).toEqual([])
  })

  it('are due at every sweep of one that comes each minute', () => {
    const { note, write } = setUp()
    for (let minute = 0; minute < 3; minute++) {
      note(at(minute), [bar(1, minute - 1, minute)])
      expect(write(at(minute))).toMatchObject([{ bars: [[minute - 1, minute]] }])
    }
  })

  it('are of one source each, and stay due when they could not be written', () => {
    const { behind, note, write } = setUp()
    note(at(1), [bar(1, 1, 10)])
    note(at(1), [bar(2, 1, 20)], 'yahoo')
    expect(behind.due('equity', at(1))).toHaveLength(2)
    note(at(1, 5), [bar(1, 1, 11)])
    expect(write(at(1, 5)).map((d) => [d.source, d.bars])).toEqual([
      ['polygon', [[1, 11]]],
      ['yahoo', [[1, 20]]],
    ])
    expect(behind.due('crypto', at(1))).toEqual([])
  })

  it('never go back to an older minute', () => {
    const { note, write } = setUp()
    note(at(2), [bar(1, 2, 10)])
    note(at(2, 5), [bar(1, 1, 99)])
    expect(write(at(2, 5))).toMatchObject([{ bars: [[2, 10]] }])
  })
})
