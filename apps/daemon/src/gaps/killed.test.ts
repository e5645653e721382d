// Catch-up killed in the middle, by kill -9, and started again: it goes on where it was and doubles nothing.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { mintInstruments, readGaps, recordGaps, setTierMembers } from '@onetape/db'
import { type TestDatabase, testDatabase } from '@onetape/db/testing'
import { HOUR_US, instantInZone } from '@onetape/market'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startVendor, type Vendor } from '../backfill/fixtures/vendor.ts'

const PROCESS = join(import.meta.dirname, 'fixtures/gap-process.ts')
const at = (hours: number) => instantInZone('2024-06-04', hours * 3_600_000, 'America/New_York')
const SYMBOLS = Array.from({ length: 90 }, (_, i) => `T${i.toString(36).toUpperCase()}`)
/** Bars every five minutes, from ten to eleven. */
const ROWS = SYMBOLS.length * 12
const IN_HAND = 3

let vendor: Vendor
const databases: TestDatabase[] = []
beforeAll(async () => {
  vendor = await startVendor()
})
afterAll(async () => {
  await vendor[Symbol.asyncDispose]()
  for (const database of databases) await database.drop()
})

async function tapeWithGap(): Promise<TestDatabase> {
  const database = await testDatabase()
  databases.push(database)
  const { db } = database
  const minted = await mintInstruments(
    db,
    SYMBOLS.map((symbol) => ({ ref: { assetClass: 'equity', symbol } })),
  )
  await setTierMembers(db, { tier: 'core', instrumentIds: minted.map((i) => i.id), replace: true })
  const scope = { tier: 'core', assetClass: 'equity', instrumentId: null, timeframe: '1m' } as const
  const span = { from: at(10), to: at(10) + HOUR_US }
  const gap = { ...scope, ...span, why: 'daemon_down', slots: 60, instrumentsTo: null } as const
  await recordGaps(db, { found: [gap], foundAt: at(11) })
  return database
}

const start = ({ url }: TestDatabase) =>
  fork(PROCESS, [url, vendor.url, String(at(12))], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
const rowsOf = async ({ db }: TestDatabase) =>
  (
    await db.pool.query(
      'select instrument_id, ts, open, close, volume, final from market_data_bars order by instrument_id, ts',
    )
  ).rows

it('killed in the middle, another process goes on with what is left', { timeout: 120_000 }, async () => {
  const [undisturbed, killed] = [await tapeWithGap(), await tapeWithGap()]
  await once(start(undisturbed), 'message')
  expect(await readGaps(undisturbed.db)).toMatchObject([
    { state: 'filled', rowsWritten: ROWS, calls: SYMBOLS.length },
  ])
  expect(await rowsOf(undisturbed)).toHaveLength(ROWS)

  vendor.answerOnly(50)
  const before = vendor.calls()
  const child = start(killed)
  await vendor.held(IN_HAND)
  child.kill('SIGKILL')
  await once(child, 'exit')
  const [half] = await readGaps(killed.db)
  expect(half).toMatchObject({ state: 'filling', piecesDone: 40, piecesTotal: SYMBOLS.length })
  expect(await rowsOf(killed)).toHaveLength(40 * 12)

  vendor.answerOnly(null)
  await once(start(killed), 'message')
  expect(await readGaps(killed.db)).toMatchObject([
    { state: 'filled', piecesDone: SYMBOLS.length, piecesFailed: 0, rowsWritten: ROWS, attempts: 1 },
  ])
  expect(await rowsOf(killed)).toEqual(await rowsOf(undisturbed))
  // Only what was in hand when it was killed is asked a second time.
  expect(vendor.calls() - before).toBe(SYMBOLS.length + 10 + IN_HAND)
})
