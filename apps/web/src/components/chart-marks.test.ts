import { describe, expect, it } from 'vitest'
import { markOf, placeMarks } from './chart-marks.ts'

const at = (iso: string): number => Date.parse(iso) / 1_000
const split = markOf({ kind: 'split', exDate: '2020-08-31', ratio: 4, amount: null })
const dividend = markOf({ kind: 'dividend', exDate: '2020-11-06', ratio: null, amount: 0.205 })

describe('marks of corporate actions', () => {
  it('say what happened', () => {
    expect(split.text).toBe('Split 4:1')
    expect(dividend.text).toBe('Div 0.205')
  })

  it('stand at their day, or at the first bar after it', () => {
    const days = [at('2020-08-28T00:00:00Z'), at('2020-08-31T00:00:00Z'), at('2020-11-09T00:00:00Z')]
    expect(placeMarks([dividend, split], days).map((m) => m.time)).toEqual([days[1], days[2]])
  })

  it('on intraday bars, at the first bar of the day, not in the evening before', () => {
    const bars = [at('2020-08-28T19:55:00Z'), at('2020-08-31T04:00:00Z'), at('2020-08-31T04:05:00Z')]
    expect(placeMarks([split], bars).map((m) => m.time)).toEqual([bars[1]])
  })

  it('those outside of what is loaded have no place', () => {
    expect(placeMarks([split], [at('2020-09-01T09:30:00Z')])).toEqual([])
    expect(placeMarks([dividend], [at('2020-09-01T09:30:00Z')])).toEqual([])
    expect(placeMarks([split], [])).toEqual([])
  })

  it('an action of the oldest loaded day is shown', () => {
    expect(placeMarks([split], [at('2020-08-31T09:30:00Z')])).toHaveLength(1)
  })
})
