import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MINUTE_US, microsFromIso } from './instant.ts'
import { barStart, INTRADAY_TIMEFRAMES, isIntraday, TIMEFRAMES, timeframeMicros } from './timeframe.ts'

describe('timeframes', () => {
  it('knows which are shorter than a session', () => {
    expect(TIMEFRAMES.filter(isIntraday)).toEqual([...INTRADAY_TIMEFRAMES])
    expect(timeframeMicros('4h')).toBe(240 * MINUTE_US)
  })

  it('aligns a bar to UTC midnight', () => {
    const ts = microsFromIso('2026-11-23T14:37:59.999999Z')!
    expect(barStart(ts, '1m')).toBe(microsFromIso('2026-11-23T14:37:00Z'))
    expect(barStart(ts, '30m')).toBe(microsFromIso('2026-11-23T14:30:00Z'))
    expect(barStart(ts, '4h')).toBe(microsFromIso('2026-11-23T12:00:00Z'))
  })

  it('puts any instant into exactly one bar, before 1970 too', () => {
    const instants = fc.integer({ min: -2_000_000_000_000_000, max: 4_000_000_000_000_000 })
    fc.assert(
      fc.property(instants, fc.constantFrom(...INTRADAY_TIMEFRAMES), (ts, tf) => {
        const start = barStart(ts, tf)
        expect(start <= ts && ts < start + timeframeMicros(tf)).toBe(true)
        expect(barStart(start, tf)).toBe(start)
      }),
    )
  })
})
