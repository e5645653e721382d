import { describe, expect, it } from 'vitest'
import { ownerOf } from './share-out.ts'

const LANES = ['sweep:equity', 'sweep:crypto', 'sweep:fx', 'sweep:index']

describe('the share-out', () => {
  it('gives all to one, and nothing to nobody', () => {
    expect(LANES.map((lane) => ownerOf(lane, ['a']))).toEqual(['a', 'a', 'a', 'a'])
    expect(ownerOf('sweep:equity', [])).toBeNull()
  })

  it.each([2, 3, 4])('leaves none of %i daemons without a lane', (n) => {
    const crew = Array.from({ length: n }, (_, i) => `daemon ${i}`)
    const owners = LANES.map((lane) => ownerOf(lane, crew))
    expect(new Set(owners).size).toBe(n)
    for (const daemon of crew)
      expect(owners.filter((o) => o === daemon).length).toBeLessThanOrEqual(Math.ceil(4 / n))
  })

  it('is the same whoever asks, for work that it does not know too', () => {
    const crew = ['a', 'b', 'c']
    expect(crew).toContain(ownerOf('something new', crew))
    expect(ownerOf('something new', crew)).toBe(ownerOf('something new', [...crew]))
  })
})
