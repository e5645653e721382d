import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  isoFromMicros,
  microsFromIso,
  microsFromMillis,
  microsFromNanos,
  microsFromSeconds,
  millisFromMicros,
} from './instant.ts'

describe('microsFromNanos', () => {
  it('truncates, also beyond 2^53', () => {
    expect(microsFromNanos('1700000000123456789')).toBe(1700000000123456)
    expect(microsFromNanos(1700000000999999999n)).toBe(1700000000999999)
    expect(microsFromNanos(1_999)).toBe(1)
  })
})

describe('microsFromIso', () => {
  it('reads zones and up to nine decimals', () => {
    expect(microsFromIso('2024-02-29T12:00:00.123456789Z')).toBe(1709208000123456)
    expect(microsFromIso('2024-02-29T07:00:00-05:00')).toBe(1709208000000000)
    expect(microsFromIso('2024-02-29 17:30:00.5+0530')).toBe(1709208000500000)
    expect(microsFromIso('2024-02-29T12:00:00+00')).toBe(1709208000000000)
  })

  it('refuses what is no instant', () => {
    const texts = [
      '',
      'now',
      '2024-02-30T00:00:00Z',
      '2024-04-31T00:00:00Z',
      '2024-13-01T00:00:00Z',
      '2024-01-01T24:00:00Z',
      '2024-01-01T23:75:00Z',
      '2024-01-01T23:00:61Z',
      '2024-01-01',
      '2024-01-01T00:00:00',
      '2024-01-01T00:00:00+99:00',
    ]
    for (const text of texts) expect([text, microsFromIso(text)]).toEqual([text, null])
  })

  it('refuses years that microseconds cannot hold exactly', () => {
    expect(microsFromIso('0001-01-01T00:00:00Z')).toBeNull()
    expect(microsFromIso('9999-12-31T23:59:59Z')).toBeNull()
  })
})

describe('round trips', () => {
  it('ISO text gives back the same microsecond', () => {
    fc.assert(
      fc.property(fc.integer({ min: -5_000_000_000_000_000, max: 9_000_000_000_000_000 }), (us) => {
        expect(microsFromIso(isoFromMicros(us))).toBe(us)
      }),
    )
    expect(isoFromMicros(1709208000123456)).toBe('2024-02-29T12:00:00.123456Z')
    expect(isoFromMicros(-1)).toBe('1969-12-31T23:59:59.999999Z')
  })

  it('milliseconds and seconds', () => {
    expect(microsFromMillis(1709208000123)).toBe(1709208000123000)
    expect(microsFromSeconds(1709208000)).toBe(1709208000000000)
    expect(millisFromMicros(1709208000123999)).toBe(1709208000123)
    expect(millisFromMicros(-1)).toBe(-1)
  })
})
