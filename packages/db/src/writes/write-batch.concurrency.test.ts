// What must hold when many write at once: nothing is skipped by a follower, nobody deadlocks, nothing is doubled.
import { setImmediate as breathe } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connect } from '../connect.ts'
import { lastBatchId } from '../reads/last-batch-id.ts'
import { readBatchesAfter } from '../reads/read-batches-after.ts'
import { bar, batch, daily, day, latest, minute, NOON, newInstruments, tick } from '../sample-batches.ts'
import { type TestDatabase, testDatabase } from '../testing.ts'
import { inTransaction } from '../transaction.ts'
import { closeBatch } from './close-batch.ts'
import { rollUpBatches } from './roll-up-batches.ts'
import { sourceIds } from './source-ids.ts'
import { writeBatch } from './write-batch.ts'

let t: TestDatabase
beforeAll(async () => {
  t = await testDatabase()
}, 120_000)
afterAll(() => t.drop())

/** Reads the ledger batch by batch, as every follower does, until told to stop and level. */
function follow(db: TestDatabase['db'], after: number) {
  const seen: { id: number; writeId: number; rows: number }[] = []
  let stopped = false
  const done = (async () => {
    let cursor = after
    for (;;) {
      const last = stopped
      const batches = await readBatchesAfter(db, { afterId: cursor, limit: 3 })
      for (const { id, writeId } of batches) {
        const { rows } = await db.pool.query(
          'select count(*) as n from market_data_ticks where write_id = $1',
          [writeId],
        )
        seen.push({ id, writeId, rows: rows[0].n })
        cursor = id
      }
      if (last && batches.length === 0) return seen
      await breathe()
    }
  })()
  return {
    stop() {
      stopped = true
      return done
    },
  }
}

/** Pseudo-random and repeatable. */
function* dice(seed: number): Generator<number> {
  for (let x = seed; ; ) {
    x = (x * 1_103_515_245 + 12_345) % 2_147_483_648
    yield x / 2_147_483_648
  }
}

test('a batch that took its write id first and commits last is not skipped', async () => {
  const [id] = await newInstruments(t.db, 1)
  const sourceId = (await sourceIds(t.db, ['polygon'])).get('polygon')!
  const start = await lastBatchId(t.db)
  const slow = await t.db.pool.connect()
  await slow.query('begin')
  const writeId = (await slow.query(`select nextval('tape_batches_write_id_seq') as id`)).rows[0].id
  await writeBatch(t.db, batch({ ticks: [tick(id!, NOON, 1)] })) // makes the partition, begins later, commits first
  await slow.query(
    `insert into market_data_ticks (ts, write_id, instrument_id, source_id, price) values ($1, $2, $3, $4, 5)`,
    ['2026-11-20T15:01:00Z', writeId, id, sourceId],
  )
  const before = await readBatchesAfter(t.db, { afterId: start, limit: 10 })
  expect(before).toHaveLength(1)
  expect(before[0]!.writeId).toBeGreaterThan(writeId)
  const closing = {
    writeId,
    kind: 'ticks' as const,
    sourceId,
    feed: 'sip',
    fetchedAt: NOON,
    minTs: NOON,
    maxTs: NOON,
  }
  await closeBatch(slow, { ...closing, rowsOffered: 1, rowsWritten: 1, eventsWritten: 1 })
  expect(await readBatchesAfter(t.db, { afterId: before[0]!.id, limit: 10 })).toEqual([])
  await slow.query('commit')
  slow.release()
  expect(await readBatchesAfter(t.db, { afterId: before[0]!.id, limit: 10 })).toMatchObject([
    { id: before[0]!.id + 1, writeId },
  ])
})

