// Backfills into real databases, from a vendor on loopback: whole, again, killed in the middle and started again.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { connect, mintInstruments, readBars, readInstruments } from '@onetape/db'
import { type TestDatabase, testDatabase } from '@onetape/db/testing'
import { DAY_US } from '@onetape/market'
import { createProvider } from '@onetape/providers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { wallClock } from '../clock/wall-clock.ts'
import { startVendor, type Vendor } from './fixtures/vendor.ts'
import { type BackfillRequest, type BackfillSummary, runBackfill } from './run-backfill.ts'

const NOW = Date.UTC(2024, 5, 5, 15) * 1000
const SYMBOLS = ['AAPL', 'IBM', 'SPY', 'KO', 'XOM']
const PROCESS = join(import.meta.dirname, 'fixtures/backfill-process.ts')
/** Sessions of 2024-05-31, 06-03 and 06-04: a day, and 78 bars a session. */
const ROWS = SYMBOLS.length * 3 * 79

let vendor: Vendor
const databases: TestDatabase[] = []
beforeAll(async () => {
  vendor = await startVendor()
})
afterAll(async () => {
  await vendor[Symbol.asyncDispose]()
  for (const database of databases) await database.drop()
})

async function freshTape(): Promise<TestDatabase> {
  const database = await testDatabase()
  databases.push(database)
  await mintInstruments(
    database.db,
    SYMBOLS.map((symbol) => ({ ref: { assetClass: 'equity', symbol } })),
  )
  return database
}

function backfill({ db }: TestDatabase, over: Partial<BackfillRequest> = {}): Promise<BackfillSummary> {
  const marketClock = { now: () => NOW }
  const deps = {
    fetch,
    marketClock,
    wallClock,
    random: Math.random,
    timeoutMs: 5_000,
    baseUrls: { rest: vendor.url },
    credentials: { apiKey: 'test' },
  }
  const sources = new Map([['polygon', { provider: createProvider('polygon', deps) }]])
  const request = {
    days: 5,
    symbols: SYMBOLS,
    timeframes: null,
    today: false,
    signal: new AbortController().signal,
  }
  return runBackfill({ db, sources, wallClock, marketClock, leaseMs: 400 }, { ...request, ...over })
}

/** Everything the tape holds, by instrument. */
async function contents({ url }: TestDatabase): Promise<unknown> {
  const db = connect({ url, applicationName: 'test', poolMax: 2 })
  try {
    const series = (await readInstruments(db)).flatMap(({ id, key }) =>
      (['1d', '1m'] as const).map((timeframe) => ({ id, key, timeframe })),
    )
    const range = { from: NOW - 30 * DAY_US, to: NOW, limit: 5_000, venue: 'XNYS' } as const
    const read = series.map(async ({ id, key, timeframe }) => [
      key,
      timeframe,
      await readBars(db, { ...range, instrumentId: id, timeframe }),
    ])
    return (await Promise.all(read)).sort()
  } finally {
    await db.end()
  }
}

describe('runBackfill', () => {
  it('fills the tape, and adds nothing when it runs again', async () => {
    const tape = await freshTape()
    const first = await backfill(tape)
    expect(first).toMatchObject({
      resumed: false,
      failures: [],
      chunks: { total: 10, done: 10, failed: 0, byThisRun: 10 },
    })
    expect(first.rows).toMatchObject({ inserted: ROWS, duplicate: 0, rejected: 0 })
    const before = await contents(tape)
    const again = await backfill(tape)
    expect(again.rows).toMatchObject({ inserted: 0, updated: 0, duplicate: ROWS })
    expect(await contents(tape)).toEqual(before)
  })

  it('killed in the middle, the same request goes on and ends like an undisturbed one', async () => {
    const [undisturbed, killed] = [await freshTape(), await freshTape()]
    await backfill(undisturbed)
    vendor.answerOnly(5)
    const child = fork(PROCESS, [killed.url, vendor.url, String(NOW)], { stdio: 'ignore' })
    await vendor.held(4)
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(await contents(killed)).not.toEqual(await contents(undisturbed))

    vendor.answerOnly(null)
    const asked = vendor.calls()
    const second = fork(PROCESS, [killed.url, vendor.url, String(NOW)], { stdio: 'ignore' })
    const [summary] = (await once(second, 'message')) as [BackfillSummary]
    expect(summary).toMatchObject({
      resumed: true,
      failures: [],
      chunks: { total: 10, done: 10, failed: 0, byThisRun: 5 },
    })
    expect(vendor.calls() - asked).toBe(5)
    expect(await contents(killed)).toEqual(await contents(undisturbed))
  })

  it('stopped by its signal, gives its chunks back at once', async () => {
    const tape = await freshTape()
    const stop = new AbortController()
    vendor.answerOnly(3)
    const running = backfill(tape, { signal: stop.signal })
    await vendor.held(4)
    stop.abort()
    expect(await running).toMatchObject({ stopped: true, chunks: { done: 3 } })
    vendor.answerOnly(null)
    const rest = await backfill(tape)
    expect(rest).toMatchObject({ resumed: true, chunks: { done: 10, byThisRun: 7 } })
    expect(rest.rows.duplicate).toBe(0)
  })

  it('an unfinished run of other timeframes is not taken for this one', async () => {
    const tape = await freshTape()
    const stop = new AbortController()
    vendor.answerOnly(0)
    const running = backfill(tape, { timeframes: ['1d'], signal: stop.signal })
    await vendor.held(4)
    stop.abort()
    await running
    vendor.answerOnly(null)
    const minutes = await backfill(tape, { timeframes: ['1m'] })
    expect(minutes).toMatchObject({ resumed: false, chunks: { done: 5 } })
    expect(minutes.rows.inserted).toBe(SYMBOLS.length * 3 * 78)
  })

  it('mints a symbol that the vendor knows, and says when nobody does', async () => {
    const tape = await freshTape()
    const found = await backfill(tape, { symbols: ['NEWCO'], timeframes: ['1d'] })
    expect(found.rows.inserted).toBe(3)
    expect((await readInstruments(tape.db)).map((i) => i.key)).toContain('equity:US:NEWCO')
    await expect(backfill(tape, { symbols: ['BTC-USD'] })).rejects.toThrow('No source')
    await expect(backfill(tape, { symbols: ['no such'] })).rejects.toThrow('no symbol')
  })

  it('gives up when no source can be reached, and loses nothing', async () => {
    const tape = await freshTape()
    const dead = await startVendor()
    await dead[Symbol.asyncDispose]()
    const marketClock = { now: () => NOW }
    const provider = createProvider('polygon', {
      fetch,
      marketClock,
      wallClock,
      random: Math.random,
      timeoutMs: 500,
      baseUrls: { rest: dead.url },
      credentials: { apiKey: 'x' },
    })
    const deps = {
      db: tape.db,
      sources: new Map([['polygon', { provider }]]),
      wallClock,
      marketClock,
      leaseMs: 400,
    }
    const request = {
      days: 5,
      symbols: SYMBOLS,
      timeframes: null,
      today: false,
      signal: new AbortController().signal,
    }
    await expect(runBackfill(deps, request)).rejects.toThrow('No source can be reached')
    expect(await backfill(tape)).toMatchObject({ resumed: true, chunks: { done: 10, failed: 0 } })
  })
})
