// Batches in parts mean what whole ones mean, beside other writers and killed in the middle.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connect, type Db } from '../connect.ts'
import { openIntent, recoverIntents } from '../ledger/intents.ts'
import { detachPartition, dropPartition } from '../partitions/index.ts'
import { lastBatchId } from '../reads/last-batch-id.ts'
import { readLatest } from '../reads/read-latest.ts'
import { batch, latest, minute, NOON, newInstruments, tick } from '../sample-batches.ts'
import { shardOf } from '../shards/shards.ts'
import { type TestDatabase, testDatabase } from '../testing.ts'
import { writeBatch } from './write-batch.ts'

let t: TestDatabase
beforeAll(async () => {
  t = await testDatabase()
}, 120_000)
afterAll(() => t.drop())

const IN_PARTS = { partsFrom: 1 }
/** Enough that every shard has some. */
const MANY = 300

const rowsAt = (ids: readonly number[], n: number, price = n + 1) => ({
  marketNow: minute(n),
  ticks: ids.map((id) => tick(id, minute(n) + id, price, id)),
  latest: ids.map((id) => latest(id, minute(n) + id, price, { volume: id })),
})

const count = async (db: Db, text: string, values: unknown[] = []) =>
  (await db.pool.query(text, values)).rows[0].n as number

/** What must hold of a tape at rest, whoever was killed. */
async function contradictions(db: Db): Promise<Record<string, number>> {
  return {
    open: await count(db, 'select count(*) as n from tape_batches where id is null'),
    unledgered: await count(
      db,
      `select count(*) as n from market_data_ticks t where not exists
         (select from tape_batches b where b.write_id = t.write_id and b.id is not null)`,
    ),
    // Every tick of these tests moves latest, so latest is the newest of them.
    latest: await count(
      db,
      `select count(*) as n from market_data_latest l join lateral (
         select ts, price, write_id from market_data_ticks where instrument_id = l.instrument_id order by ts desc limit 1
       ) t on true where (l.ts, l.last, l.write_id) is distinct from (t.ts, t.price, t.write_id)`,
    ),
    miscounted: await count(
      db,
      `select count(*) as n from tape_batches b where events_written <>
         (select count(*) from market_data_ticks t where t.write_id = b.write_id)`,
    ),
    gaps: await count(db, 'select max(id) - count(*) as n from tape_batches where id is not null'),
  }
}
/** After a test took rows away. */
const recount = (db: Db) =>
  db.pool.query(
    'update tape_batches b set events_written = (select count(*) from market_data_ticks t where t.write_id = b.write_id)',
  )

const NONE = { open: 0, unledgered: 0, latest: 0, miscounted: 0, gaps: 0 }

test('the rows of all shards become visible under one ledger id', async () => {
  const ids = await newInstruments(t.db, MANY)
  expect(new Set(ids.map(shardOf)).size).toBe(4)
  const before = await lastBatchId(t.db)
  const result = await writeBatch(t.db, batch(rowsAt(ids, 0)), IN_PARTS)
  expect(result).toMatchObject({ batchId: before + 1, latest: MANY, ticks: { inserted: MANY, duplicate: 0 } })
  expect(await readLatest(t.db, { instrumentIds: ids })).toHaveLength(MANY)
  expect(await writeBatch(t.db, batch(rowsAt(ids, 0)), IN_PARTS)).toMatchObject({
    batchId: null,
    latest: 0,
    ticks: { inserted: 0, duplicate: MANY },
  })
  expect(await lastBatchId(t.db)).toBe(before + 1)
  expect(await contradictions(t.db)).toEqual(NONE)
})

test('what another writer stored meanwhile is seen, though memory knew better', async () => {
  const ids = await newInstruments(t.db, MANY)
  const other = connect({ url: t.url, applicationName: 'onetape other' })
  try {
    await writeBatch(t.db, batch(rowsAt(ids, 0)), IN_PARTS)
    expect((await writeBatch(other, batch(rowsAt(ids, 1)), IN_PARTS)).ticks.inserted).toBe(MANY)
    const again = await writeBatch(t.db, batch(rowsAt(ids, 1)), IN_PARTS)
    expect(again).toMatchObject({ batchId: null, ticks: { inserted: 0, duplicate: MANY } })
    const contradicting = await writeBatch(t.db, batch(rowsAt(ids, 1, 99)), IN_PARTS)
    expect(contradicting).toMatchObject({ latest: 0, ticks: { inserted: 0, duplicate: MANY } })
    expect(
      await count(t.db, `select count(*) as n from market_data_restatements where instrument_id = any ($1)`, [
        ids,
      ]),
    ).toBe(MANY)
  } finally {
    await other.end()
  }
})

test('a tick stored behind the back of every lock is found, not doubled', async () => {
  const ids = await newInstruments(t.db, MANY)
  await writeBatch(t.db, batch(rowsAt(ids, 0)), IN_PARTS)
  await t.db.pool.query(
    `insert into market_data_ticks (ts, write_id, instrument_id, source_id, price, volume)
     select ts + interval '1 minute', write_id, instrument_id, source_id, 2, volume from market_data_ticks
     where instrument_id = any ($1)`,
    [ids.slice(0, 5)],
  )
  const result = await writeBatch(t.db, batch(rowsAt(ids, 1)), IN_PARTS)
  expect(result.ticks).toMatchObject({ inserted: MANY - 5, duplicate: 5 })
  await t.db.pool.query('delete from market_data_ticks where instrument_id = any ($1)', [ids.slice(0, 5)])
  await t.db.pool.query('delete from market_data_latest where instrument_id = any ($1)', [ids.slice(0, 5)])
  await recount(t.db)
})

