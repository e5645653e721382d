import { expect, it } from 'vitest'
import { seldom } from './seldom.ts'

it('asks once for all who ask within its time, and again after it', async () => {
  let nowMs = 0
  let asked = 0
  const read = seldom(
    100,
    async () => ++asked,
    () => nowMs,
  )
  expect(await Promise.all([read(), read()])).toEqual([1, 1])
  nowMs = 99
  expect(await read()).toBe(1)
  nowMs = 100
  expect(await read()).toBe(2)
})

it('does not keep a failure', async () => {
  let fails = true
  const read = seldom(100, async () => {
    if (fails) throw new Error('away')
    return 'there'
  })
  await expect(read()).rejects.toThrow('away')
  fails = false
  expect(await read()).toBe('there')
})
