import { expect, it } from 'vitest'
import { movedBy, movedTo, placeWords, stepOf } from './moved.ts'

const ABCD = ['a', 'b', 'c', 'd']

it('a row lands before or after the one that it is held over', () => {
  expect(movedTo(ABCD, 'a', { over: 'c', after: false })).toEqual(['b', 'a', 'c', 'd'])
  expect(movedTo(ABCD, 'a', { over: 'c', after: true })).toEqual(['b', 'c', 'a', 'd'])
  expect(movedTo(ABCD, 'd', { over: 'a', after: false })).toEqual(['d', 'a', 'b', 'c'])
  expect(movedTo(ABCD, 'x', { over: 'a', after: false })).toEqual(ABCD)
  expect(movedTo(ABCD, 'a', { over: 'x', after: false })).toEqual(ABCD)
})

it('keys move it by a place or to an end, and no further', () => {
  expect(movedBy(ABCD, 'b', 1)).toEqual(['a', 'c', 'b', 'd'])
  expect(movedBy(ABCD, 'a', -1)).toEqual(ABCD)
  const key = (k: string, altKey = true) => stepOf({ key: k, altKey, ctrlKey: false, metaKey: false })
  expect(movedBy(ABCD, 'c', key('Home')!)).toEqual(['c', 'a', 'b', 'd'])
  expect(movedBy(ABCD, 'b', key('End')!)).toEqual(['a', 'c', 'd', 'b'])
  expect([key('ArrowUp', false), key('x')]).toEqual([null, null])
  expect(placeWords(ABCD, 'c')).toBe('place 3 of 4')
})
