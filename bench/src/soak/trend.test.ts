import { describe, expect, it } from 'vitest'
import { sparkline, trendOf } from './trend.ts'

const series = (n: number, of: (i: number) => number) => Array.from({ length: n }, (_, i) => of(i))

describe('the trend of a series', () => {
  it('is what the last two thirds gain; warming up is not growth', () => {
    const warmsUp = series(90, (i) => (i < 25 ? i * 10 : 300 + (i % 2)))
    expect(trendOf(warmsUp).growth).toBeCloseTo(0, 1)
    expect(trendOf(series(91, (i) => 100 + i)).growth).toBeCloseTo(60, 0)
  })

  it('sees a slow leak under the saw of a collector, and is not bent by a few outliers', () => {
    const saw = (i: number) => 200 + (i % 7) * 8
    expect(Math.abs(trendOf(series(180, saw)).growth)).toBeLessThan(3)
    expect(trendOf(series(180, (i) => saw(i) + i * 0.2)).growth).toBeGreaterThan(18)
    expect(Math.abs(trendOf(series(180, (i) => (i % 50 === 0 ? 900 : saw(i)))).growth)).toBeLessThan(3)
  })

  it('of nothing is nothing', () => {
    expect(trendOf([])).toEqual({ median: Number.NaN, growth: 0 })
    expect(trendOf([Number.NaN, 5])).toEqual({ median: 5, growth: 0 })
  })
})

describe('a sparkline', () => {
  it('goes from the lowest to the highest', () => {
    expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7])).toBe('▁▂▃▄▅▆▇█')
    expect(sparkline([5, 5, 5])).toBe('▁▁▁')
    expect(
      sparkline(
        series(100, (i) => i),
        4,
      ),
    ).toHaveLength(4)
    expect(sparkline([])).toBe('')
  })
})
