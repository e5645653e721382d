import { describe, expect, it } from 'vitest'
import { keepSight, sightOf } from './chart-sight.ts'

const every = (step: number, count: number, from = 0) =>
  Array.from({ length: count }, (_, i) => from + i * step)

describe('what is in sight', () => {
  it('is a span of time, open at the newest bar, and goes on before the oldest', () => {
    expect(sightOf(every(10, 100), { from: 20, to: 40.5 }, 205)).toEqual({
      ...{ from: 200, to: 405, barPx: 10, widthPx: 205 },
    })
    expect(sightOf(every(10, 100), { from: -5, to: 105 }, 110)).toMatchObject({
      from: -50,
      to: null,
      barPx: 1,
    })
    expect(sightOf([1], { from: 0, to: 1 }, 100)).toBeNull()
  })
})

describe('other bars of the same series', () => {
  const bars = every(10, 100)

  it('show the same time when they are shorter or longer', () => {
    expect(keepSight(bars, { from: 20, to: 40 }, every(5, 200), false)).toEqual({ from: 40, to: 80 })
    expect(keepSight(bars, { from: 20, to: 40 }, every(20, 50), false)).toEqual({ from: 10, to: 20 })
    expect(keepSight(bars, { from: 20, to: 40 }, every(10, 300, -1_000), false)).toEqual({
      from: 120,
      to: 140,
    })
  })

  it('keep the newest bar in sight, with as much room beside it', () => {
    expect(keepSight(bars, { from: 79, to: 102 }, every(5, 199), false)).toEqual({ from: 158, to: 201 })
  })

  it('give room for history where someone has zoomed out over all that is drawn', () => {
    expect(sightOf(bars, { from: 0, to: 150 }, 300)).toEqual({ from: -450, to: null, barPx: 2, widthPx: 300 })
    const older = every(10, 200, -1_000)
    expect(keepSight(bars, { from: 0, to: 150 }, older, false)).toEqual({ from: 55, to: 205 })
    expect(keepSight(bars, { from: 0, to: 150 }, older, true)).toEqual({ from: 55, to: 205 })
    // Unless there is none.
    expect(keepSight(bars, { from: 0, to: 150 }, bars, true)).toEqual({ from: 0, to: 105 })
    expect(keepSight(bars, { from: 0, to: 150 }, every(20, 50), false)).toEqual({ from: 0, to: 52.5 })
  })

  it('as long as before keep their width, also when one more has come', () => {
    expect(keepSight(bars, { from: 60, to: 105 }, every(10, 101), true)).toEqual({ from: 61, to: 106 })
    expect(keepSight(bars, { from: 20, to: 40 }, every(10, 200, -1_000), true)).toEqual({
      from: 120,
      to: 140,
    })
  })

  it('that have nothing of that time say so', () => {
    expect(keepSight(bars, { from: 20, to: 40 }, every(10, 50, 90_000), false)).toBeNull()
    expect(keepSight(bars, { from: 20, to: 40 }, [5], false)).toBeNull()
  })
})
