// What followers are told of the latest rows: whole batches only, whatever runs long, stays open or commits late.
import { SECOND_US } from '@onetape/market'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { batch, latest, minute, newInstruments, tick } from '../sample-batches.ts'
import { type TestDatabase, testDatabase } from '../testing.ts'
import { mintInstruments } from '../writes/mint-instruments.ts'
import { writeBatch } from '../writes/write-batch.ts'
import { newestBatch } from './newest-batch.ts'
import { readInstrumentFacts } from './read-instrument-facts.ts'
import { readLatest } from './read-latest.ts'

let t: TestDatabase
beforeAll(async () => {
  t = await testDatabase()
})
afterAll(() => t.drop())

/** What a writer in parts leaves behind before it closes: the intent, and rows that are committed already. */
async function openBatch(id: number, last: number, ts: number, source = 'polygon'): Promise<number> {
  const { rows } = await t.db.pool.query(
    `insert into tape_batches (source_id, kind, feed, fetched_at, rows_offered, rows_written, events_written)
     select id, 'ticks', 'sip', to_timestamp($2), 1, 1, 1 from sources where name = $1 returning write_id, source_id`,
    [source, ts / SECOND_US],
  )
  const { write_id, source_id } = rows[0]
  await t.db.pool.query(
    `insert into market_data_ticks (instrument_id, ts, source_id, write_id, price)
     values ($1, to_timestamp($2), $3, $4, $5)`,
    [id, ts / SECOND_US, source_id, write_id, last],
  )
  await t.db.pool.query(
    `update market_data_latest set last = $2, ts = to_timestamp($3), source_id = $4, write_id = $5
     where instrument_id = $1`,
    [id, last, ts / SECOND_US, source_id, write_id],
  )
  return write_id
}

const closeBatch = (writeId: number) =>
  t.db.pool.query('update tape_batches set id = (select max(id) + 1 from tape_batches) where write_id = $1', [
    writeId,
  ])

const write = async (id: number, n: number, last: number, source = 'polygon') =>
  (
    await writeBatch(
      t.db,
      batch({
        source,
        marketNow: minute(n),
        ticks: [tick(id, minute(n), last, n)],
        latest: [latest(id, minute(n), last, { bid: last - 1, previousClose: 90 })],
      }),
    )
  ).batchId!
const lastOf = async (id: number, afterBatchId?: number) =>
  (await readLatest(t.db, { instrumentIds: [id], afterBatchId })).map((row) => row.last)

describe('readLatest', () => {
  it('gives every column back as it was written, and what is known of the instrument', async () => {
    const [instrument] = await mintInstruments(t.db, [
      { ref: { assetClass: 'equity', symbol: 'NSRGY' }, name: 'Nestlé S.A. "ADR"' },
    ])
    const row = latest(instrument!.id, minute(0) + 123_457, 0.000_123_4, {
      bid: 0.000_123_3,
      ask: 1e15,
      bidSize: 0.5,
      askSize: null,
      day: { open: 1.5, high: 2.25, low: 1e-7, close: 2, volume: 7 },
      volume: 123_456_789.5,
      previousClose: null,
      feed: 'über',
      delayedMinutes: 15,
      tsOrigin: 'response',
    })
    const { batchId } = await writeBatch(t.db, batch({ latest: [row] }))
    expect(await readLatest(t.db, { instrumentIds: [instrument!.id] })).toEqual([
      {
        ...{ instrumentId: instrument!.id, key: 'equity:US:NSRGY', symbol: 'NSRGY', assetClass: 'equity' },
        ...{ name: 'Nestlé S.A. "ADR"', currency: 'USD', batchId, fetchedAt: minute(0), source: 'polygon' },
        ...{ ts: minute(0) + 123_457, feed: 'über', delayedMinutes: 15, tsOrigin: 'response' },
        ...{ last: 0.000_123_4, bid: 0.000_123_3, ask: 1e15, bidSize: 0.5, askSize: null },
        ...{ dayOpen: 1.5, dayHigh: 2.25, dayLow: 1e-7, dayClose: 2, volume: 123_456_789.5 },
        ...{ previousClose: null, sessionDate: '2026-11-20' },
      },
    ])
  })

  it('gives nothing where there is nothing', async () => {
    expect(await readLatest(t.db, { instrumentIds: [] })).toEqual([])
    const { id } = await newestBatch(t.db)
    expect(await readLatest(t.db, { afterBatchId: id })).toEqual([])
    expect(await readInstrumentFacts(t.db, { instrumentIds: [2_000_000_000] })).toEqual([])
  })

  it('leaves no clock behind, which would hold what was read until it runs out', async () => {
    const clocks = () => process.getActiveResourcesInfo().filter((r) => r === 'Timeout').length
    await readLatest(t.db)
    const before = clocks()
    for (let i = 0; i < 20; i++) await readLatest(t.db)
    expect(clocks()).toBeLessThan(before + 5)
  })

  it('tells rows of an open batch once it is closed, and the value before until then', async () => {
    const [id] = (await newInstruments(t.db, 1)) as [number]
    const before = await write(id, 1, 100)
    const writeId = await openBatch(id, 101, minute(2))
    expect((await newestBatch(t.db)).id).toBe(before)
    expect(await lastOf(id, before)).toEqual([])
    expect(await readLatest(t.db, { instrumentIds: [id] })).toMatchObject([
      { last: 100, ts: minute(1), batchId: before, volume: 1, bid: null, previousClose: 90 },
    ])
    await closeBatch(writeId)
    expect(await lastOf(id, before)).toEqual([101])
    expect(await lastOf(id)).toEqual([101])
  })

  it('does not miss a batch that closed just before an open one wrote over it', async () => {
    const [id] = (await newInstruments(t.db, 1)) as [number]
    const before = await write(id, 1, 100)
    const missed = await write(id, 2, 102)
    await openBatch(id, 103, minute(3))
    expect(await readLatest(t.db, { instrumentIds: [id], afterBatchId: before })).toMatchObject([
      { last: 102, batchId: missed },
    ])
    expect(await lastOf(id, missed)).toEqual([])
  })

  it('looks for the value before an open batch with the source that spoke, then with any', async () => {
    const [same, other] = (await newInstruments(t.db, 2)) as [number, number]
    for (const id of [same, other]) await write(id, 1, 100, 'yahoo')
    await write(same, 0, 99, 'polygon')
    await openBatch(same, 103, minute(3), 'polygon')
    await openBatch(other, 103, minute(3), 'polygon')
    expect([await lastOf(same), await lastOf(other)]).toEqual([[99], [100]])
  })

  it('leaves out an instrument that only an open batch knows', async () => {
    const [id] = (await newInstruments(t.db, 1)) as [number]
    await writeBatch(t.db, batch({ latest: [latest(id, minute(1), 100)] })) // no tick
    const writeId = await openBatch(id, 101, minute(2))
    expect(await lastOf(id)).toEqual([])
    await closeBatch(writeId)
    expect(await lastOf(id)).toEqual([101])
  })
})
