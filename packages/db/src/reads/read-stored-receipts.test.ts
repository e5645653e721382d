import { afterAll, beforeAll, expect, test } from 'vitest'
import { day, latest, minute, newInstruments, tick } from '../sample-batches.ts'
import { type TestDatabase, testDatabase } from '../testing.ts'
import { writeBatch } from '../writes/write-batch.ts'
import { readStoredReceipts } from './read-stored-receipts.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.drop())

const sourceOrder = { default: ['polygon', 'yahoo'] }

async function observed(
  instrumentId: number,
  o: { source: string; ts: number; price: number; attempts?: unknown[] },
): Promise<void> {
  const { source, ts, price } = o
  await writeBatch(database.db, {
    ...{ kind: 'ticks', source, feed: 'sip', fetchedAt: ts + 1_000_000, marketNow: ts + 1_000_000 },
    ticks: [tick(instrumentId, ts, price, 700)],
    latest: { rows: [latest(instrumentId, ts, price)], sourceOrder, cadenceUs: 60_000_000 },
    ...(o.attempts ? { attempts: o.attempts } : {}),
  } as Parameters<typeof writeBatch>[1])
}

test('newest first, each with its batch, source, feed, both clocks and what was asked before', async () => {
  const [id, other] = (await newInstruments(database.db, 2)) as [number, number]
  const attempts = [{ source: 'polygon', outcome: 'failed' }]
  await observed(id, { source: 'polygon', ts: minute(0), price: 10 })
  await observed(other, { source: 'polygon', ts: minute(1), price: 99 })
  await observed(id, { source: 'yahoo', ts: minute(2), price: 12, attempts })
  const found = await readStoredReceipts(database.db, { instrumentId: id, limit: 10 })
  expect(found.map(({ price, source }) => [price, source])).toEqual([
    [12, 'yahoo'],
    [10, 'polygon'],
  ])
  expect(found[0]).toMatchObject({
    ...{ ts: minute(2), fetchedAt: minute(2) + 1_000_000, feed: 'sip', volume: 700, attempts },
    batchId: expect.any(Number),
  })
  expect(found[0]!.batchId).toBeGreaterThan(found[1]!.batchId)
  expect(found[1]!.attempts).toBeNull()
  expect(await readStoredReceipts(database.db, { instrumentId: id, limit: 1 })).toHaveLength(1)
})

test('it looks further back where the newest day holds too few, and finds nothing where there is nothing', async () => {
  const [id, empty] = (await newInstruments(database.db, 2)) as [number, number]
  for (const n of [-90, -30, -3, 0]) await observed(id, { source: 'polygon', ts: day(n), price: 100 + n })
  const prices = (limit: number) =>
    readStoredReceipts(database.db, { instrumentId: id, limit }).then((rows) => rows.map((r) => r.price))
  expect([await prices(1), await prices(2), await prices(9)]).toEqual([[100], [100, 97], [100, 97, 70]])
  expect(await readStoredReceipts(database.db, { instrumentId: empty, limit: 9 })).toEqual([])
})