test('a dropped partition is forgotten: its newest tick may come again', async () => {
  const ids = await newInstruments(t.db, MANY)
  const longAgo = 200 * 24 * 60
  await writeBatch(t.db, batch(rowsAt(ids, -longAgo, 5)), IN_PARTS)
  const { rows } = await t.db.pool.query(
    `select distinct tableoid::regclass::text as name from market_data_ticks where instrument_id = any ($1)`,
    [ids],
  )
  const [{ name }] = rows
  await detachPartition(t.db, name)
  await dropPartition(t.db, name)
  expect((await writeBatch(t.db, batch(rowsAt(ids, -longAgo, 5)), IN_PARTS)).ticks.inserted).toBe(MANY)
  await t.db.pool.query('delete from market_data_ticks where instrument_id = any ($1)', [ids])
  await t.db.pool.query('delete from market_data_latest where instrument_id = any ($1)', [ids])
  await recount(t.db)
})

test('two daemons and late, repeated and shuffled batches: nothing is lost, doubled or left open', {
  timeout: 120_000,
}, async () => {
  const ids = await newInstruments(t.db, MANY)
  const daemons = [0, 1].map(() => connect({ url: t.url, applicationName: 'onetape rival', poolMax: 12 }))
  try {
    const expected = new Set<number>()
    const works = daemons.map(async (db, d) => {
      for (let n = 0; n < 20; n++) {
        // Both tell every other minute; some minutes come late, in parts or whole.
        const at = 100 + (n % 3 === 2 ? n - 2 : n)
        expected.add(at)
        await writeBatch(db, batch(rowsAt(ids, at)), (n + d) % 4 === 0 ? { partsFrom: 1e9 } : IN_PARTS)
      }
    })
    await Promise.all(works)
    expect(
      await count(t.db, 'select count(*) as n from market_data_ticks where instrument_id = any ($1)', [ids]),
    ).toBe(expected.size * MANY)
    expect(
      await count(t.db, 'select count(*) as n from market_data_restatements where instrument_id = any ($1)', [
        ids,
      ]),
    ).toBe(0)
    expect(await contradictions(t.db)).toEqual(NONE)
  } finally {
    await Promise.all(daemons.map((db) => db.end()))
  }
})

describe('a writer that is gone', () => {
  test('leaves what it stored: recovery closes the batch with that', async () => {
    const ids = await newInstruments(t.db, 3)
    const client = await connect({ url: t.url, applicationName: 'onetape gone' }).pool.connect()
    const sourceId = await count(t.db, `select id as n from sources where name = 'polygon'`)
    const before = await lastBatchId(t.db)
    const span = { minTs: minute(400), maxTs: minute(401) }
    const facts = { kind: 'ticks' as const, sourceId, feed: 'sip', fetchedAt: NOON, rowsOffered: 9 }
    const writeId = await openIntent(client, { ...facts, ...span })
    for (const [i, id] of ids.slice(0, 2).entries())
      await t.db.pool.query(
        `insert into market_data_ticks (ts, write_id, instrument_id, source_id, price) values
           (timestamptz '2026-11-20 21:40:00+00' + $1 * interval '1 second', $2, $3, $4, 5)`,
        [i, writeId, id, sourceId],
      )
    expect(await recoverIntents(t.db)).toEqual([]) // it is alive
    expect(await readLatest(t.db, { instrumentIds: ids })).toEqual([])
    client.release(new Error('gone'))
    await expect.poll(() => recoverIntents(t.db)).toEqual([writeId])
    const { rows } = await t.db.pool.query('select * from tape_batches where write_id = $1', [writeId])
    expect(rows[0]).toMatchObject({ id: before + 1, events_written: 2, rows_written: 2, min_ts: minute(400) })
    expect(rows[0].max_ts).toBe(minute(400) + 1_000_000)
    await t.db.pool.query('delete from market_data_ticks where write_id = $1', [writeId])
    await recount(t.db)
  })

  test('killed at any moment: every batch it told of is whole, and none stays open', {
    timeout: 120_000,
  }, async () => {
    const ids = await newInstruments(t.db, MANY)
    const script = fileURLToPath(new URL('fixtures/write-until-killed.ts', import.meta.url))
    const told: [n: number, batchId: number][] = []
    let next = 1_000
    for (let kill = 0; kill < 3; kill++) {
      const args = [script, t.url, next, ids[0], ids.at(-1)].map(String)
      const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
      const lines = createInterface({ input: child.stdout })
      lines.on('line', (line) => told.push(line.split(' ').map(Number) as [number, number]))
      await once(lines, 'line')
      await sleep(30 + ((kill * 37) % 90))
      child.kill('SIGKILL')
      await once(lines, 'close')
      next = told.at(-1)![0] + 2
    }
    const left = () => count(t.db, 'select count(*) as n from tape_batches where id is null')
    await expect
      .poll(async () => {
        await recoverIntents(t.db)
        return await left()
      })
      .toBe(0)
    expect(await contradictions(t.db)).toEqual(NONE)
    expect(told.length).toBeGreaterThanOrEqual(3)
    for (const [n, batchId] of told) {
      const { rows } = await t.db.pool.query(
        'select events_written, rows_written, min_ts from tape_batches where id = $1',
        [batchId],
      )
      expect(rows[0]).toEqual({ events_written: MANY, rows_written: 2 * MANY, min_ts: minute(n) + ids[0]! })
    }
  })
})
