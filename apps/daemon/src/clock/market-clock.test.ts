import { describe, expect, it } from 'vitest'
import { createMarketClock } from './market-clock.ts'

describe('market clock', () => {
  it('runs ahead of the wall by its shift, which only grows', () => {
    let wall = 1_000_000
    const clock = createMarketClock({ now: () => wall }, 500)
    expect(clock.now()).toBe(1_000_500)
    expect(clock.grow(2_000)).toBe(true)
    expect(clock.grow(1_999)).toBe(false)
    expect(clock.grow(Number.NaN)).toBe(false)
    wall += 1
    expect(clock.now()).toBe(1_002_001)
    expect(clock.shiftUs).toBe(2_000)
  })
})
