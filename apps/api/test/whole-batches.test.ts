// Followers see whole batches, each once it is closed: whatever commits late, stays open, or is closed by another.
import type { AddressInfo } from 'node:net'
import { BATCH_CHANNEL, type Instrument, recoverIntents, writeBatch } from '@onetape/db'
import { type TestDatabase, testDatabase } from '@onetape/db/testing'
import { SECOND_US } from '@onetape/market'
import { pino } from 'pino'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { type Api, compose } from '../src/compose.ts'
import { buildServer } from '../src/server.ts'
import { demoAuth } from './demo-auth.ts'
import { MARKET_START, mintStocks, quoteBatch } from './market-writer.ts'
import { batchIds, strictlyRising, TapeClient } from './tape-client.ts'

const log = pino({ level: 'silent' })
let database: TestDatabase
let api: Running
let stocks: [Instrument, Instrument]
let round = 0

interface Running extends AsyncDisposable {
  api: Api
  port: number
}

async function startApi(): Promise<Running> {
  const api = compose({ db: database.db, url: database.url, mode: 'demo', log })
  await api.catchUp()
  const server = await buildServer({ ...api, auth: demoAuth, host: '127.0.0.1', webDist: '/nowhere', log })
  await server.listen({ host: '127.0.0.1', port: 0 })
  return {
    api,
    port: (server.server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      api.endStreams()
      await server.close()
      await api[Symbol.asyncDispose]()
    },
  }
}

beforeAll(async () => {
  database = await testDatabase()
  api = await startApi()
})
afterAll(async () => {
  await api?.[Symbol.asyncDispose]()
  await database?.drop()
})
beforeEach(async () => {
  round += 1
  stocks = (await mintStocks(database.db, [`LATE${round}`, `SOON${round}`])) as [Instrument, Instrument]
  await withTicks(stocks[0], 100)
})

/** A whole batch of one tick and its quote, an hour before any that `quoteBatch` writes. */
async function withTicks(instrument: Instrument, last: number): Promise<void> {
  const ts = MARKET_START - 3_600 * SECOND_US + round * SECOND_US
  const row = {
    instrumentId: instrument.id,
    ts,
    last,
    bid: 1,
    ask: 2,
    bidSize: null,
    askSize: null,
    day: null,
  }
  const how = { feed: 'delayed', delayedMinutes: 15, tsOrigin: 'vendor' as const }
  await writeBatch(database.db, {
    ...{ kind: 'ticks', source: 'polygon', feed: 'delayed', fetchedAt: ts, marketNow: ts },
    ticks: [{ instrumentId: instrument.id, ts, price: last, volume: 1 }],
    latest: {
      sourceOrder: { default: ['polygon'] },
      cadenceUs: 60 * SECOND_US,
      rows: [{ ...row, ...how, previousClose: 100, sessionDate: '2025-11-18' }],
    },
  })
}

type Sql = (text: string, values?: unknown[]) => Promise<{ rows: Record<string, number>[] }>
const sql: Sql = (text, values) => database.db.pool.query(text, values)

const MOVE = `update market_data_latest set last = $2, ts = ts + interval '1 second', write_id = $3 where instrument_id = $1`

/** What a writer in parts leaves before it closes: its intent, and a row that is committed already. */
async function openIntent(instrument: Instrument, last: number): Promise<number> {
  const { rows } = await sql(
    `insert into tape_batches (source_id, kind, feed, fetched_at, rows_offered, rows_written, events_written)
     select id, 'ticks', 'delayed', to_timestamp(1763481600), 1, 0, 0 from sources where name = 'polygon'
     returning write_id`,
  )
  await sql(MOVE, [instrument.id, last, rows[0]!.write_id])
  return rows[0]!.write_id!
}

const close = (writeId: number) =>
  sql(
    `with closed as (update tape_batches set id = (select max(id) + 1 from tape_batches) where write_id = $1 returning id)
     select pg_notify('${BATCH_CHANNEL}', id::text) from closed`,
    [writeId],
  )

