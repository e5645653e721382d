import type { SeriesBar } from '@onetape/api/router'
import { describe, expect, it } from 'vitest'
import { belongsTo, bucketOf, LastBar, mergeBars, type Resolution } from './bar-series.ts'

const at = (iso: string): number => Date.parse(iso) * 1_000
const MINUTE_US = 60_000_000
const LENGTHS: Record<string, number> = { '1m': 1, '5m': 5, '90m': 90, '1h': 60, '4h': 240 }
const of = (name: string): Resolution => ({
  name,
  lengthUs: LENGTHS[name] === undefined ? null : LENGTHS[name] * MINUTE_US,
})
const bar = (ts: number, close: number, more: Partial<SeriesBar> = {}): SeriesBar => ({
  ts,
  open: close,
  high: close,
  low: close,
  close,
  volume: 100,
  final: true,
  ...more,
})
const quote = (iso: string, last: number | null, more = {}) => ({
  ts: at(iso),
  last,
  volume: null as number | null,
  sessionDate: iso.slice(0, 10),
  dayOpen: null,
  dayHigh: null,
  dayLow: null,
  ...more,
})

describe('pages of bars', () => {
  it('become one series, oldest first, the later list right', () => {
    const merged = mergeBars([bar(3, 30), bar(4, 40)], [bar(1, 10), bar(3, 99)], [])
    expect(merged.map((b) => [b.ts, b.close])).toEqual([
      [1, 10],
      [3, 99],
      [4, 40],
    ])
  })
})

describe('buckets', () => {
  it.each([
    ['1m', '2026-11-25T15:42:00Z'],
    ['4h', '2026-11-25T12:00:00Z'],
    ['1d', '2026-11-25T00:00:00Z'],
    ['1w', '2026-11-23T00:00:00Z'],
    ['1mo', '2026-11-01T00:00:00Z'],
    ['90m', '2026-11-25T15:00:00Z'],
    ['3mo', '2026-10-01T00:00:00Z'],
    ['1y', '2026-01-01T00:00:00Z'],
    ['10y', '2020-01-01T00:00:00Z'],
  ] as const)('%s', (timeframe, start) => {
    expect(bucketOf(quote('2026-11-25T15:42:13Z', 1), of(timeframe))).toBe(at(start))
  })

  it('a Sunday belongs to the week before it', () => {
    expect(bucketOf(quote('2026-11-29T10:00:00Z', 1), of('1w'))).toBe(at('2026-11-23T00:00:00Z'))
  })
})

describe('the last bar', () => {
  const start = at('2026-11-25T15:40:00Z')
  const live = () => {
    const last = new LastBar(of('5m'))
    last.reset(bar(start, 10, { high: 11, low: 9, volume: 500, final: false }))
    return last
  }

  it('is moved within its bucket', () => {
    const last = live()
    expect(last.take(quote('2026-11-25T15:42:00Z', 12))).toMatchObject({
      ts: start,
      open: 10,
      high: 12,
      low: 9,
      close: 12,
    })
    expect(last.take(quote('2026-11-25T15:43:00Z', 8))).toMatchObject({ high: 12, low: 8, close: 8 })
  })

  it('a new bucket starts a new bar at its first price', () => {
    expect(live().take(quote('2026-11-25T15:45:01Z', 12))).toEqual({
      ts: at('2026-11-25T15:45:00Z'),
      open: 12,
      high: 12,
      low: 12,
      close: 12,
      volume: 0,
      final: false,
    })
  })

  it('takes the volume that came since, never the session’s', () => {
    const last = live()
    expect(last.take(quote('2026-11-25T15:42:00Z', 10, { volume: 1_000_000 }))?.volume).toBe(500)
    expect(last.take(quote('2026-11-25T15:43:00Z', 10, { volume: 1_000_300 }))?.volume).toBe(800)
    expect(last.take(quote('2026-11-25T15:46:00Z', 10, { volume: 1_000_350 }))?.volume).toBe(50)
    expect(last.take(quote('2026-11-25T15:47:00Z', 10, { volume: 20 }))?.volume).toBe(70)
  })

  it('what is older or without a price moves nothing', () => {
    expect(live().take(quote('2026-11-25T15:39:59Z', 12))).toBeNull()
    expect(live().take(quote('2026-11-25T15:42:00Z', null))).toBeNull()
    expect(new LastBar(of('5m')).take(quote('2026-11-25T15:42:00Z', 12))).toBeNull()
  })

  it('a day is what the quote says of it', () => {
    const last = new LastBar(of('1d'))
    last.reset(bar(at('2026-11-24T00:00:00Z'), 10))
    const today = { dayOpen: 11, dayHigh: 14, dayLow: 10.5, volume: 7_000 }
    expect(last.take(quote('2026-11-25T15:42:00Z', 12, today))).toEqual({
      ts: at('2026-11-25T00:00:00Z'),
      open: 11,
      high: 14,
      low: 10.5,
      close: 12,
      volume: 7_000,
      final: false,
    })
  })

  it('a month is stretched by the day and keeps its volume', () => {
    const last = new LastBar(of('1mo'))
    last.reset(bar(at('2026-11-01T00:00:00Z'), 10, { high: 13, low: 9 }))
    expect(last.take(quote('2026-11-25T15:42:00Z', 12, { dayHigh: 14, volume: 7_000 }))).toMatchObject({
      open: 10,
      high: 14,
      low: 9,
      close: 12,
      volume: 100,
    })
  })
})

it('quotes of another source or feed do not belong to a series', () => {
  const polygon = { source: 'polygon', feed: 'delayed' }
  expect(belongsTo(polygon, polygon)).toBe(true)
  expect(belongsTo(polygon, { source: 'polygon', feed: null })).toBe(true)
  expect(belongsTo({ source: 'polygon', feed: 'sip' }, polygon)).toBe(false)
  expect(belongsTo(polygon, { source: 'import:lean', feed: null })).toBe(false)
})
