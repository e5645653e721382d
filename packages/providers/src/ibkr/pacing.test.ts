import { expect, it } from 'vitest'
import { createPacing } from './pacing.ts'

it('five for one contract in two seconds, others unhindered; the sixth waits for the first to be old', () => {
  let now = 0
  const pacing = createPacing({ now: () => now })
  for (let i = 0; i < 5; i++) {
    expect(pacing.waitMs('ACME')).toBe(0)
    pacing.asked(`r${i}`, 'ACME')
    now += 100_000
  }
  expect([pacing.waitMs('ACME'), pacing.waitMs('OTHER')]).toEqual([1800, 0])
  now += 1_800_000
  expect(pacing.waitMs('ACME')).toBe(0)
})

it('the same request is counted for 15 s, another one for itself', () => {
  let now = 0
  const pacing = createPacing({ now: () => now })
  expect([pacing.asked('same', 'ACME'), pacing.asked('same', 'ACME'), pacing.asked('other', 'ACME')]).toEqual(
    [0, 1, 0],
  )
  now = 15_400_000
  expect(pacing.asked('same', 'ACME')).toBe(2)
  now = 15_500_000
  expect(pacing.asked('same', 'ACME')).toBe(1)
})