/** A client that keeps every price it was told of one instrument. */
function listener(port: number, { key }: Instrument) {
  const client = new TapeClient(port)
  const told: (number | null)[] = []
  client.onRow = (row) => {
    if (row.key === key) told.push(row.last)
  }
  client.connect()
  return { client, told, leave: () => client.leave() }
}

const soon = (last: number) => quoteBatch(database.db, [{ instrument: stocks[1], last }])
const heldBy = ({ api }: Running, { key }: Instrument) => api.quotes.quote(key)?.last

it('a transaction that began first and commits last is told when it commits', async () => {
  const [late, other] = stocks
  const held = await database.db.pool.connect()
  try {
    const { client, told, leave } = listener(api.port, late)
    await expect.poll(() => told, { timeout: 10_000 }).toEqual([100])
    await held.query('begin')
    const { rows } = await held.query(`select nextval('tape_batches_write_id_seq') as write_id`)
    const writeId = rows[0].write_id
    await held.query(MOVE, [late.id, 101, writeId])
    for (let last = 1; last <= 5; last++) {
      await soon(last)
      await expect.poll(() => client.rows.get(other.key)?.last, { timeout: 10_000 }).toBe(last)
    }
    expect([told, heldBy(api, late)]).toEqual([[100], 100])
    await held.query(
      `insert into tape_batches (write_id, id, source_id, kind, feed, fetched_at, rows_offered, rows_written, events_written)
       select $1, (select max(id) + 1 from tape_batches), source_id, kind, feed, fetched_at, 1, 1, 0
         from tape_batches order by id desc nulls last limit 1`,
      [writeId],
    )
    await held.query('commit')
    await soon(6)
    await expect.poll(() => client.rows.get(other.key)?.last, { timeout: 10_000 }).toBe(6)
    expect(told).toEqual([100, 101])
    expect(strictlyRising(batchIds(client.ids))).toBe(true)
    leave()
  } finally {
    held.release()
  }
})

it.each([
  ['its writer', close],
  ['another process', () => recoverIntents(database.db).then(() => {})],
])('an open batch is told once it is closed by %s; until then the value before stands', async (_who, end) => {
  const [late, other] = stocks
  const { client, told, leave } = listener(api.port, late)
  await expect.poll(() => told, { timeout: 10_000 }).toEqual([100])
  const writeId = await openIntent(late, 101)
  await soon(7)
  await expect.poll(() => client.rows.get(other.key)?.last, { timeout: 10_000 }).toBe(7)
  expect([told, heldBy(api, late)]).toEqual([[100], 100])

  // An API that starts now finds the new price in the table, and still tells the one before.
  await using fresh = await startApi()
  const newcomer = listener(fresh.port, late)
  await expect.poll(() => newcomer.told, { timeout: 10_000 }).toEqual([100])
  await soon(8)
  await expect.poll(() => newcomer.client.rows.get(other.key)?.last, { timeout: 10_000 }).toBe(8)
  expect([newcomer.told, heldBy(fresh, late)]).toEqual([[100], 100])
  // So does one that comes with an id of the API that was here before.
  const returned = new TapeClient(fresh.port)
  returned.connect(client.ids[0])
  await expect.poll(() => returned.rows.get(other.key)?.last, { timeout: 10_000 }).toBe(8)
  expect([returned.full, returned.rows.get(late.key)?.last ?? 100]).toEqual([0, 100])

  await end(writeId)
  await soon(9)
  for (const { rows } of [client, newcomer.client, returned]) {
    await expect.poll(() => rows.get(other.key)?.last, { timeout: 10_000 }).toBe(9)
    expect(rows.get(late.key)?.last).toBe(101)
  }
  expect([told, newcomer.told]).toEqual([
    [100, 101],
    [100, 101],
  ])
  expect(strictlyRising(batchIds(newcomer.client.ids))).toBe(true)
  returned.leave()
  newcomer.leave()
  leave()
})
