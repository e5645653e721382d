import { describe, expect, it } from 'vitest'
import {
  formatClock,
  formatDay,
  formatInstant,
  formatSpan,
  formatSpanExact,
  formatTradingDate,
  NEW_YORK,
  UTC,
  zoneOf,
} from './time-format.ts'

const at = (iso: string): number => Date.parse(iso) * 1_000

describe('instants', () => {
  it('are written on the venue clock, over daylight saving', () => {
    expect(formatClock(at('2026-11-23T15:42:13Z'), NEW_YORK)).toBe('10:42:13')
    expect(formatClock(at('2026-07-01T15:42:13Z'), NEW_YORK)).toBe('11:42:13')
    expect(formatClock(at('2026-11-23T00:00:05Z'), UTC)).toBe('00:00:05')
    expect(formatDay(at('2026-11-24T02:00:00Z'), NEW_YORK)).toBe('Mon 23 Nov')
  })

  it('name their zone and keep the milliseconds', () => {
    expect(formatInstant(at('2026-11-23T15:42:13.045Z'), NEW_YORK)).toBe('23 Nov 2026 10:42:13.045 New York')
  })

  it('a trading date is a date, in no zone', () => {
    expect(formatTradingDate('2026-01-01')).toBe('1 Jan 2026')
  })

  it('each asset class has its clock', () => {
    expect(zoneOf('equity')).toBe(NEW_YORK)
    expect(zoneOf('crypto')).toBe(UTC)
  })
})

describe('spans', () => {
  it.each([
    [-5, '0s'],
    [59.9, '59s'],
    [60, '1m'],
    [3_599, '59m'],
    [3_600, '1h'],
    [8_040, '2h 14m'],
    [86_400 * 3, '3d'],
  ])('%d s reads %s', (seconds, text) => expect(formatSpan(seconds * 1e6)).toBe(text))

  it('to the second below an hour', () => {
    expect(formatSpanExact(187e6)).toBe('3m 07s')
    expect(formatSpanExact(7.9e6)).toBe('7s')
    expect(formatSpanExact(3_600e6)).toBe('1h')
  })
})
