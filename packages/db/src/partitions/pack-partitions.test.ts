// Packing under fire: readers that must always see every row, late writers that must get through, runs that are killed.
import { MINUTE_US, type Micros } from '@onetape/market'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { TickRow } from '../batch.ts'
import { bar, batch, day, NOON, newInstruments, tick } from '../sample-batches.ts'
import { type TestDatabase, testDatabase } from '../testing.ts'
import { writeBatch } from '../writes/write-batch.ts'
import { detachPartition } from './detach-partition.ts'
import { holdStill } from './hold-still.ts'
import { packPartitions } from './pack-partitions.ts'
import { readPartitions } from './read-partitions.ts'

let t: TestDatabase
beforeAll(async () => {
  t = await testDatabase()
}, 120_000)
afterAll(() => t.drop())

const T = 'market_data_ticks'
const MINUTES = 60
let ids: number[]
/** Another day for each test: its partition is its own. */
let theDay = -30
let at: Micros
let name: string
const noonOf = (n: number) =>
  new Date(day(n) / 1000).toISOString().slice(0, 10).replace('-', 'm').replace('-', 'd')

const sorted = async () =>
  (
    await t.db.pool.query(
      `select instrument_id, source_id, ts, price, volume, write_id from ${T} where ts >= $1::timestamptz and ts < $1::timestamptz + interval '2 hours' order by 1, 2, 3`,
      [new Date(at / 1000).toISOString()],
    )
  ).rows
const minutes = (from: number, to: number): TickRow[] =>
  ids.flatMap((id) =>
    Array.from({ length: to - from }, (_, n) =>
      tick(id, at + (from + n) * MINUTE_US, 10 + ((id + n) % 7), n),
    ),
  )
const pack = (names = [name]) => packPartitions(t.db, { marketNow: NOON, names })
const infoOf = async (n = name) => (await readPartitions(t.db)).find((p) => p.name === n)

beforeEach(async () => {
  ids = await newInstruments(t.db, 200)
  theDay++
  at = day(theDay)
  name = `${T}_y${noonOf(theDay)}`
  // As they come in life: minute by minute, so that no instrument's rows lie together.
  for (let n = 0; n < MINUTES; n += 10) await writeBatch(t.db, batch({ ticks: minutes(n, n + 10) }))
})

describe('packed', () => {
  test('every row is there, sorted and smaller; again changes nothing; late rows are welcome', async () => {
    const before = await sorted()
    expect(before).toHaveLength(200 * MINUTES)
    const [packed] = await pack()
    expect(packed).toMatchObject({ name, left: null, rows: 200 * MINUTES })
    expect(packed!.bytesAfter).toBeLessThan(packed!.bytesBefore)
    expect(await sorted()).toEqual(before)
    const { rows } = await t.db.pool.query(`select instrument_id from ${name} order by ctid`)
    const found = rows.map((r) => r.instrument_id)
    expect(found).toEqual([...found].sort((a, b) => a - b))
    expect(await infoOf()).toMatchObject({ packed: true, attached: true, rows: 200 * MINUTES })
    expect(await pack()).toEqual([])
    expect((await writeBatch(t.db, batch({ ticks: minutes(MINUTES, MINUTES + 1) }))).ticks.inserted).toBe(200)
    const { rows: indexes } = await t.db.pool.query(`select indexname from pg_indexes where tablename = $1`, [
      name,
    ])
    expect(indexes.length).toBeGreaterThan(1)
    expect(indexes.filter((i) => i.indexname.startsWith('packing'))).toEqual([])
    const { rows: options } = await t.db.pool.query(
      `select reloptions::text as options from pg_class where oid = $1::regclass or oid in (select indexrelid from pg_index where indrelid = $1::regclass)`,
      [name],
    )
    expect(options.map((o) => o.options).join()).not.toMatch(/autovacuum_enabled|autosummarize=off/)
  })

  test('readers and live writers go on, and see every row of every instrument at every moment', async () => {
    let isOver = false
    let asked = 0
    const reading = (async () => {
      for (; !isOver; asked++) {
        const { rows } = await t.db.pool.query(
          `select count(*) from ${T} where instrument_id = $1 and ts >= $2::timestamptz and ts < $2::timestamptz + interval '2 hours'`,
          [ids[asked % ids.length], new Date(at / 1000).toISOString()],
        )
        expect(rows[0].count).toBe(MINUTES)
      }
    })()
    const writing = (async () => {
      for (let n = 0; !isOver; n++)
        await writeBatch(t.db, batch({ ticks: [tick(ids[0]!, NOON + theDay * 1e6 + n, 1 + n)] }))
    })()
    const [packed] = await pack()
    isOver = true
    await Promise.all([reading, writing])
    expect(packed!.left).toBeNull()
    expect(asked).toBeGreaterThan(0)
  })

  test('bars too, by their own key', async () => {
    const bars = ids.flatMap((id) =>
      Array.from({ length: 60 }, (_, n) => bar(id, at + n * MINUTE_US, 50 + (n % 5))),
    )
    await writeBatch(t.db, batch({ kind: 'bars', bars }))
    const all = await readPartitions(t.db)
    const { name: barsName } = all.find((p) => p.table === 'market_data_bars' && p.from <= at && at < p.to)!
    expect((await pack([barsName]))[0]).toMatchObject({ left: null, rows: bars.length })
    expect(await pack([barsName])).toEqual([])
  })
})

