import { DAY_US, HOUR_US, microsFromIso } from '@onetape/market'
import { describe, expect, it } from 'vitest'
import { type Loaded, type Sight, wholeHistory, windowFor } from './chart-window.ts'

const NOON = microsFromIso('2026-11-20T17:00:00Z')!
const loaded: Loaded = { from: NOON - 30 * DAY_US, to: null, newest: NOON, isFinest: false }
const sight: Sight = { from: NOON - 5 * DAY_US, to: null, barPx: 6, widthPx: 1_200 }

describe('what the chart asks for', () => {
  it('nothing while what is drawn will do', () => {
    expect(windowFor(sight, loaded)).toBeNull()
    expect(windowFor({ ...sight, barPx: 2 }, loaded)).toBeNull()
    expect(windowFor({ ...sight, barPx: 40 }, { ...loaded, isFinest: true })).toBeNull()
  })

  it('the same span anew when bars are too thin, or there is room for finer ones', () => {
    for (const barPx of [1, 20]) {
      const asked = windowFor({ ...sight, barPx }, loaded)!
      expect(asked.points).toBe(900)
      expect(asked.to).toBeNull()
      expect(asked.from).toBeLessThanOrEqual(NOON - 10 * DAY_US)
      expect(asked.from).toBeGreaterThan(NOON - 12 * DAY_US)
    }
  })

  it('older bars before the left end is reached', () => {
    const near = { ...sight, from: loaded.from + HOUR_US }
    expect(windowFor(near, loaded)!.from).toBeLessThan(near.from - 29 * DAY_US)
  })

  it('a part of the past, closed on both sides, once the newest bar is far', () => {
    const past = { ...sight, from: NOON - 29 * DAY_US, to: NOON - 28 * DAY_US, barPx: 30 }
    const asked = windowFor(past, loaded)!
    expect(asked.to! - asked.from).toBeLessThan(4 * DAY_US)
    expect(asked.from).toBeLessThanOrEqual(past.from - DAY_US)
    expect(asked.to).toBeGreaterThanOrEqual(past.to + DAY_US)
    // And on along the way back, until the newest is in sight again.
    const held = { ...loaded, from: asked.from, to: asked.to, newest: asked.to! }
    expect(windowFor({ ...past, barPx: 6, to: asked.to! - HOUR_US }, held)!.to).toBeGreaterThan(asked.to!)
    expect(windowFor({ ...past, barPx: 6, to: null }, held)!.to).toBeNull()
  })

  it('the same for a hand that trembles', () => {
    const asked = [0, 1, 2].map((n) => windowFor({ ...sight, from: sight.from + n * 1e6, barPx: 1 }, loaded))
    expect(asked[1]).toEqual(asked[0])
    expect(asked[2]).toEqual(asked[0])
  })

  it('or the whole history in one screen', () => {
    expect(wholeHistory(1_200)).toEqual({ from: 0, to: null, points: 300 })
    expect(wholeHistory(100).points).toBe(60)
  })
})
