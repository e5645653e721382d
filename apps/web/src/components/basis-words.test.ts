import { expect, it } from 'vitest'
import { basisLine, basisProblem } from './basis-words.ts'

const told = {
  basis: 'split',
  stored: 'split',
  converted: null,
  source: 'polygon',
  refused: null,
  cut: null,
} as const

it('names the basis and whose actions', () => {
  expect(basisLine(told)).toBe('split-adjusted, as polygon tells it')
  expect(basisLine({ ...told, basis: 'raw', stored: 'raw' })).toBe('as traded')
  const converted = { from: 'split', actions: 'yahoo' } as const
  expect(basisLine({ ...told, basis: 'total', converted })).toBe('total return by the actions of yahoo')
  expect(basisLine({ ...told, basis: 'raw', converted })).toBe('as traded, by undoing the actions of yahoo')
  expect(basisLine({ ...told, basis: 'total', converted: { from: 'raw', actions: null } })).toMatch(
    /no splits/,
  )
  expect(basisLine({ ...told, basis: null })).toBeNull()
})

it('says why it cannot', () => {
  expect(basisProblem(told)).toBeNull()
  const refused = { basis: 'total', why: 'the tape knows no corporate actions of XYZ' } as const
  expect(basisProblem({ ...told, refused })).toMatch(/^Total return.*not to be had, the tape knows no/)
  expect(basisProblem({ ...told, cut: 'the close is missing' })).toBe(
    'Older bars are left out: the close is missing.',
  )
})
