import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BACKOFF_FIRST_MS, BACKOFF_MAX_MS, BACKOFF_MIN_MS, createBackoff } from './backoff.ts'

describe('back-off', () => {
  it('doubles its ceiling from one second to one minute', () => {
    const backoff = createBackoff(() => 0.999999)
    const waits = Array.from({ length: 9 }, () => backoff.nextMs())
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000])
    backoff.reset()
    expect(backoff.nextMs()).toBe(1_000)
  })

  it('is spread over the whole of it, and never without a pause', () => {
    fc.assert(
      fc.property(fc.nat(40), fc.double({ min: 0, max: 0.999, noNaN: true }), (tries, random) => {
        const backoff = createBackoff(() => random)
        for (let i = 0; i < tries; i++) backoff.nextMs()
        const ceiling = Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** tries)
        const wait = backoff.nextMs()
        expect(wait).toBe(Math.max(BACKOFF_MIN_MS, Math.round(random * ceiling)))
        expect(wait).toBeLessThanOrEqual(BACKOFF_MAX_MS)
      }),
    )
  })
})
