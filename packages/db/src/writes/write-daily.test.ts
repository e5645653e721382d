import { afterAll, beforeAll, expect, test } from 'vitest'
import { readSettlements } from '../reads/read-settlements.ts'
import { bar, batch, daily, minute, NOON, newInstruments, tick } from '../sample-batches.ts'
import { type TestDatabase, testDatabase } from '../testing.ts'
import { rollUpBatches } from './roll-up-batches.ts'
import { writeBatch } from './write-batch.ts'

let t: TestDatabase
beforeAll(async () => {
  t = await testDatabase()
}, 120_000)
afterAll(() => t.drop())

const DATE = '2026-11-20'
const officialOf = (id: number, close: number, more = {}) =>
  writeBatch(t.db, batch({ kind: 'daily', fetchedAt: minute(600), daily: [daily(id, DATE, close, more)] }))
const differences = async (id: number) =>
  (
    await t.db.pool.query(
      'select what, old, new from market_data_restatements where instrument_id = $1 order by id',
      [id],
    )
  ).rows
const rollUp = async () => {
  while ((await rollUpBatches(t.db, { limit: 10 })).batches > 0);
}

test('where the official bar is not what was rolled up, both values are kept', async () => {
  const [id] = await newInstruments(t.db, 1)
  await writeBatch(
    t.db,
    batch({ bars: [bar(id!, NOON, 10, { volume: 300 })], ticks: [tick(id!, minute(1), 9, 400)] }),
  )
  await rollUp()
  await officialOf(id!, 10, { open: 8 })
  expect(await differences(id!)).toEqual([
    {
      what: 'settled',
      old: { open: 10, high: 11, low: 9, close: 9, volume: 400 },
      new: { open: 8, high: 11, low: 9, close: 10, volume: 1000 },
    },
  ])
  // From then on it is the vendor's own word that it changes.
  await officialOf(id!, 10, { open: 7 })
  expect((await differences(id!)).map((d) => [d.what, d.old.open, d.new.open])).toEqual([
    ['settled', 10, 8],
    ['daily', 8, 7],
  ])
})

test('no difference is told where there is none, or where nothing was rolled up', async () => {
  const [same, new_, open] = await newInstruments(t.db, 3)
  await writeBatch(t.db, batch({ bars: [bar(same!, NOON, 10, { volume: 1000 })] }))
  await rollUp()
  await officialOf(open!, 5, { settled: false })
  for (const id of [same!, new_!, open!]) await officialOf(id, 10)
  for (const id of [same!, new_!, open!]) expect(await differences(id)).toEqual([])
})

test('the operator sees how many differ, and which closes are far off', async () => {
  const ids = await newInstruments(t.db, 3)
  const date = '2026-11-19'
  const at = NOON - 24 * 3600 * 1_000_000
  await writeBatch(t.db, batch({ bars: ids.map((id) => bar(id, at, 100)) }))
  await rollUp()
  const closes = [100.1, 110, 80]
  await writeBatch(t.db, batch({ kind: 'daily', daily: ids.map((id, n) => daily(id, date, closes[n]!)) }))
  const seen = await readSettlements(t.db, { sessionDates: [date], closeOffBy: 0.01, limit: 5 })
  expect(seen).toMatchObject({
    differing: 3,
    far: [
      { sessionDate: date, source: 'polygon', rolledUp: 100, official: 80 },
      { rolledUp: 100, official: 110 },
    ],
  })
  expect(await readSettlements(t.db, { sessionDates: [], closeOffBy: 0, limit: 5 })).toEqual({
    differing: 0,
    far: [],
  })
})
