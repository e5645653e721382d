// Partitions as writers, other daemons and the operator meet them.
import type { Micros } from '@onetape/market'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { batch, day, NOON, newInstruments, tick } from '../sample-batches.ts'
import { type TestDatabase, testDatabase } from '../testing.ts'
import { writeBatch } from '../writes/write-batch.ts'
import { createPartitionsFor, ensurePartitions } from './create-partitions.ts'
import { attachPartition, detachPartition, dropPartition } from './detach-partition.ts'
import { readPartitions } from './read-partitions.ts'
import { setPartitionWidth } from './set-partition-width.ts'

let t: TestDatabase
beforeAll(async () => {
  t = await testDatabase()
}, 120_000)
afterAll(() => t.drop())

const T = 'market_data_ticks'
const namesOf = async (from: Micros, to: Micros) =>
  (await readPartitions(t.db)).filter((p) => p.table === T && p.from < to && p.to > from).map((p) => p.name)
const rowsOf = async (id: number) =>
  (await t.db.pool.query(`select ts from ${T} where instrument_id = $1 order by ts`, [id])).rows.map(
    (r) => r.ts,
  )

describe('made ahead', () => {
  test('today and the next days, once, whoever asks', async () => {
    const made = await Promise.all(
      [1, 2, 3].map(() => ensurePartitions(t.db, { marketNow: NOON, daysAhead: 2 })),
    )
    expect(made.flat().sort()).toEqual([
      'market_data_bars_y2026m11d16_y2026m11d23',
      'market_data_rollups_y2026m11d16_y2026m11d23',
      'market_data_ticks_y2026m11d20',
      'market_data_ticks_y2026m11d21',
      'market_data_ticks_y2026m11d22',
    ])
    expect(await ensurePartitions(t.db, { marketNow: NOON, daysAhead: 2 })).toEqual([])
    expect(await ensurePartitions(t.db, { marketNow: day(1), daysAhead: 2 })).toHaveLength(3)
  })

  test('while a writer is in the middle of its transaction, and readers read', async () => {
    const [writer, reader] = [await t.db.pool.connect(), await t.db.pool.connect()]
    await writer.query('begin')
    await writer.query(
      `insert into ${T} (ts, write_id, instrument_id, source_id, price) values ('2026-11-20T15:00Z', 1, 1, 1, 1)`,
    )
    await reader.query('begin')
    await reader.query(`select count(*) from ${T}`)
    expect(await ensurePartitions(t.db, { marketNow: day(10), daysAhead: 1 })).toHaveLength(4)
    for (const client of [writer, reader]) {
      await client.query('rollback')
      client.release()
    }
  })

  test('a table in the way is named', async () => {
    await t.db.pool.query(`create table ${T}_y2026m12d24 ()`)
    await expect(createPartitionsFor(t.db, { marketNow: NOON, ticks: [day(34)] })).rejects.toThrow(
      /There is a table market_data_ticks_y2026m12d24 that is no partition/,
    )
    await t.db.pool.query(`drop table ${T}_y2026m12d24`)
  })
})

describe('the width', () => {
  test('holds from then on; what has rows stays, what is empty and to come is made anew', async () => {
    await writeBatch(t.db, batch({ ticks: [tick((await newInstruments(t.db, 1))[0]!, day(4), 1)] }))
    await ensurePartitions(t.db, { marketNow: NOON, daysAhead: 7 })
    const change = await setPartitionWidth(t.db, { table: T, width: 'week', marketNow: NOON })
    expect(change).toMatchObject({ before: 'day', width: 'week' })
    expect(change.remade).toContain(`${T}_y2026m11d25`)
    expect(change.remade).not.toContain(`${T}_y2026m11d24`) // has a row
    expect(await namesOf(day(2), day(10))).toEqual([
      `${T}_y2026m11d21_y2026m11d23`, // today's partition stays: the rest of its week
      `${T}_y2026m11d23`,
      `${T}_y2026m11d24`,
      `${T}_y2026m11d25_y2026m11d30`,
    ])
    await setPartitionWidth(t.db, { table: T, width: 'day', marketNow: NOON })
  })
})

