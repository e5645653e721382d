// Three real daemons, with clocks that are minutes apart, on one real Postgres: killed one after the other, each slot is
// served by one of them, and the simulated vendor's own log says how often it was asked.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { readLatest, readMissedSlots, readSlotBoard, setTier, writeMarketShift } from '@onetape/db'
import { type TestDatabase, testDatabase } from '@onetape/db/testing'
import { DAY_US, instantInZone, SECOND_US } from '@onetape/market'
import { registry, simulatedSettings } from '@onetape/providers'
import { type Simulator, startSimulator } from '@onetape/simulator'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { slotsIn } from '../src/schedule/slots.ts'

const FREQUENCY_S = 6
const TTL_MS = 2_500
const noon = instantInZone('2026-11-18', 12 * 3_600_000, 'America/New_York')

let base: TestDatabase
let simulator: Simulator
let shiftUs: number
const children: ChildProcess[] = []
beforeEach(async () => {
  base = await testDatabase({ mode: 'demo' })
  shiftUs = noon + 364 * DAY_US - Date.now() * 1000
  await writeMarketShift(base.db, { shiftUs, from: noon, to: noon + 364 * DAY_US })
  simulator = await startSimulator({ shiftUs, quotas: false })
  for (const tier of ['user_watchlist', 'sp500', 'russell3000', 'full_universe'])
    await setTier(base.db, tier, { enabled: false })
  await setTier(base.db, 'core', { frequencyS: FREQUENCY_S })
})
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  await simulator.close()
  await base.drop()
})

async function daemonWith(skewMs: number): Promise<{ child: ChildProcess; instanceId: string }> {
  const definitions = registry.definitions.filter((d) => ['polygon', 'coinbase'].includes(d.name))
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, 'fixtures/daemon-process.ts'), JSON.stringify({ skewMs, slotTtlMs: TTL_MS })],
    {
      env: {
        PATH: process.env.PATH,
        ONETAPE_LOG_LEVEL: 'silent',
        ONETAPE_STREAMS: 'off',
        DATABASE_URL: base.url,
        ...simulatedSettings(definitions, simulator.endpoints),
      },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    },
  )
  children.push(child)
  const [message] = (await once(child, 'message')) as [{ instanceId: string }]
  return { child, instanceId: message.instanceId }
}

interface SlotRow {
  asset_class: string
  slot_at: number
  claimed_by: string
  claimed_at: number
  attempts: number
  swept_at: number | null
  served_at: number | null
}
const readSlots = async (assetClass: string): Promise<SlotRow[]> =>
  (
    await base.db.pool.query('select * from sweep_slots where asset_class = $1 order by slot_at', [
      assetClass,
    ])
  ).rows

const until = (check: () => unknown, timeout = 60_000) => vi.waitFor(check, { timeout, interval: 200 })
const served = async (assetClass: string) => (await readSlots(assetClass)).filter((s) => s.served_at !== null)
const servedMore = async (n: number) => {
  const before = (await served('equity')).length
  await until(async () => expect((await served('equity')).length).toBeGreaterThanOrEqual(before + n))
}
/** Polygon's answers for the shares of the core tier. */
const asked = () =>
  simulator
    .requestsAfter(0)
    .filter((r) => r.vendor === 'polygon' && r.path.startsWith('/v2/snapshot/locale/us/markets/stocks'))

it('share the slots, each served once, while they are killed and their clocks disagree by ten minutes', async () => {
  const crew = await Promise.all([0, 300_000, -300_000].map(daemonWith))
  const [at] = await Promise.all([Date.now() * 1000, servedMore(2)])
  expect(Date.now() * 1000).toBeGreaterThan(at)
  await until(async () => expect((await readSlotBoard(base.db)).crew).toHaveLength(3))

  // A long transaction holds the ledger for longer than a lease: the slot stays with whoever works on it.
  const holder = await base.db.pool.connect()
  await holder.query('begin')
  await holder.query('select pg_advisory_xact_lock(1952542821, 2)')
  const isStuck = async () =>
    expect((await readSlots('equity')).filter((s) => s.served_at === null)).toHaveLength(1)
  await until(isStuck)
  const stuck = (await readSlots('equity')).at(-1)!
  await until(async () => {
    const { rows } = await base.db.pool.query('select clock_timestamp() as now')
    expect(rows[0].now).toBeGreaterThan(stuck.claimed_at + (TTL_MS + 1_500) * 1000)
  })
  await holder.query('commit')
  holder.release()
  await servedMore(1)
  const calm = await readSlots('equity')
  const first = calm[0]!.slot_at
  expect(calm.find((s) => s.slot_at === stuck.slot_at)).toMatchObject({
    attempts: 1,
    claimed_by: stuck.claimed_by,
    served_at: expect.any(Number),
  })

  // Two of three are killed, the second the moment that it works on a slot.
  crew[0]!.child.kill('SIGKILL')
  await servedMore(2)
  await until(async () => {
    const open = (await readSlots('equity')).find((s) => s.served_at === null)
    const victim = crew.slice(1).find((d) => d.instanceId === open?.claimed_by)
    expect(victim).toBeDefined()
    victim!.child.kill('SIGKILL')
  })
  await servedMore(2)

  for (const assetClass of ['equity', 'crypto'] as const) {
    const slots = await readSlots(assetClass)
    const to = slots.findLast((s) => s.served_at !== null)!.slot_at + 1
    const missed = (await readMissedSlots(base.db, { from: 0, to })).filter(
      (m) => m.assetClass === assetClass,
    )
    const from = slots[0]!.slot_at
    const expected = slotsIn({ assetClass, frequencyS: FREQUENCY_S, from, to })!.slots
    const done = slots.filter((s) => s.served_at !== null && s.slot_at < to)
    // Each slot was served by somebody, or is on record as missed; one that was served late may be both.
    expect(done.length + missed.reduce((sum, m) => sum + m.slots, 0)).toBeGreaterThanOrEqual(expected)
    for (const slot of done) {
      // Nobody served a slot of the future or of the past, whatever its own clock said.
      expect(slot.claimed_at + shiftUs).toBeGreaterThanOrEqual(slot.slot_at - SECOND_US)
      expect(slot.swept_at).toBeGreaterThanOrEqual(slot.slot_at - SECOND_US)
      expect(slot.swept_at).toBeLessThan(slot.slot_at + (FREQUENCY_S + 1) * SECOND_US)
    }
  }
  // Counted first: the daemon that is left goes on.
  const calls = asked().length
  const slots = await readSlots('equity')
  const attempts = slots.reduce((sum, s) => sum + s.attempts, 0)
  // One request for each claim, the sweep of everything that the first daemon makes at its start, and one at once for
  // the members that another daemon's start brought.
  expect(calls).toBeLessThanOrEqual(attempts + 2)
  expect(asked().length).toBeGreaterThanOrEqual(slots.filter((s) => s.served_at !== null).length)
  expect(slots.filter((s) => s.slot_at < first + 1 && s.attempts > 1)).toEqual([])
  const now = Date.now() * 1000 + shiftUs
  for (const row of await readLatest(base.db))
    expect(Math.abs(row.fetchedAt - now)).toBeLessThan(150 * SECOND_US)
}, 200_000)
