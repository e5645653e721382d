import { DAY_US, type Micros } from '@onetape/market'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { NOON } from '../sample-batches.ts'
import {
  freeSpan,
  PARTITION_WIDTHS,
  type PartitionWidth,
  partitionName,
  RECENT_US,
  type Span,
  spanOfWidth,
  widthAt,
} from './span.ts'

const at = (text: string): Micros => Date.parse(text) * 1000
const T = 'market_data_bars'

describe('which range', () => {
  const nameAt = (ts: Micros, width: PartitionWidth, taken: Span[] = []) => {
    const span = freeSpan(ts, spanOfWidth(ts, widthAt(ts, { marketNow: NOON, width })), taken)
    return span && partitionName(T, span)
  }

  test('the width asked for in recent times and those to come, months before, years for long ago', () => {
    expect(nameAt(NOON, 'day')).toBe(`${T}_y2026m11d20`)
    expect(nameAt(NOON, 'month')).toBe(`${T}_y2026m11`)
    expect(nameAt(NOON, 'week')).toBe(`${T}_y2026m11d16_y2026m11d23`) // Monday to Monday
    expect(nameAt(NOON - RECENT_US, 'day')).toBe(`${T}_y2026m10d11`)
    expect(nameAt(NOON - RECENT_US - 1, 'day')).toBe(`${T}_y2026m10`)
    expect(nameAt(at('2025-01-01T00:00Z'), 'day')).toBe(`${T}_y2025m01`)
    expect(nameAt(at('2024-12-31T23:59Z'), 'day')).toBe(`${T}_y2024`)
    expect(nameAt(at('2027-02-28T12:00Z'), 'day')).toBe(`${T}_y2027m02d28`)
  })

  test('what is taken is cut out, and nothing is made for an instant that has its partition', () => {
    const october = spanOfWidth(at('2026-10-05T00:00Z'), 'month')
    expect(nameAt(at('2026-10-20T00:00Z'), 'day', [october])).toBeNull()
    const day = spanOfWidth(at('2026-10-11T00:00Z'), 'day')
    expect(nameAt(at('2026-10-05T00:00Z'), 'day', [day])).toBe(`${T}_y2026m10d01_y2026m10d11`)
    const april = spanOfWidth(at('2024-04-05T00:00Z'), 'month')
    expect(nameAt(at('2024-09-01T00:00Z'), 'day', [april])).toBe(`${T}_y2024m05d01_y2025m01d01`)
    expect(nameAt(at('2024-02-01T00:00Z'), 'day', [april])).toBe(`${T}_y2024m01d01_y2024m04d01`)
  })

  test('bounds meet over the ends of months and years', () => {
    expect(spanOfWidth(at('2026-12-31T23:59:59Z'), 'month')).toEqual({
      from: at('2026-12-01T00:00Z'),
      to: at('2027-01-01T00:00Z'),
    })
    expect(spanOfWidth(at('1969-07-20T20:17Z'), 'year')).toEqual({
      from: at('1969-01-01T00:00Z'),
      to: at('1970-01-01T00:00Z'),
    })
    expect(spanOfWidth(at('1969-07-20T20:17Z'), 'week').to).toBe(at('1969-07-21T00:00Z'))
  })
})

test('property: whatever widths and dates come one after the other, partitions tile: every row has one, none has two', () => {
  const step = fc.record({
    width: fc.constantFrom(...PARTITION_WIDTHS),
    // The market moves on between writes, by up to a season.
    moves: fc.integer({ min: 0, max: 90 }),
    // Rows of the next weeks, of the last months, and of decades ago.
    days: fc.array(fc.oneof(fc.integer({ min: -60, max: 20 }), fc.integer({ min: -12_000, max: 20 })), {
      minLength: 1,
      maxLength: 12,
    }),
  })
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 25 }), (steps) => {
      const spans: Span[] = []
      const names = new Set<string>()
      let marketNow = NOON
      for (const { width, moves, days } of steps) {
        marketNow += moves * DAY_US
        for (const day of days) {
          const ts = marketNow + day * DAY_US
          const span = freeSpan(ts, spanOfWidth(ts, widthAt(ts, { marketNow, width })), spans)
          if (span) {
            spans.push(span)
            names.add(partitionName(T, span))
          }
          expect(spans.filter((s) => s.from <= ts && ts < s.to)).toHaveLength(1)
        }
      }
      spans.sort((a, b) => a.from - b.from)
      for (const [n, { from, to }] of spans.entries()) {
        expect(to).toBeGreaterThan(from)
        expect([from % DAY_US, to % DAY_US].map(Math.abs)).toEqual([0, 0])
        if (n > 0) expect(from).toBeGreaterThanOrEqual(spans[n - 1]!.to)
      }
      expect(names.size).toBe(spans.length)
    }),
    { numRuns: 300 },
  )
})

test('decades and a year of days stay a few hundred partitions', () => {
  const spans: Span[] = []
  for (let ts = NOON - 30 * 365 * DAY_US; ts <= NOON; ts += DAY_US) {
    const span = freeSpan(ts, spanOfWidth(ts, widthAt(ts, { marketNow: NOON, width: 'day' })), spans)
    if (span) spans.push(span)
  }
  // 29 years, 22 months, 41 days.
  expect(spans.length).toBeLessThan(100)
})