describe('an operator', () => {
  const march = (n: number): Micros => Date.UTC(2025, 2, n, 15) * 1000

  test('detaches: its range is refused with what to do, attached again it is as before', async () => {
    const [id] = await newInstruments(t.db, 1)
    await writeBatch(t.db, batch({ ticks: [tick(id!, march(3), 1), tick(id!, march(4), 2)] }))
    const name = `${T}_y2025m03`
    const detached = await detachPartition(t.db, name)
    expect(detached).toMatchObject({ name, table: T, tries: 1 })
    expect(await rowsOf(id!)).toEqual([])
    const late = batch({ ticks: [tick(id!, march(5), 3)] })
    await expect(writeBatch(t.db, late)).rejects.toThrow(
      'Rows of 2025-03-05 belong to market_data_ticks_y2025m03, which is detached; attach it first: onetape partitions attach market_data_ticks_y2025m03',
    )
    expect((await readPartitions(t.db)).find((p) => p.name === name)).toMatchObject({ attached: false })
    await attachPartition(t.db, name)
    expect((await writeBatch(t.db, late)).ticks.inserted).toBe(1)
    expect(await rowsOf(id!)).toEqual([march(3), march(4), march(5)])
    expect((await readPartitions(t.db)).find((p) => p.name === name)).toMatchObject({ attached: true })
  })

  test('drops only what was detached before; then its range is free again', async () => {
    const [id] = await newInstruments(t.db, 1)
    await writeBatch(t.db, batch({ ticks: [tick(id!, march(40), 1)] }))
    const name = `${T}_y2025m04`
    await expect(dropPartition(t.db, name)).rejects.toThrow(`${name} is attached. Detach it first`)
    await expect(detachPartition(t.db, `${T}; drop table x`)).rejects.toThrow('No partition is called')
    await detachPartition(t.db, name)
    expect(await dropPartition(t.db, name)).toMatchObject({ name, rows: 1 })
    expect((await writeBatch(t.db, batch({ ticks: [tick(id!, march(41), 2)] }))).ticks.inserted).toBe(1)
  })

  test('is told when a detached table is gone, and may forget it', async () => {
    const [id] = await newInstruments(t.db, 1)
    await writeBatch(t.db, batch({ ticks: [tick(id!, march(100), 1)] }))
    const name = `${T}_y2025m06`
    await detachPartition(t.db, name)
    await t.db.pool.query(`drop table ${name}`)
    await expect(attachPartition(t.db, name)).rejects.toThrow(`The table ${name} is gone.`)
    expect(await dropPartition(t.db, name)).toMatchObject({ rows: 0 })
    expect((await writeBatch(t.db, batch({ ticks: [tick(id!, march(101), 1)] }))).ticks.inserted).toBe(1)
  })

  test('waits for a long reader without holding others up', async () => {
    const [id] = await newInstruments(t.db, 1)
    await writeBatch(t.db, batch({ ticks: [tick(id!, march(70), 1), tick(id!, NOON, 1)] }))
    const reader = await t.db.pool.connect()
    await reader.query('begin')
    await reader.query(`select count(*) from ${T}`)
    const detaching = detachPartition(t.db, `${T}_y2025m05`)
    const waits: number[] = []
    for (let n = 1; n <= 12; n++) {
      const since = performance.now()
      await writeBatch(t.db, batch({ ticks: [tick(id!, NOON + n, 1 + n)] }))
      await rowsOf(id!)
      waits.push(performance.now() - since)
    }
    await reader.query('commit')
    reader.release()
    const { tries, waitedMs } = await detaching
    expect(tries).toBeGreaterThan(1)
    expect(waitedMs).toBeGreaterThan(0)
    // A request that kept waiting would have held every one of them up to the reader's end, that is for ever.
    expect(waits).toHaveLength(12)
    await attachPartition(t.db, `${T}_y2025m05`)
    expect(await rowsOf(id!)).toHaveLength(14)
  })
})