test('the next id waits for the one before it, also when that one never commits', async () => {
  const [id] = await newInstruments(t.db, 1)
  const sourceId = (await sourceIds(t.db, ['polygon'])).get('polygon')!
  const start = await lastBatchId(t.db)
  const holder = await t.db.pool.connect()
  await holder.query('begin')
  const writeId = (await holder.query(`select nextval('tape_batches_write_id_seq') as id`)).rows[0].id
  const closing = {
    writeId,
    kind: 'ticks' as const,
    sourceId,
    feed: 'sip',
    fetchedAt: NOON,
    minTs: null,
    maxTs: null,
  }
  await closeBatch(holder, { ...closing, rowsOffered: 0, rowsWritten: 0, eventsWritten: 0 })
  const waiting = writeBatch(t.db, batch({ ticks: [tick(id!, minute(2), 1)] }))
  const { rows } = await waitFor(() =>
    t.db.pool.query(
      `select 1 from pg_locks where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database())`,
    ),
  )
  expect(rows).toHaveLength(1)
  await holder.query('rollback')
  holder.release()
  expect((await waiting).batchId).toBe(start + 1)
})

test('many writers, some of them slow: a follower sees every batch once, whole and in order', {
  timeout: 120_000,
}, async () => {
  const db = connect({ url: t.url, applicationName: 'writers', poolMax: 12 })
  try {
    const ids = await newInstruments(db, 40)
    await writeBatch(db, batch({ ticks: [tick(ids[0]!, minute(-1), 1)] }))
    const start = await lastBatchId(db)
    const follower = follow(t.db, start)
    const written = new Map<number, number>()
    const writers = Array.from({ length: 8 }, async (_, w) => {
      const random = dice(w + 1)
      for (let n = 0; n < 12; n++) {
        const own = ids.filter(() => random.next().value! < 0.5)
        const ticks = own.map((id) => tick(id, NOON + w * 1000 + n, 1 + n))
        if (random.next().value! < 0.3) {
          // A long transaction: its rows are there for a while before it closes.
          const sleep = `select pg_sleep(${0.05 * random.next().value!})`
          const result = await slowly(db, ticks, sleep)
          written.set(result.id, result.rows)
        } else {
          const result = await writeBatch(db, batch({ source: `s${w}`, ticks }))
          if (result.batchId !== null) written.set(result.batchId, result.ticks.inserted)
        }
      }
    })
    await Promise.all(writers)
    const seen = await follower.stop()
    const ledger = seen.map((s) => s.id)
    expect(ledger).toEqual(Array.from({ length: written.size }, (_, n) => start + 1 + n))
    expect(new Map(seen.map((s) => [s.id, s.rows]))).toEqual(written)
    // Nothing lies in the tape that the ledger does not name.
    const { rows } = await db.pool.query(
      'select count(*) as n from market_data_ticks where instrument_id = any ($1) and ts >= $2',
      [ids, '2026-11-20T15:00:00Z'],
    )
    expect(rows[0].n).toBe([...written.values()].reduce((a, b) => a + b, 0))
  } finally {
    await db.end()
  }
})

async function slowly(db: TestDatabase['db'], ticks: ReturnType<typeof tick>[], sleep: string) {
  const sourceId = (await sourceIds(db, ['slow'])).get('slow')!
  return await inTransaction(db, async (client) => {
    const writeId = (await client.query(`select nextval('tape_batches_write_id_seq') as id`)).rows[0].id
    const { rows } = await client.query(
      `insert into market_data_ticks (ts, write_id, instrument_id, source_id, price)
       select timestamptz '2026-11-20 16:00+00' + $1::bigint * interval '1 millisecond', $1, id, $2, 1
       from unnest($3::int[]) as i (id) order by id returning 1`,
      [writeId, sourceId, ticks.map((x) => x.instrumentId)],
    )
    await client.query(sleep)
    const closing = {
      writeId,
      kind: 'ticks' as const,
      sourceId,
      feed: 'sip',
      fetchedAt: NOON,
      minTs: NOON,
      maxTs: NOON,
    }
    const id = await closeBatch(client, {
      ...closing,
      rowsOffered: rows.length,
      rowsWritten: rows.length,
      eventsWritten: rows.length,
    })
    return { id, rows: rows.length }
  })
}

