import { describe, expect, it } from 'vitest'
import { outside, touches } from './gaps.ts'

const span = (from: number, to: number) => ({ from, to })

describe('spans of gaps', () => {
  it('outside gives what no other span holds', () => {
    expect(outside(span(0, 10), [])).toEqual([span(0, 10)])
    expect(outside(span(0, 10), [span(6, 8), span(-5, 2), span(7, 9)])).toEqual([span(2, 6), span(9, 10)])
    expect(outside(span(0, 10), [span(-1, 4), span(4, 11)])).toEqual([])
    expect(outside(span(0, 10), [span(10, 20), span(-3, 0)])).toEqual([span(0, 10)])
  })

  it('spans that meet touch', () => {
    expect(touches(span(0, 5), span(5, 9))).toBe(true)
    expect(touches(span(0, 5), span(6, 9))).toBe(false)
  })
})