describe('what comes between', () => {
  test('a late writer gets in, and packing gives way to it', async () => {
    const hold = await holdStill(t.db, { table: T, parts: [{ name }] })
    const { ticks } = await writeBatch(t.db, batch({ ticks: [tick(ids[0]!, at + 59.5 * MINUTE_US, 3)] }))
    expect(ticks.inserted).toBe(1)
    expect(hold.signal.reason.message).toBe('somebody writes there')
    await expect(hold.swap(async () => {})).rejects.toThrow('somebody writes there')
    await hold[Symbol.asyncDispose]()
    expect((await pack())[0]).toMatchObject({ left: null, rows: 200 * MINUTES + 1 })
  })

  test('one that is being written is left, and so is one that another process packs', async () => {
    const writer = await t.db.pool.connect()
    await writer.query('begin')
    await writer.query(
      `insert into ${T} (ts, write_id, instrument_id, source_id, price) values ($1, 1, $2, 1, 1)`,
      [new Date(at / 1000 + 1).toISOString(), ids[0]],
    )
    const asking = holdStill(t.db, { table: T, parts: [{ name }], signal: AbortSignal.timeout(300) })
    await expect(asking).rejects.toThrow()
    await writer.query('rollback')
    writer.release()
    await using other = await holdStill(t.db, { table: T, parts: [{ name }] })
    expect((await pack())[0]).toMatchObject({ left: 'another process is packing' })
    expect(other.signal.aborted).toBe(false)
  })

  test('what a killed run left is removed, and the partition packed', async () => {
    await t.db.pool.query(`create table packing_${name} (like ${T} including all);
      create table packing_market_data_ticks_y1999 (like ${T} including all)`)
    const before = await sorted()
    expect((await pack())[0]!.left).toBeNull()
    const { rows } = await t.db.pool.query(`select relname from pg_class where relname like 'packing%'`)
    expect(rows).toEqual([])
    expect(await sorted()).toEqual(before)
  })

  test('stopped in the middle it changes nothing', async () => {
    const before = await sorted()
    const stop = new AbortController()
    const packing = packPartitions(t.db, { marketNow: NOON, names: [name], signal: stop.signal, rest: 1e6 })
    await waitFor(`select from pg_class where relname = 'packing_${name}' and relkind = 'r'`)
    stop.abort()
    expect(await packing).toMatchObject([{ left: 'stopped' }])
    expect(await sorted()).toEqual(before)
    expect((await pack())[0]!.left).toBeNull()
  })

  test('a connection that dies in the middle changes nothing', async () => {
    const before = await sorted()
    const packing = packPartitions(t.db, { marketNow: NOON, names: [name], rest: 1e6 })
    const settled = packing.catch((error: Error) => error)
    await waitFor(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query like 'insert into packing_%' or query like 'vacuum%packing_%'`,
    )
    expect(await settled).toBeInstanceOf(Error)
    expect(await sorted()).toEqual(before)
    expect((await pack())[0]!.left).toBeNull()
    expect(await sorted()).toEqual(before)
  })
})

describe('made one', () => {
  test('days of a month long ago become the month, and a row of a day that had none finds it', async () => {
    const september = (d: number) => Date.UTC(2026, 8, d, 15) * 1000
    const near = Date.UTC(2026, 9, 5) * 1000
    for (const d of [2, 3, 4, 8]) {
      const ticks = ids.slice(0, 50).map((id) => tick(id, september(d), d))
      // Written when these days were recent.
      await writeBatch(t.db, batch({ ticks, marketNow: near }))
    }
    const inSeptember = async () =>
      (await readPartitions(t.db)).filter((p) => p.table === T && p.name.includes('y2026m09'))
    expect(await inSeptember()).toHaveLength(4)
    const [packed] = await pack([`${T}_y2026m09d03`])
    expect(packed).toMatchObject({ name: `${T}_y2026m09`, rows: 200, left: null })
    expect(packed!.parts).toHaveLength(4)
    expect(await inSeptember()).toMatchObject([{ packed: true, rows: 200 }])
    const late = batch({ ticks: [tick(ids[0]!, september(20), 5)] })
    expect((await writeBatch(t.db, late)).ticks.inserted).toBe(1)
    expect(await inSeptember()).toHaveLength(1)
  })

  test('detached ones stay out of it', async () => {
    await detachPartition(t.db, name)
    expect(await pack()).toEqual([])
  })
})

async function waitFor(question: string): Promise<void> {
  for (;;) {
    const { rows } = await t.db.pool.query(question)
    if (rows.length > 0) return
  }
}
