import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { microsFromIso } from './instant.ts'
import { addDays, dateInZone, instantInZone } from './zone.ts'

const NY = 'America/New_York'
const us = (iso: string) => microsFromIso(iso)!
const HOUR_MS = 3_600_000

describe('dateInZone', () => {
  it('shows the date of the wall clock there', () => {
    expect(dateInZone(us('2026-01-15T04:59:59.999999Z'), NY)).toBe('2026-01-14')
    expect(dateInZone(us('2026-01-15T05:00:00Z'), NY)).toBe('2026-01-15')
    expect(dateInZone(us('2026-07-15T04:00:00Z'), NY)).toBe('2026-07-15')
    expect(dateInZone(us('2026-07-15T23:30:00Z'), 'Asia/Tokyo')).toBe('2026-07-16')
    expect(dateInZone(us('1965-07-15T03:00:00Z'), NY)).toBe('1965-07-14')
  })
})

describe('instantInZone', () => {
  it('knows both sides of a change of the clocks', () => {
    expect(instantInZone('2026-03-08', 1 * HOUR_MS, NY)).toBe(us('2026-03-08T06:00:00Z'))
    expect(instantInZone('2026-03-08', 3 * HOUR_MS, NY)).toBe(us('2026-03-08T07:00:00Z'))
    expect(instantInZone('2026-11-01', 0, NY)).toBe(us('2026-11-01T04:00:00Z'))
    expect(instantInZone('2026-11-01', 2 * HOUR_MS, NY)).toBe(us('2026-11-01T07:00:00Z'))
  })

  it('moves a skipped time past the change and takes the first of a repeated one', () => {
    expect(instantInZone('2026-03-08', 2.5 * HOUR_MS, NY)).toBe(us('2026-03-08T07:30:00Z'))
    expect(instantInZone('2026-11-01', 1.5 * HOUR_MS, NY)).toBe(us('2026-11-01T05:30:00Z'))
  })

  it('is undone by dateInZone', () => {
    const days = fc.integer({ min: 0, max: 22_000 })
    const zones = fc.constantFrom(NY, 'UTC', 'Asia/Kolkata', 'Australia/Lord_Howe', 'America/Chicago')
    fc.assert(
      fc.property(days, fc.integer({ min: 4 * 60, max: 1439 }), zones, (day, minute, zone) => {
        const date = addDays('1971-01-01', day)
        expect(dateInZone(instantInZone(date, minute * 60_000, zone), zone)).toBe(date)
      }),
    )
  })
})

describe('addDays', () => {
  it('counts calendar days', () => {
    expect(addDays('2024-02-28', 1)).toBe('2024-02-29')
    expect(addDays('2026-01-01', -1)).toBe('2025-12-31')
    expect(addDays('2026-03-08', 1)).toBe('2026-03-09')
  })
})
