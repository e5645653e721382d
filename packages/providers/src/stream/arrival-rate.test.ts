import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createArrivalRate } from './arrival-rate.ts'

/** Numbers in [0, 1) that are the same every time. */
function numbers(seed: number): () => number {
  let state = seed | 1
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0
    return (state >>> 0) / 2 ** 32
  }
}

describe('arrival rate', () => {
  it('knows nothing before it has heard enough', () => {
    const rate = createArrivalRate(0)
    for (let i = 1; i < 8; i++) {
      rate.heard(i * 1_000)
      expect(rate.patienceMs()).toBeNull()
    }
    rate.heard(8_000)
    expect(rate.patienceMs()).not.toBeNull()
  })

  it('of a clock is missed after a few intervals, whatever the interval', () => {
    fc.assert(
      fc.property(fc.integer({ min: 700, max: 600_000 }), (everyMs) => {
        const rate = createArrivalRate(0)
        for (let i = 1; i <= 40; i++) rate.heard(i * everyMs)
        const patience = rate.patienceMs()!
        expect(patience).toBeGreaterThan(1.9 * everyMs)
        expect(patience).toBeLessThan(4 * everyMs)
      }),
    )
  })

  it('of random trades does not cry wolf: at most one false alarm in a thousand silences', () => {
    const random = numbers(7)
    let silences = 0
    let alarms = 0
    for (const mean of [300, 2_000, 30_000, 400_000]) {
      const rate = createArrivalRate(0)
      let now = 0
      for (let i = 0; i < 5_000; i++) {
        const gap = -Math.log(1 - random()) * mean
        const patience = rate.patienceMs()
        if (patience !== null && gap > patience) alarms++
        if (patience !== null) silences++
        now += gap
        rate.heard(now)
      }
      expect(rate.patienceMs()).toBeLessThan(40 * mean)
    }
    expect(silences).toBeGreaterThan(15_000)
    expect(alarms / silences).toBeLessThan(0.001)
  })

  it('of a thin symbol is not that of its bursts', () => {
    const rate = createArrivalRate(0)
    const HOUR = 3_600_000
    for (let burst = 1; burst <= 2; burst++) {
      for (let i = 0; i < 10; i++) rate.heard(burst * HOUR + i * 200)
    }
    expect(rate.patienceMs()).toBeGreaterThan(HOUR / 3)
  })

  it('does not learn from a night, nor from the gap of a broken connection', () => {
    const rate = createArrivalRate(0)
    for (let i = 1; i <= 30; i++) rate.heard(i * 1_000)
    const before = rate.patienceMs()!
    rate.skipTo(64_000_000)
    expect(rate.since).toBe(64_000_000)
    for (let i = 1; i <= 5; i++) rate.heard(64_000_000 + i * 1_000)
    expect(rate.patienceMs()).toBeLessThan(before * 1.5)
  })

  it('follows a rate that falls', () => {
    const rate = createArrivalRate(0)
    for (let i = 1; i <= 100; i++) rate.heard(i * 500)
    for (let i = 1; i <= 60; i++) rate.heard(50_000 + i * 5_000)
    expect(rate.patienceMs()).toBeGreaterThan(10_000)
  })
})
