import { HOUR_US, instantInZone, MINUTE_US, SECOND_US } from '@onetape/market'
import { describe, expect, it } from 'vitest'
import { expectedSpans, expectedUs, missedSpans, type SlotQuestion } from './expected-slots.ts'

const ny = (date: string, hours: number, minutes = 0) =>
  instantInZone(date, (hours * 60 + minutes) * 60_000, 'America/New_York')
const span = (from: number, to: number) => ({ from, to })
/** Friday and Monday. */
const [friday, saturday, sunday, monday] = ['2026-11-13', '2026-11-14', '2026-11-15', '2026-11-16'] as const

const minutes = (from: number, to: number) =>
  Array.from({ length: (to - from) / MINUTE_US }, (_, i) => from + i * MINUTE_US + 2 * SECOND_US)

const ask = (over: Partial<SlotQuestion>) =>
  missedSpans({
    assetClass: 'equity',
    frequencyS: 60,
    from: ny(friday, 10),
    to: ny(friday, 12),
    jumped: [],
    servedAt: [],
    ...over,
  })

describe('missed slots', () => {
  it('are none where each was served, and the hour where the daemon was down', () => {
    expect(ask({ servedAt: minutes(ny(friday, 10), ny(friday, 12)) })).toEqual([])
    const servedAt = [
      ...minutes(ny(friday, 10), ny(friday, 10, 30)),
      ...minutes(ny(friday, 11, 30), ny(friday, 12)),
    ]
    expect(ask({ servedAt })).toEqual([{ ...span(ny(friday, 10, 30), ny(friday, 11, 30)), slots: 60 }])
  })

  it('over a weekend are Friday’s rest and Monday’s beginning, for crypto all of it, for forex its week', () => {
    const [from, to] = [ny(friday, 15), ny(monday, 10)]
    expect(ask({ from, to })).toEqual([
      { ...span(from, ny(friday, 20)), slots: 300 },
      { ...span(ny(monday, 4), to), slots: 360 },
    ])
    expect(ask({ from, to, assetClass: 'crypto' })).toEqual([{ ...span(from, to), slots: 67 * 60 }])
    expect(ask({ from, to, assetClass: 'fx' })).toEqual([
      { ...span(from, ny(friday, 17)), slots: 120 },
      { ...span(ny(sunday, 17), to), slots: 17 * 60 },
    ])
    expect(ask({ from, to, assetClass: 'index' })).toEqual([
      { ...span(from, ny(friday, 16)), slots: 60 },
      { ...span(ny(monday, 9, 30), to), slots: 30 },
    ])
    expect(ask({ from: ny(saturday, 0), to: ny(sunday, 12) })).toEqual([])
  })

  it('are no gap where the market clock jumped', () => {
    const jumped = [span(ny(friday, 11), ny(monday, 9, 30))]
    expect(ask({ to: ny(monday, 10), jumped, servedAt: [] })).toEqual([
      { ...span(ny(friday, 10), ny(friday, 11)), slots: 60 },
      { ...span(ny(monday, 9, 30), ny(monday, 10)), slots: 30 },
    ])
  })

  it('of an hourly tier are whole hours: one that was served late was served', () => {
    const hourly = { frequencyS: 3600, from: ny(friday, 9), to: ny(friday, 14) }
    const served = [9, 10].map((h) => ny(friday, h) + 3 * SECOND_US)
    expect(ask({ ...hourly, servedAt: [...served, ny(friday, 13, 30)] })).toEqual([
      { ...span(ny(friday, 11), ny(friday, 13)), slots: 2 },
    ])
    expect(ask({ ...hourly, to: ny(friday, 12), servedAt: [...served, ny(friday, 11, 59)] })).toEqual([])
  })
})

describe('expected time', () => {
  it('is one span where sessions follow one another, and none over a holiday', () => {
    expect(expectedSpans('crypto', span(ny(friday, 15), ny(monday, 10)))).toHaveLength(1)
    expect(expectedSpans('equity', span(ny('2026-12-25', 0), ny('2026-12-25', 23)))).toEqual([])
    expect(expectedUs('equity', span(ny(friday, 15), ny(monday, 10)))).toBe(11 * HOUR_US)
  })

  it('ends early with an early close', () => {
    const day = '2026-11-27'
    expect(expectedSpans('equity', span(ny(day, 0), ny(day, 23)))).toEqual([span(ny(day, 4), ny(day, 17))])
  })
})
