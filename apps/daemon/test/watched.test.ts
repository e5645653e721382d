// What somebody watches, as running daemons have it: in the fastest tier within seconds, asked at once, out of it when
// the leases have run out, and no gap or missed slot for the time in which nobody watched.
import {
  holdWatch,
  type Instrument,
  mintInstruments,
  readGaps,
  readLatest,
  readMembers,
  readMissedSlots,
  readServedSlots,
  setTier,
  setTierMembers,
} from '@onetape/db'
import { type TestDatabase, testDatabase } from '@onetape/db/testing'
import { instantInZone, MINUTE_US } from '@onetape/market'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createMarketClock } from '../src/clock/market-clock.ts'
import { type Daemon, start } from '../src/daemon.ts'
import { parseEnv } from '../src/env.ts'
import { createLog } from '../src/log.ts'
import { handClock } from './clocks.ts'
import { fakeHouse } from './fake-house.ts'
import { FakeVendor } from './fake-vendor.ts'

const ten = instantInZone('2026-11-18', 10 * 3_600_000, 'America/New_York')
const until = (check: () => unknown) => vi.waitFor(check, { timeout: 20_000, interval: 50 })
const LEASE = '00000000-0000-4000-8000-000000000001'
const OTHER = '00000000-0000-4000-8000-000000000002'

let base: TestDatabase
let slow: Instrument
let none: Instrument
const undo: (() => unknown)[] = []
beforeEach(async () => {
  base = await testDatabase({ mode: 'live' })
  const minted = await mintInstruments(
    base.db,
    ['SLOW', 'NONE'].map((symbol) => ({ ref: { assetClass: 'equity' as const, symbol } })),
  )
  ;[slow, none] = minted as [Instrument, Instrument]
  for (const tier of ['core', 'full_universe']) await setTier(base.db, tier, { enabled: false })
  await setTierMembers(base.db, { tier: 'russell3000', instrumentIds: [slow.id], replace: true })
})
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step()
  await base.drop()
})

function scene() {
  const wall = handClock(ten)
  const market = createMarketClock(wall)
  const polygon = new FakeVendor({ name: 'polygon', market })
  for (const symbol of ['SLOW', 'NONE']) polygon.prices.set(symbol, 10)
  const run = async (): Promise<Daemon> => {
    const daemon = await start({
      tape: { ...base, mode: 'live' },
      house: fakeHouse([polygon], { wall, market }),
      wall,
      market,
      log: createLog('test', parseEnv({ ONETAPE_LOG_LEVEL: 'silent' })),
      instanceId: crypto.randomUUID(),
      pid: process.pid,
      fill: null,
    })
    undo.push(() => daemon[Symbol.asyncDispose]())
    return daemon
  }
  const asked = () =>
    polygon.asked.splice(0).flatMap((r) => (r.refs === 'all' ? [] : r.refs.map((x) => x.symbol)))
  return { wall, polygon, run, asked }
}

const watch = (leaseId: string, of: readonly Instrument[]) =>
  holdWatch(base.db, { leaseId, instrumentIds: of.map((i) => i.id), ttlMs: 20_000 })
/** As if whoever renewed it had been killed half a minute ago. */
const expire = (leaseId: string) =>
  base.db.pool.query(
    `update watched_symbols set expires_at = expires_at - interval '30 s' where lease_id = $1`,
    [leaseId],
  )
const tierOf = async (instrument: Instrument) =>
  (await readMembers(base.db)).find((m) => m.instrumentId === instrument.id)?.tier ?? null
const served = async () =>
  (
    await readServedSlots(base.db, { tier: 'user_watchlist', assetClass: 'equity', from: 0, to: 2 * ten })
  ).map((slot) => slot.slotAt)
const priced = async (instrument: Instrument) =>
  (await readLatest(base.db)).some((row) => row.instrumentId === instrument.id)

async function look(daemon: Daemon) {
  await daemon.timetable.run('due')
  await daemon.timetable.run('due')
  await daemon.sweeper.idle()
}

it('a symbol that was in no tier is asked at once, every minute while a lease lives, and no more after it', async () => {
  const s = scene()
  const daemon = await s.run()
  await until(async () => expect(await priced(slow)).toBe(true))
  await daemon.sweeper.idle()
  s.asked()
  // Between two slots, and nobody but the notification says so.
  s.wall.set(ten + 20_000_000)
  await watch(LEASE, [slow, none])
  await watch(OTHER, [none])
  await until(async () => {
    await look(daemon)
    expect(await priced(none)).toBe(true)
  })
  expect(s.asked()).toEqual(expect.arrayContaining(['SLOW', 'NONE']))
  for (const n of [1, 2]) {
    s.wall.set(ten + n * MINUTE_US)
    await look(daemon)
    expect(s.asked().toSorted()).toEqual(['NONE', 'SLOW'])
  }
  await expire(LEASE)
  await daemon.timetable.run('universe')
  expect([await tierOf(slow), await tierOf(none)]).toEqual(['russell3000', 'user_watchlist'])
  s.wall.set(ten + 3 * MINUTE_US)
  await look(daemon)
  expect(s.asked()).toEqual(['NONE'])
  await expire(OTHER)
  await daemon.timetable.run('universe')
  s.wall.set(ten + 4 * MINUTE_US)
  await look(daemon)
  expect(s.asked()).toEqual([])
  // Not a row of membership was written for any of it.
  const { rows } = await base.db.pool.query(`select from universe_members where tier = 'user_watchlist'`)
  expect(rows).toEqual([])
})

it('the time in which nobody watched is neither missed nor a gap', async () => {
  const s = scene()
  const daemon = await s.run()
  await until(async () => expect(await priced(slow)).toBe(true))
  await watch(LEASE, [none])
  await until(async () => {
    await look(daemon)
    expect(await priced(none)).toBe(true)
  })
  await daemon.timetable.run('gaps')
  for (const n of [1, 2]) {
    s.wall.set(ten + n * MINUTE_US)
    await look(daemon)
  }
  await daemon.timetable.run('gaps')
  const before = await readGaps(base.db)
  await expire(LEASE)
  await daemon.timetable.run('universe')
  for (let n = 3; n <= 30; n++) {
    s.wall.set(ten + n * MINUTE_US)
    await look(daemon)
    await daemon.timetable.run('gaps')
  }
  expect((await served()).length).toBeLessThanOrEqual(3)
  await watch(LEASE, [none])
  await daemon.timetable.run('universe')
  await until(async () => {
    s.wall.forward(MINUTE_US)
    await look(daemon)
    expect((await served()).at(-1)).toBeGreaterThan(ten + 30 * MINUTE_US)
  })
  await daemon.timetable.run('gaps')
  const after = await readGaps(base.db)
  const ofTier = (gaps: typeof after) => gaps.filter((gap) => gap.tier === 'user_watchlist')
  expect(ofTier(after)).toEqual(ofTier(before))
  const missed = await readMissedSlots(base.db, { from: 0, to: 2 * ten })
  expect(missed.filter((m) => m.tier === 'user_watchlist')).toEqual([])
})

it('several daemons agree on who is watched, and one asks', async () => {
  const s = scene()
  const [first, second] = [await s.run(), await s.run()]
  await until(async () => expect(await priced(slow)).toBe(true))
  await watch(LEASE, [none])
  await until(async () => {
    await look(first)
    await look(second)
    expect(await priced(none)).toBe(true)
  })
  s.asked()
  s.wall.set(ten + MINUTE_US)
  await Promise.all([look(first), look(second)])
  expect(s.asked()).toEqual(['NONE'])
})
