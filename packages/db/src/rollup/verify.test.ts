import { afterAll, beforeAll, expect, test } from 'vitest'
import { bar, batch, daily, latest, minute, NOON, newInstruments, tick } from '../sample-batches.ts'
import { type TestDatabase, testDatabase } from '../testing.ts'
import { rollUpBatches } from '../writes/roll-up-batches.ts'
import { writeBatch } from '../writes/write-batch.ts'
import { verifyLatest, verifyRollups } from './verify.ts'

let t: TestDatabase
let ids: number[]
beforeAll(async () => {
  t = await testDatabase()
  ids = await newInstruments(t.db, 3)
  await writeBatch(
    t.db,
    batch({
      ticks: ids.map((id) => tick(id, NOON + 5_000_000, 10, 100)),
      bars: ids.map((id) => bar(id, NOON, 10)),
      latest: ids.map((id) => latest(id, NOON + 5_000_000, 10)),
    }),
  )
  // Given by the vendor: not ours to recompute.
  await writeBatch(t.db, batch({ kind: 'daily', daily: [daily(ids[2]!, '2026-11-20', 50)] }))
}, 120_000)
afterAll(() => t.drop())

const level = async () => {
  while ((await rollUpBatches(t.db, { limit: 10 })).batches > 0);
}
const sql = (text: string, values: unknown[] = []) => t.db.pool.query(text, values)

test('what is not rolled up yet is told', async () => {
  const [first, ...others] = await verifyRollups(t.db, { levelWithinMs: 0 })
  expect(first).toMatch(/hold batches up to 0, the ledger goes on to 2/)
  expect(others.length).toBeGreaterThan(0)
  // A follower that is at work is waited for.
  const [lines] = await Promise.all([verifyRollups(t.db), level()])
  expect(lines).toEqual([])
})

test('what differs is told, what is missing, and what nothing makes', async () => {
  await sql(`update market_data_rollups set high = high + 1 where instrument_id = $1 and timeframe = '5m'`, [
    ids[0],
  ])
  await sql(`update market_data_rollups set tick_low = 1 where instrument_id = $1 and timeframe = '5m'`, [
    ids[1],
  ])
  await sql(`delete from market_data_rollups where instrument_id = $1 and timeframe = '30m'`, [ids[1]])
  await sql(`update market_data_daily set instrument_id = $1, basis = 'total' where instrument_id = $2`, [
    ids[0],
    ids[1],
  ])
  const lines = await verifyRollups(t.db)
  expect(lines).toEqual([
    expect.stringMatching(/5m 2026-11-20T15:00:00.000Z polygon raw: stored .*high 12, .*expected .*high 11/),
    expect.stringMatching(/ 5m .*stored .*, expected /),
    expect.stringMatching(/ 30m .*not stored, expected /),
    expect.stringMatching(/ day 2026-11-20 polygon total: stored .*, but nothing makes it/),
    expect.stringMatching(/ day 2026-11-20 polygon raw: not stored, expected .*close 10, volume 100/),
  ])
  expect(await verifyRollups(t.db, { linesMax: 2 })).toEqual(lines.slice(0, 2))
  expect(await verifyRollups(t.db, { from: '2026-11-21', to: '2026-11-23' })).toEqual([])
})

test('a batch is folded again, however late: nothing changes that was right', async () => {
  await sql('delete from market_data_rollups')
  await sql('delete from market_data_daily where not settled')
  await sql(`update rollup_cursors set batch_id = 0 where name = 'rollups'`)
  await level()
  expect(await verifyRollups(t.db)).toEqual([])
})

test('latest stands at the newest tick of its source; an unchanged price makes it newer than that', async () => {
  expect(await verifyLatest(t.db)).toEqual([])
  const again = ids.map((id) => latest(id, minute(1), 10, { volume: 100 }))
  const ticks = ids.map((id) => tick(id, minute(1), 10, 100))
  await writeBatch(t.db, batch({ fetchedAt: minute(1), marketNow: minute(1), ticks, latest: again }))
  expect(await verifyLatest(t.db)).toEqual([])
  await sql('update market_data_latest set last = 11 where instrument_id = $1', [ids[0]])
  await sql("update market_data_latest set ts = ts - interval '1 day' where instrument_id = $1", [ids[1]])
  expect(await verifyLatest(t.db)).toEqual([
    expect.stringMatching(/ latest 11 of 2026-11-20T15:01.* its newest tick is 10 /),
    expect.stringMatching(/ latest 10 of 2026-11-19T15:01.* its newest tick is 10 of 2026-11-20T15:0/),
  ])
})
