// Slots won, kept, lost, served and missed, on a real Postgres with several holders at once.
import { HOUR_US, MINUTE_US, SECOND_US } from '@onetape/market'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { readCadence } from '../reads/read-cadence.ts'
import { readMissedSlots } from '../reads/read-missed-slots.ts'
import { readServedSlots } from '../reads/read-served-slots.ts'
import { readSlotBoard } from '../reads/read-slot-board.ts'
import { NOON } from '../sample-batches.ts'
import { type TestDatabase, testDatabase } from '../testing.ts'
import { claimSlots } from './claim-slots.ts'
import { giveBackSlots } from './give-back-slots.ts'
import { noteMissedSlots } from './note-missed-slots.ts'
import { renewSlots } from './renew-slots.ts'
import { serveSlots } from './serve-slots.ts'
import { trimSlots } from './trim-slots.ts'

let t: TestDatabase
beforeAll(async () => {
  t = await testDatabase({ mode: 'live' })
}, 120_000)
afterAll(() => t.drop())
beforeEach(() => t.db.pool.query('truncate sweep_slots, missed_slots, tier_cadence'))

const HOUR = NOON - (NOON % HOUR_US)
const slot = (tier: string, frequencyS: number, slotAt = HOUR) => ({ tier, slotAt, frequencyS })
const claim = (holder: string, slots = [slot('core', 60)], ttlMs = 60_000) =>
  claimSlots(t.db, { assetClass: 'equity', slots, holder, ttlMs })
const outcome = { intervalUs: null, asked: 10, accepted: 10, missing: 0, delayedMinutes: 0, problem: null }
const serve = (holder: string, slotAt = HOUR, over: object = {}) =>
  serveSlots(t.db, {
    assetClass: 'equity',
    holder,
    sweptAt: slotAt + SECOND_US,
    servedAt: slotAt + 2 * SECOND_US,
    slots: [{ tier: 'core', slotAt, ...outcome, ...over }],
  })
const range = { tier: 'core', assetClass: 'equity', from: HOUR, to: HOUR + HOUR_US } as const

test('of many that want the same slots at once one gets all of them', async () => {
  const slots = [slot('core', 60), slot('sp500', 300), slot('russell3000', 900)]
  const won = await Promise.all(Array.from({ length: 12 }, (_, i) => claim(`daemon ${i}`, slots)))
  expect(won.filter((w) => w.length > 0).map((w) => w.length)).toEqual([3])
  const crypto = { assetClass: 'crypto', slots: [slot('core', 60)], holder: 'other', ttlMs: 1_000 } as const
  expect(await claimSlots(t.db, crypto)).toHaveLength(1)
})

test('a slot that is held, or served, is nobody else’s; one whose lease ran out is', async () => {
  expect(await claim('first', undefined, 300)).toMatchObject([{ tier: 'core', slotAt: HOUR, attempts: 1 }])
  expect(await claim('second')).toEqual([])
  await vi.waitFor(async () => expect(await claim('second')).toMatchObject([{ attempts: 2 }]), 5_000)
  expect(await serve('first')).toEqual([])
  expect(await serve('second')).toEqual([{ tier: 'core', slotAt: HOUR }])
  expect(await claim('first', undefined, 0)).toEqual([])
})

test('a lease is renewed by its holder alone, and given back with the reason', async () => {
  await claim('first', undefined, 200)
  const slots = [{ tier: 'core', slotAt: HOUR }]
  const about = { assetClass: 'equity', slots } as const
  expect(await renewSlots(t.db, { ...about, holder: 'second', ttlMs: 60_000 })).toEqual([])
  expect(await renewSlots(t.db, { ...about, holder: 'first', ttlMs: 60_000 })).toEqual(slots)
  await giveBackSlots(t.db, { ...about, holder: 'first', problem: 'vendor', restMs: 60_000 })
  expect(await claim('second')).toEqual([])
  expect(await claim('first')).toMatchObject([{ attempts: 2 }])
  await giveBackSlots(t.db, { ...about, holder: 'first', problem: null, restMs: 0 })
  expect(await claim('second')).toMatchObject([{ attempts: 3 }])
})

test('a claim tells what came before it: the newest slot, whether it was served, and when the lane was last looked at', async () => {
  expect(await claim('first')).toMatchObject([{ beforeAt: null, sweptBefore: null, laneAt: null }])
  await serve('first')
  await claim('first', [slot('core', 60, HOUR + MINUTE_US)])
  await claim('first', [slot('sp500', 300, HOUR + 3 * MINUTE_US)])
  expect(await claim('first', [slot('core', 60, HOUR + 9 * MINUTE_US)])).toMatchObject([
    {
      beforeAt: HOUR + MINUTE_US,
      beforeServed: false,
      sweptBefore: HOUR + SECOND_US,
      laneAt: HOUR + 3 * MINUTE_US,
    },
  ])
})

