// The promise of the live stream: whatever runs long, commits late, is cut, killed or restarted, in the end every
// client holds for every instrument what `market_data_latest` holds, under ids that only rise.
import { type Instrument, readLatest } from '@onetape/db'
import { type TestDatabase, testDatabase } from '@onetape/db/testing'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type ApiProcess, endApi, startApi } from './api-process.ts'
import { chance, mintStocks, quoteBatch } from './market-writer.ts'
import { batchIds, strictlyRising, TapeClient } from './tape-client.ts'

const SYMBOLS = Array.from({ length: 40 }, (_, i) => `T${i}`)
const WRITERS = 4
/** Batches written between one end of the API and the next. */
const BATCHES_BETWEEN = 60
const ENDS = ['SIGKILL', 'SIGTERM', 'SIGKILL', 'SIGTERM'] as const

let database: TestDatabase
let instruments: Instrument[]
let api: ApiProcess
let written = 0
let lateCommits = 0

beforeAll(async () => {
  database = await testDatabase()
  instruments = await mintStocks(database.db, SYMBOLS)
  await quoteBatch(
    database.db,
    instruments.map((instrument) => ({ instrument, last: 1 })),
  )
  api = await startApi({ DATABASE_URL: database.url, ONETAPE_PORT: '0' })
})
afterAll(async () => {
  if (api) await endApi(api, 'SIGKILL')
  await database?.drop()
})

async function writer(seed: number, over: () => boolean): Promise<void> {
  const { below, some } = chance(seed)
  while (!over()) {
    const lastBefore = written
    const few = some(instruments, 1 + below(5)).map((instrument) => ({
      instrument,
      last: 1 + below(100_000) / 100,
    }))
    await quoteBatch(database.db, few)
    if (written > lastBefore + 1) lateCommits += 1
    written += 1
  }
}

/** Makes transactions run long: holds a row that a writer wants while others go on and commit. */
async function hinderer(seed: number, over: () => boolean): Promise<void> {
  const { below } = chance(seed)
  while (!over()) {
    const held = await database.db.pool.connect()
    await held.query('begin')
    const { id } = instruments[below(instruments.length)]!
    await held.query('select 1 from market_data_latest where instrument_id = $1 for update', [id])
    const until = written + 2 + below(6)
    const giveUpMs = performance.now() + 250
    while (written < until && performance.now() < giveUpMs) await turn()
    await held.query('commit')
    held.release()
  }
}

/** A client that leaves and comes back at random, always with the last id it has. */
async function wanderer(client: TapeClient, seed: number, over: () => boolean): Promise<void> {
  const { below } = chance(seed)
  client.connect()
  while (!over()) {
    const until = written + 5 + below(20)
    while (written < until && !over()) await turn()
    client.leave()
    const back = written + below(10)
    while (written < back && !over()) await turn()
    client.connect()
  }
}

/** Ends the API in both ways, several times, while everything goes on. */
async function restarter(): Promise<void> {
  for (const signal of ENDS) {
    await moreWritten(BATCHES_BETWEEN)
    await endApi(api, signal)
    api = await startApi({ DATABASE_URL: database.url, ONETAPE_PORT: String(api.port) })
  }
  await moreWritten(BATCHES_BETWEEN)
}

async function moreWritten(batches: number): Promise<void> {
  const until = written + batches
  while (written < until) await turn()
}

const turn = () => new Promise<void>((resolve) => setTimeout(resolve, 5))

it('loses nothing and tells nothing twice', { timeout: 180_000 }, async () => {
  const someKeys = instruments.slice(0, 7).map((i) => i.key)
  const steady = new TapeClient(api.port)
  const restless = new TapeClient(api.port)
  const picky = new TapeClient(api.port, someKeys)
  const clients = [steady, restless, picky]
  steady.connect()

  let over = false
  const isOver = () => over
  const others = [hinderer(7, isOver), wanderer(restless, 11, isOver), wanderer(picky, 13, isOver)]
  const writers = Array.from({ length: WRITERS }, (_, i) => writer(100 + i, isOver))
  await Promise.race([restarter(), ...writers, ...others]) // a failure of any ends the wait
  over = true
  await Promise.all([...writers, ...others])

  const tape = new Map((await readLatest(database.db)).map((row) => [row.key, row]))
  expect(tape.size).toBe(SYMBOLS.length)
  const told = (client: TapeClient) =>
    [...client.rows.values()].map((r) => [r.key, r.last, r.ts, r.batchId]).sort()
  const held = (keys: Iterable<string>) =>
    [...keys]
      .map((key) => tape.get(key)!)
      .map((r) => [r.key, r.last, r.ts, r.batchId])
      .sort()
  await expect.poll(() => told(steady), { timeout: 20_000 }).toEqual(held(tape.keys()))
  await expect.poll(() => told(restless), { timeout: 20_000 }).toEqual(held(tape.keys()))
  await expect.poll(() => told(picky), { timeout: 20_000 }).toEqual(held(someKeys))

  for (const client of clients) {
    client.leave()
    expect(strictlyRising(batchIds(client.ids)), client.ids.join(' ')).toBe(true)
    // The first snapshot was the only one: every return was a resumption.
    expect(client.full).toBe(1)
  }
  // The run was what it claims to be: others committed while a transaction was under way.
  expect(lateCommits).toBeGreaterThan(10)
})
