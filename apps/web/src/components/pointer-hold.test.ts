import { expect, it } from 'vitest'
import { pointerHold } from './pointer-hold.ts'

it('holds while the pointer is on the rows, and a moment longer', () => {
  let nowMs = 0
  const hold = pointerHold(() => nowMs)
  expect(hold.isHeld()).toBe(false)
  hold.over(true)
  nowMs = 60_000
  expect(hold.isHeld()).toBe(true)
  hold.leave()
  nowMs = 61_000
  expect(hold.isHeld()).toBe(true)
  nowMs = 63_000
  expect(hold.isHeld()).toBe(false)
})

it('does not hold on the header', () => {
  let nowMs = 0
  const hold = pointerHold(() => nowMs)
  hold.over(false)
  expect(hold.isHeld()).toBe(false)
  hold.leave()
  nowMs = 1
  expect(hold.isHeld()).toBe(false)
})
