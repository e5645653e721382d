import { expect, it } from 'vitest'
import { announcement, deedOf } from './lift.ts'

const order = ['polygon', 'alpaca', 'yahoo']
const press = (key: string, more: object = {}) => ({
  key,
  altKey: false,
  ctrlKey: false,
  metaKey: false,
  ...more,
})

it('arrows walk the sources until one is lifted, then they move it', () => {
  expect(deedOf(press('ArrowRight'), 'polygon', { order, lift: null })).toEqual({
    deed: 'focus',
    name: 'alpaca',
  })
  expect(deedOf(press('ArrowLeft'), 'polygon', { order, lift: null })).toEqual({
    deed: 'focus',
    name: 'polygon',
  })
  expect(deedOf(press('End'), 'polygon', { order, lift: null })).toEqual({ deed: 'focus', name: 'yahoo' })
  expect(deedOf(press(' '), 'polygon', { order, lift: null })).toEqual({ deed: 'lift' })
  const lift = { name: 'polygon', order }
  expect(deedOf(press('ArrowRight'), 'polygon', { order, lift })).toEqual({
    deed: 'move',
    order: ['alpaca', 'polygon', 'yahoo'],
  })
  expect(deedOf(press('End'), 'polygon', { order, lift })).toEqual({
    deed: 'move',
    order: ['alpaca', 'yahoo', 'polygon'],
  })
  expect(deedOf(press(' '), 'polygon', { order, lift })).toEqual({ deed: 'drop' })
  expect(deedOf(press('Escape'), 'polygon', { order, lift })).toEqual({ deed: 'cancel' })
})

it('Alt and an arrow move at once; keys with Ctrl are not for it', () => {
  expect(deedOf(press('ArrowUp', { altKey: true }), 'yahoo', { order, lift: null })).toEqual({
    deed: 'shift',
    order: ['polygon', 'yahoo', 'alpaca'],
  })
  expect(deedOf(press('z', { ctrlKey: true }), 'yahoo', { order, lift: null })).toBeNull()
  expect(deedOf(press('a'), 'yahoo', { order, lift: null })).toBeNull()
})

it('says where a source stands', () => {
  expect(announcement({ deed: 'lift' }, 'alpaca', order)).toContain('alpaca lifted, place 2 of 3')
  expect(announcement({ deed: 'drop' }, 'alpaca', ['alpaca', 'polygon'])).toBe(
    'alpaca dropped at place 1 of 2.',
  )
  expect(announcement({ deed: 'focus', name: 'yahoo' }, 'alpaca', order)).toBeNull()
})
