// The benchmark's pieces on a small tape: what is correct, never how long it takes.
import { rollUpBatches, verifyRollups, writeBatch } from '@onetape/db'
import { type TestDatabase, testDatabase } from '@onetape/db/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { measureLag } from './lag.ts'
import { batchOf, picture } from './minutes.ts'
import { type Stage, stage } from './stage.ts'

let t: TestDatabase
let s: Stage
beforeAll(async () => {
  t = await testDatabase()
  s = await stage(t.db, { instruments: 20, history: 1, minutes: 12 })
}, 120_000)
afterAll(() => t.drop())

const UNDER_WAY = { from: '2026-11-19', to: '2026-11-20' }

test('the session under way is rolled up as its ticks and minutes say', async () => {
  const { rows } = await t.db.pool.query(
    `select timeframe, count(*)::int as buckets from market_data_rollups where ts >= '2026-11-19' group by 1 order by 1`,
  )
  expect(rows).toEqual([
    { timeframe: '5m', buckets: 60 },
    { timeframe: '30m', buckets: 20 },
  ])
  expect(await verifyRollups(t.db, UNDER_WAY)).toEqual([])
})

test('so are batches at the beginning and at the end of a session', async () => {
  for (const place of [
    { open: s.beginning, minute: 0 },
    { open: s.ending, minute: 12 },
  ]) {
    await writeBatch(s.db, batchOf(picture(s.ids, place)))
    expect(await rollUpBatches(s.db, { limit: 1 })).toMatchObject({ batches: 1, buckets: 40, days: 20 })
  }
  expect(await verifyRollups(t.db, UNDER_WAY)).toEqual([])
})

test('and the whole market every moment, with minutes that are still open', async () => {
  const lag = await measureLag(s, { batches: 14, everyMs: 0, fromMinute: 13 })
  expect(lag.ms).toHaveLength(14)
  expect(await verifyRollups(t.db, UNDER_WAY)).toEqual([])
})
