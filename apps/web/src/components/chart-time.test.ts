import { describe, expect, it } from 'vitest'
import { axisLabel, axisTime } from './chart-time.ts'
import { NEW_YORK, UTC } from './time-format.ts'

const at = (iso: string): number => Date.parse(iso) * 1_000
const seconds = (iso: string): number => Date.parse(iso) / 1_000

describe('places on the axis', () => {
  it('equities stand at the wall clock of New York, winter and summer', () => {
    expect(axisTime(at('2026-11-23T14:30:00Z'), '5m', NEW_YORK)).toBe(seconds('2026-11-23T09:30:00Z'))
    expect(axisTime(at('2026-07-01T13:30:00Z'), '5m', NEW_YORK)).toBe(seconds('2026-07-01T09:30:00Z'))
  })

  it('the change of the clock falls on its hour', () => {
    expect(axisTime(at('2026-03-08T06:59:00Z'), '1m', NEW_YORK)).toBe(seconds('2026-03-08T01:59:00Z'))
    expect(axisTime(at('2026-03-08T07:00:00Z'), '1m', NEW_YORK)).toBe(seconds('2026-03-08T03:00:00Z'))
  })

  it('coins and days are not moved', () => {
    expect(axisTime(at('2026-11-23T14:30:00Z'), '5m', UTC)).toBe(seconds('2026-11-23T14:30:00Z'))
    expect(axisTime(at('2026-11-23T00:00:00Z'), '1d', NEW_YORK)).toBe(seconds('2026-11-23T00:00:00Z'))
  })

  it('the label reads as the venue’s clock does', () => {
    const place = axisTime(at('2026-11-23T14:30:00Z'), '5m', NEW_YORK)
    expect(axisLabel(place, '5m', NEW_YORK)).toBe('23 Nov 2026 09:30 New York')
    expect(axisLabel(seconds('2026-11-23T00:00:00Z'), '1w', NEW_YORK)).toBe('23 Nov 2026')
  })
})
