import { describe, expect, it } from 'vitest'
import { ageWords, alsoWords, depthWords, limitWords, probeLine, quotesWord } from './findings-words.ts'

describe('findings in words', () => {
  it('prices: live, late, not in the plan', () => {
    expect(quotesWord({ quotes: 'live', delayedMinutes: 0 })).toBe('live')
    expect(quotesWord({ quotes: 'delayed', delayedMinutes: 15 })).toBe('15 min late')
    expect(quotesWord({ quotes: 'delayed', delayedMinutes: null })).toBe('late')
    expect(quotesWord({ quotes: 'not_entitled', delayedMinutes: null })).toBe('not in plan')
    expect(quotesWord({ quotes: 'none', delayedMinutes: null })).toBe('none')
  })
  it('ages: to a tenth of a second while they are young', () => {
    expect(ageWords(null)).toBeNull()
    expect(ageWords(412)).toBe('0.4 s')
    expect(ageWords(-3)).toBe('0.0 s')
    expect(ageWords(900_000)).toBe('15m')
  })
  it('depth, and what there is beside it', () => {
    expect(depthWords({ charts: true, historyDays: 730 })).toBe('2 years')
    expect(depthWords({ charts: true, historyDays: null })).toBe('bars')
    expect(depthWords({ charts: false, historyDays: null })).toBe('none')
    expect(alsoWords({ fundamentals: true, options: false, stream: true })).toBe('figures, stream')
  })
  it('limits, with the scope where there are several', () => {
    expect(limitWords({ scope: 'all', calls: 200, windowMs: 60_000 })).toBe('200 calls a minute')
    expect(limitWords({ scope: 'all', calls: 1, windowMs: 3_600_000 })).toBe('1 call an hour')
    expect(limitWords({ scope: 'pacing', calls: 60, windowMs: 600_000 })).toBe('60 calls in 10m (pacing)')
  })
  it('sums up what it cost', () => {
    expect(probeLine({ calls: 11, tookMs: 840.4 })).toBe('Asked 11 times in 840 ms')
    expect(probeLine({ calls: 1, tookMs: 2_340 })).toBe('Asked 1 time in 2.3 s')
  })
})
