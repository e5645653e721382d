import { HOUR_US, MINUTE_US } from '@onetape/market'
import { describe, expect, it } from 'vitest'
import { expiryView } from './expiry.ts'

const NOW = 1_800_000_000_000_000

describe('a sign-in that runs out', () => {
  it('counts down calmly while days are left', () => {
    expect(expiryView(NOW + 7 * 24 * HOUR_US - MINUTE_US, NOW)).toEqual({
      tone: 'plain',
      words: 'Sign-in lasts 6d 23h',
    })
  })
  it('warns from two days ahead, to the microsecond', () => {
    expect(expiryView(NOW + 48 * HOUR_US + 1, NOW).tone).toBe('plain')
    expect(expiryView(NOW + 48 * HOUR_US, NOW)).toEqual({ tone: 'warn', words: 'Sign-in lasts 2d 0h' })
    expect(expiryView(NOW + 5 * HOUR_US + 12 * MINUTE_US, NOW).words).toBe('Sign-in lasts 5h 12m')
  })
  it('is over at its end', () => {
    expect(expiryView(NOW, NOW)).toEqual({ tone: 'alarm', words: 'Sign-in ran out 0s ago' })
    expect(expiryView(NOW - 3 * HOUR_US, NOW).words).toBe('Sign-in ran out 3h ago')
  })
})