test('writers of the same rows in any order, with a roll-up among them, do not deadlock', {
  timeout: 120_000,
}, async () => {
  const db = connect({ url: t.url, applicationName: 'rivals', poolMax: 12 })
  try {
    const ids = await newInstruments(db, 1000)
    let running = true
    const rollUps = Array.from({ length: 2 }, async () => {
      while (running) await rollUpBatches(db, { limit: 5 })
    })
    const random = dice(7)
    const write = (n: number, w: number) => {
      const shuffled = ids
        .map((id) => ({ id, at: random.next().value! }))
        .sort((a, b) => a.at - b.at)
        .map(({ id }) => id)
      const price = 10 + n
      const parts = {
        ticks: shuffled.map((id) => tick(id, minute(n), price)),
        bars: shuffled.map((id) => bar(id, minute(n), price + w, { final: w < 3 })),
        daily: shuffled.map((id) => daily(id, '2026-11-20', price, { settled: n > 8 })),
        latest: shuffled.map((id) => latest(id, minute(n), price)),
        sync: { scope: `tier:${w % 2}`, lastSync: NOON, nextSync: null, status: 'ok' },
        findings: [{ kind: 'x', instrumentId: null, symbol: `S${n % 3}`, ts: NOON, evidence: null }],
      }
      // All together, and each alone: what one table serialises must not hide the order of another.
      const alone = (['bars', 'latest', 'ticks', 'daily'] as const)[n % 5]
      const source = w % 2 ? 'polygon' : 'yahoo'
      return writeBatch(
        db,
        batch({ source, fetchedAt: minute(n), ...(alone ? { [alone]: parts[alone] } : parts) }),
      )
    }
    const rounds = async () => {
      for (let n = 0; n < 10; n++) await Promise.all([0, 1, 2, 3, 4, 5].map((w) => write(n, w)))
    }
    await rounds().finally(() => {
      running = false
    })
    await Promise.all(rollUps)
    const { rows } = await db.pool.query(
      `select count(*) as n, count(distinct (instrument_id, ts, source_id)) as keys from market_data_ticks where instrument_id = any ($1)`,
      [ids],
    )
    expect(rows[0].n).toBe(rows[0].keys)
    expect(rows[0].n).toBeGreaterThan(0)
  } finally {
    await db.end()
  }
})

test('two copies of one batch at the same time are one batch', async () => {
  const ids = await newInstruments(t.db, 50)
  const one = batch({
    ticks: ids.map((id) => tick(id, NOON, 5)),
    bars: ids.map((id) => bar(id, NOON, 5)),
    daily: ids.map((id) => daily(id, '2026-11-20', 5)),
    latest: ids.map((id) => latest(id, NOON, 5)),
  })
  const results = await Promise.all(Array.from({ length: 4 }, () => writeBatch(t.db, one)))
  expect(results.filter((r) => r.batchId !== null)).toHaveLength(1)
  expect(results.map((r) => r.ticks.inserted + r.bars.inserted + r.daily.inserted + r.latest).sort()).toEqual(
    [0, 0, 0, 200],
  )
  const { rows } = await t.db.pool.query(
    'select 1 from market_data_restatements where instrument_id = any ($1)',
    [ids],
  )
  expect(rows).toEqual([])
})

test('writers that need the same new partitions make them once', async () => {
  const ids = await newInstruments(t.db, 6)
  const results = await Promise.all(
    ids.map((id, n) =>
      writeBatch(t.db, batch({ ticks: [tick(id, day(-3000 - n), 1)], bars: [bar(id, day(-6000 + n), 5)] })),
    ),
  )
  expect(results.map((r) => r.ticks.inserted + r.bars.inserted)).toEqual(ids.map(() => 2))
})

async function waitFor(ask: () => Promise<{ rows: unknown[] }>): Promise<{ rows: unknown[] }> {
  for (;;) {
    const answer = await ask()
    if (answer.rows.length > 0) return answer
    await breathe()
  }
}
