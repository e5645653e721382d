import { expect, it } from 'vitest'
import { createPacing } from './pacing.ts'

it('five for one contract in two seconds, others unhindered; the sixth waits for the first to be old', () => {
  let now = 0
  const pacing = createPacing<number>({ now: () => now })
  for (let i = 0; i < 5; i++) {
    expect(pacing.waitMs('ACME')).toBe(0)
    pacing.asked(`r${i}`, 'ACME', Promise.resolve(i))
    now += 100_000
  }
  expect([pacing.waitMs('ACME'), pacing.waitMs('OTHER')]).toEqual([1800, 0])
  now += 1_800_000
  expect(pacing.waitMs('ACME')).toBe(0)
})

it('an answer is given again for 15 s, and no longer; a failed one never', async () => {
  let now = 0
  const pacing = createPacing<number>({ now: () => now })
  pacing.asked('same', 'ACME', Promise.resolve(7))
  const failed = Promise.reject(new Error('no'))
  pacing.asked('failed', 'ACME', failed)
  await expect(failed).rejects.toThrow()
  expect(pacing.recent('failed')).toBeNull()
  now = 15_400_000
  expect(await pacing.recent('same')).toBe(7)
  now = 15_500_000
  expect(pacing.recent('same')).toBeNull()
})
