import {
  connect,
  type Db,
  lastBatchId,
  lastRolledUp,
  mintInstruments,
  verifyRollups,
  writeBatch,
} from '@onetape/db'
import { type TestDatabase, testDatabase } from '@onetape/db/testing'
import { MINUTE_US, type Micros } from '@onetape/market'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { followLedger, type RollUpFollower } from './follow-ledger.ts'

const NOON: Micros = Date.UTC(2026, 10, 20, 15) * 1000
const market = { now: () => NOON + 60 * MINUTE_US }

let t: TestDatabase
let db: Db
let id: number
beforeAll(async () => {
  t = await testDatabase()
  db = t.db
  id = (await mintInstruments(db, [{ ref: { assetClass: 'equity', symbol: 'AAPL' } }]))[0]!.id
}, 120_000)
afterAll(() => t.drop())

const write = (minute: number, price: number) => {
  const ts = NOON + minute * MINUTE_US
  const ticks = [{ instrumentId: id, ts, price, volume: null }]
  return writeBatch(db, {
    kind: 'ticks',
    source: 'polygon',
    feed: 'sip',
    fetchedAt: ts,
    marketNow: market.now(),
    ticks,
  })
}

interface Heard {
  changes: (string | null)[]
  skipped: number[]
}

async function following(work: (follower: RollUpFollower, heard: Heard) => Promise<void>): Promise<void> {
  const heard: Heard = { changes: [], skipped: [] }
  await using follower = followLedger({
    db,
    market,
    onChange: (problem) => heard.changes.push(problem),
    onSkipped: (batchId) => heard.skipped.push(batchId),
  })
  await work(follower, heard)
}

const level = () => following((follower) => follower.level())
const high = async () =>
  (await db.pool.query('select high from market_data_daily where instrument_id = $1', [id])).rows[0]?.high

test('is level with the ledger when it says so', async () => {
  await write(0, 10)
  await level()
  expect(await lastRolledUp(db)).toBe(await lastBatchId(db))
  expect(await high()).toBe(10)
})

test('a batch that cannot be rolled up is passed by, told, and tried again at the next start', async () => {
  await db.pool.query(
    'alter table market_data_rollups add constraint poison check (high is distinct from 666) not valid',
  )
  await write(1, 11)
  const poison = await write(7, 666)
  await write(13, 12)
  await following(async (follower, heard) => {
    await follower.level()
    expect(heard).toEqual({ changes: [], skipped: [poison.batchId] })
  })
  expect(await lastRolledUp(db)).toBe(await lastBatchId(db))
  expect(await high()).toBe(12)
  const { rows: told } = await db.pool.query(`select detail from events where kind = 'rollup_skipped'`)
  expect(told).toMatchObject([
    { detail: { batchId: poison.batchId, problem: expect.stringContaining('poison') } },
  ])
  expect(await verifyRollups(db)).toContainEqual(expect.stringMatching(`^batch ${poison.batchId}: .*poison`))

  await db.pool.query('alter table market_data_rollups drop constraint poison')
  await level()
  expect(await high()).toBe(666)
  expect(await verifyRollups(db)).toEqual([])
})

test('what is no fault of a batch passes nothing by: it is said once, and the work goes on when it is over', async () => {
  await write(20, 30)
  const holder = await db.pool.connect()
  await holder.query('begin; select from rollup_cursors for update')
  const impatient = connect({ url: withLockTimeout(t.url), applicationName: 'impatient' })
  const heard: Heard = { changes: [], skipped: [] }
  {
    await using follower = followLedger({
      db: impatient,
      market,
      onChange: (problem) => heard.changes.push(problem),
      onSkipped: (batchId) => heard.skipped.push(batchId),
    })
    await follower.level()
    await follower.level()
    expect(heard).toEqual({ changes: [expect.stringContaining('lock timeout')], skipped: [] })
    await holder.query('rollback')
    holder.release()
    await follower.level()
    expect(heard).toEqual({ changes: [expect.any(String), null], skipped: [] })
  }
  await impatient.end()
  expect(await verifyRollups(db)).toEqual([])
})

function withLockTimeout(url: string): string {
  const address = new URL(url)
  address.searchParams.set('lock_timeout', '50')
  return address.href
}
