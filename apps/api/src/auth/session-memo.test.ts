import { expect, it, vi } from 'vitest'
import { SessionMemo } from './session-memo.ts'

const setUp = (entriesMax = 10) => {
  const clock = { nowMs: 0 }
  const lookUp = vi.fn(async (credential: string) => `${credential} at ${clock.nowMs}`)
  return {
    clock,
    lookUp,
    memo: new SessionMemo({ lookUp, ttlMs: 2_000, entriesMax, nowMs: () => clock.nowMs }),
  }
}

it('asks once for many at the same time, and answers at once afterwards', async () => {
  const { lookUp, memo } = setUp()
  expect(await Promise.all([memo.of('a'), memo.of('a')])).toEqual(['a at 0', 'a at 0'])
  expect(memo.of('a')).toBe('a at 0')
  expect(lookUp).toHaveBeenCalledTimes(1)
})

it('asks again after its time', async () => {
  const { clock, memo } = setUp()
  await memo.of('a')
  clock.nowMs = 2_000
  expect(await memo.of('a')).toBe('a at 2000')
})

it('remembers no failure', async () => {
  const { lookUp, memo } = setUp()
  lookUp.mockRejectedValueOnce(new Error('away'))
  await expect(memo.of('a')).rejects.toThrow('away')
  expect(await memo.of('a')).toBe('a at 0')
})

it('what was being looked up when all was forgotten is not remembered', async () => {
  const { lookUp, memo } = setUp()
  const answer = Promise.withResolvers<string>()
  lookUp.mockReturnValueOnce(answer.promise)
  const before = memo.of('a')
  memo.forget()
  answer.resolve('as it was')
  expect(await before).toBe('as it was')
  expect(await memo.of('a')).toBe('a at 0')
})

it('forgets the oldest when it is full', async () => {
  const { lookUp, memo } = setUp(2)
  for (const credential of ['a', 'b', 'c']) await memo.of(credential)
  expect(memo.of('c')).toBe('c at 0')
  await memo.of('a')
  expect(lookUp.mock.calls.flat()).toEqual(['a', 'b', 'c', 'a'])
})
