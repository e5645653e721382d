import { afterAll, beforeAll, expect, test } from 'vitest'
import { marketSpansSkipped } from '../reads/market-spans-skipped.ts'
import { readEnvironment } from '../reads/read-environment.ts'
import { type TestDatabase, testDatabase } from '../testing.ts'
import { writeMarketShift } from './write-market-shift.ts'

let t: TestDatabase
beforeAll(async () => {
  t = await testDatabase()
}, 120_000)
afterAll(() => t.drop())

test('the shift only grows, also when several processes move it', async () => {
  const shifts = [30, 10, 20, 30].map((s) => s * 1_000_000)
  await writeMarketShift(t.db, { shiftUs: 5, from: 100, to: 105 })
  await Promise.all(
    shifts.map((shiftUs) => writeMarketShift(t.db, { shiftUs, from: 200, to: 200 + shiftUs })),
  )
  expect((await readEnvironment(t.db)).shiftUs).toBe(30_000_000)
  const spans = await marketSpansSkipped(t.db)
  expect(spans[0]).toEqual({ from: 100, to: 105 })
  const lengths = spans.map((s) => s.to - s.from)
  expect(lengths).toEqual([...new Set(lengths)].sort((a, b) => a - b))
})