test('served slots make the cadence of their hour, and a left-over part adds to its slot', async () => {
  for (const [n, intervalUs] of [null, 60_500_000, 59_500_000, 180_000_000].entries()) {
    const at = HOUR + n * MINUTE_US
    await claim('first', [slot('core', 60, at)])
    await serve('first', at, {
      intervalUs,
      ...(n === 3 ? { accepted: 4, missing: 6, problem: 'budget' } : {}),
    })
  }
  const [hour] = await readCadence(t.db, range)
  expect(hour).toEqual({
    tier: 'core',
    assetClass: 'equity',
    hourAt: HOUR,
    frequencyS: 60,
    due: 4,
    served: 4,
    partial: 1,
    missed: 0,
    intervalMedianMs: 60_500,
    intervalMaxMs: 180_000,
    lateMedianMs: 2_000,
    lateMaxMs: 2_000,
  })
  const slotAt = HOUR + 3 * MINUTE_US
  const rest = { tier: 'core', slotAt, ...outcome, asked: 6, accepted: 6 }
  const served = { assetClass: 'equity', holder: 'first', sweptAt: NOON, servedAt: NOON } as const
  await serveSlots(t.db, { ...served, slots: [rest], more: true })
  const rows = await readServedSlots(t.db, range)
  expect(rows).toHaveLength(4)
  expect(rows[3]).toMatchObject({ asked: 10, accepted: 10, missing: 0, servedAt: slotAt + 2 * SECOND_US })
  expect((await readCadence(t.db, range))[0]).toMatchObject({ served: 4, partial: 0 })
})

test('missed slots are noted once, a run of them is one row, and they count as due', async () => {
  const missed = (n: number, reason: 'vendor' | 'down') => {
    const at = HOUR + n * MINUTE_US
    const hours = [{ hourAt: HOUR, slots: 1 }]
    const about = { tier: 'core', assetClass: 'equity', frequencyS: 60, slots: 1, reason } as const
    return noteMissedSlots(t.db, { ...about, fromAt: at, toAt: at, notedAt: at + MINUTE_US, hours })
  }
  expect([await missed(1, 'vendor'), await missed(1, 'vendor')]).toEqual([true, false])
  for (const n of [2, 3, 2]) await missed(n, 'vendor')
  await missed(4, 'down')
  expect(await readMissedSlots(t.db, range)).toMatchObject([
    { fromAt: HOUR + MINUTE_US, toAt: HOUR + 3 * MINUTE_US, slots: 3, reason: 'vendor' },
    { fromAt: HOUR + 4 * MINUTE_US, toAt: HOUR + 4 * MINUTE_US, slots: 1, reason: 'down' },
  ])
  expect(await readCadence(t.db, range)).toMatchObject([{ due: 4, served: 0, missed: 4 }])
  await claim('first')
  await serve('first')
  expect(await readCadence(t.db, range)).toMatchObject([{ due: 5, served: 1, missed: 4 }])
})

test('the board tells the newest slot of each tier and class, the crew and the server’s clock', async () => {
  await t.db.pool.query(`insert into leases values ('daemon:one', 'one', clock_timestamp() + interval '1 hour'),
    ('daemon:two', 'two', clock_timestamp() - interval '1 hour'), ('minutes', 'one', clock_timestamp() + interval '1 hour')`)
  await claim('first')
  await serve('first', HOUR, { missing: 2 })
  await claim('second', [slot('core', 60, HOUR + MINUTE_US)])
  const board = await readSlotBoard(t.db)
  expect(Math.abs(board.serverNow / 1000 - Date.now())).toBeLessThan(60_000)
  expect(board).toMatchObject({
    shiftUs: 0,
    crew: ['one'],
    tiersMark: expect.stringContaining('core 60 2 t'),
  })
  expect(board.slots).toEqual([
    {
      tier: 'core',
      assetClass: 'equity',
      slotAt: HOUR + MINUTE_US,
      frequencyS: 60,
      claimedBy: 'second',
      served: false,
      held: true,
      problem: null,
      sweptAt: HOUR + SECOND_US,
      asked: 10,
      accepted: 10,
      missing: 2,
      delayedMinutes: 0,
    },
  ])
})

test('old slots are forgotten, but never the last one that was served', async () => {
  for (const n of [0, 1, 2]) {
    await claim('first', [slot('core', 60, HOUR + n * MINUTE_US)])
    if (n < 2) await serve('first', HOUR + n * MINUTE_US)
  }
  expect(await trimSlots(t.db, { before: HOUR + HOUR_US, sumsBefore: HOUR })).toBe(1)
  expect((await readServedSlots(t.db, range)).map((s) => s.slotAt)).toEqual([HOUR + MINUTE_US])
  expect(await readCadence(t.db, range)).toHaveLength(1)
  await trimSlots(t.db, { before: HOUR, sumsBefore: HOUR + HOUR_US })
  expect(await readCadence(t.db, range)).toEqual([])
})
