import { type Micros, microsFromIso, sessionAt } from '@onetape/market'
import { describe, expect, it } from 'vitest'
import { growShift } from './market-shift.ts'

const at = (iso: string): Micros => microsFromIso(iso) as Micros

describe('growShift', () => {
  it('leaves the clock alone while the exchange is open', () => {
    expect(growShift(at('2026-11-23T15:00:00Z'), 0)).toBeNull()
  })

  it('moves on from two minutes before the close', () => {
    expect(growShift(at('2026-11-23T20:57:59Z'), 0)).toBeNull()
    expect(growShift(at('2026-11-23T20:58:01Z'), 0)?.to).toBe(at('2026-11-24T14:35:40Z'))
  })

  it.each([
    ['a weekend', '2026-11-22T12:00:00Z', '2026-11-23T14:35:40Z'],
    ['before the open of the same day', '2026-11-23T13:00:00Z', '2026-11-23T14:35:40Z'],
    ['Thanksgiving', '2026-11-26T16:00:00Z', '2026-11-27T14:35:40Z'],
    ['after an early close', '2026-11-27T18:30:00Z', '2026-11-30T14:35:40Z'],
    ['summer time', '2026-07-05T12:00:00Z', '2026-07-06T13:35:40Z'],
  ])('goes to the next open: %s', (_, now, open) => {
    expect(growShift(at(now), 0)).toEqual({ shiftUs: at(open) - at(now), from: at(now), to: at(open) })
  })

  it('only ever grows, from any hour and any shift, and lands in an open session', () => {
    const hourUs = 3_600_000_000
    for (let hour = 0; hour < 24 * 14; hour++) {
      const now = at('2026-12-20T00:00:00Z') + hour * hourUs
      for (const shiftUs of [0, 7 * hourUs, 100 * hourUs]) {
        const step = growShift(now, shiftUs)
        const then = now + (step?.shiftUs ?? shiftUs)
        expect(step?.shiftUs ?? shiftUs).toBeGreaterThanOrEqual(shiftUs)
        expect(sessionAt('XNYS', then).state).toBe('open')
      }
    }
  })
})
