// The universe as a running daemon has it: edited while it runs, short of budget, and after slots were missed.
import {
  mintInstruments,
  readCadence,
  readHeartbeats,
  readLiveDaemons,
  readMissedSlots,
  readServedSlots,
  setTier,
  setTierMembers,
} from '@onetape/db'
import { type TestDatabase, testDatabase } from '@onetape/db/testing'
import { type AssetClass, instantInZone, MINUTE_US, SECOND_US } from '@onetape/market'
import { ProviderError } from '@onetape/providers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createMarketClock } from '../src/clock/market-clock.ts'
import { type Daemon, start } from '../src/daemon.ts'
import { parseEnv } from '../src/env.ts'
import type { HeartbeatDetail } from '../src/heartbeat.ts'
import { createLog } from '../src/log.ts'
import { handClock } from './clocks.ts'
import { fakeHouse } from './fake-house.ts'
import { FakeVendor } from './fake-vendor.ts'

const ten = instantInZone('2026-11-18', 10 * 3_600_000, 'America/New_York')
const until = (check: () => unknown) => vi.waitFor(check, { timeout: 20_000, interval: 50 })

let base: TestDatabase
const undo: (() => unknown)[] = []
beforeEach(async () => {
  base = await testDatabase({ mode: 'live' })
})
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step()
  await base.drop()
})

/** Answers for so many lists of symbols, then refuses for want of budget. */
class ShortVendor extends FakeVendor {
  calls = Number.POSITIVE_INFINITY

  override async getSnapshots(...asked: Parameters<FakeVendor['getSnapshots']>) {
    if (this.calls <= 0) {
      const about = { provider: 'polygon', origin: 'budget', retryAfterMs: 60_000 } as const
      throw new ProviderError('rate_limited', 'the budget of polygon is spent', about)
    }
    this.calls -= 1
    return super.getSnapshots(...asked)
  }
}

async function daemonAt(at: number) {
  const wall = handClock(at)
  const market = createMarketClock(wall)
  const polygon = new ShortVendor({ name: 'polygon', market })
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
  const members = async (tier: string, symbols: readonly string[]) => {
    const minted = await mintInstruments(
      base.db,
      symbols.map((symbol) => ({ ref: { assetClass: 'equity' as const, symbol } })),
    )
    for (const symbol of symbols) polygon.prices.set(symbol, 10)
    await setTierMembers(base.db, { tier, instrumentIds: minted.map((i) => i.id), replace: true })
  }
  /** Symbols asked for from now on, in their order. */
  const asked = () =>
    polygon.asked.splice(0).flatMap((r) => (r.refs === 'all' ? [] : r.refs.map((x) => x.symbol)))
  return { wall, market, polygon, run, members, asked }
}

const served = async (tier: string, assetClass: AssetClass = 'equity') =>
  await readServedSlots(base.db, { tier, assetClass, from: 0, to: 2 * ten })

/** One look at what is due, and the sweeps that follow. */
async function look(daemon: Daemon) {
  // One that was under way may have looked before the clock moved.
  await daemon.timetable.run('due')
  await daemon.timetable.run('due')
  await daemon.sweeper.idle()
}

describe('a universe that is edited while it runs', () => {
  it('has each symbol in its fastest tier from the next look on, and newcomers at once', async () => {
    const s = await daemonAt(ten)
    await s.members('sp500', ['AAA', 'BBB'])
    await s.members('russell3000', ['AAA', 'BBB', 'CCC'])
    const daemon = await s.run()
    await until(async () => expect(await served('russell3000')).toHaveLength(1))
    await daemon.sweeper.idle()
    s.asked()
    s.wall.set(ten + MINUTE_US)
    await look(daemon)
    expect(s.asked()).not.toContain('AAA')
    // A row edited by hand announces nothing.
    await base.db.pool.query(`update universe_tiers set frequency_s = 30 where name = 'russell3000'`)
    s.wall.set(ten + 2 * MINUTE_US)
    await look(daemon)
    expect(s.asked()).toEqual(expect.arrayContaining(['AAA', 'BBB', 'CCC']))
    await setTier(base.db, 'russell3000', { enabled: false })
    await s.members('user_watchlist', ['CCC', 'ZZZ'])
    await until(async () => {
      s.wall.forward(MINUTE_US)
      await look(daemon)
      expect(s.asked()).toEqual(expect.arrayContaining(['CCC', 'ZZZ']))
    })
    s.asked()
    s.wall.set(ten + 30 * MINUTE_US)
    await look(daemon)
    const last = s.asked()
    for (const symbol of ['AAA', 'BBB', 'CCC', 'ZZZ'])
      expect(last.filter((x) => x === symbol)).toHaveLength(1)
  })
})

describe('a universe short of budget', () => {
  it('serves the urgent first and the others with what is left, until all had their turn', async () => {
    const s = await daemonAt(ten)
    await setTier(base.db, 'core', { enabled: false })
    await setTier(base.db, 'full_universe', { enabled: false })
    const named = (letter: string, n: number) =>
      Array.from(
        { length: n },
        (_, i) => `${letter}${String.fromCharCode(65 + (i % 26), 65 + Math.floor(i / 26))}`,
      )
    await s.members('user_watchlist', named('U', 40))
    await s.members('sp500', named('S', 150))
    s.polygon.calls = 1
    const daemon = await s.run()
    await until(async () => expect(await served('sp500')).toHaveLength(1))
    await daemon.sweeper.idle()
    expect((await served('user_watchlist'))[0]).toMatchObject({ asked: 40, accepted: 40, missing: 0 })
    // A call takes a hundred: sixty of them were left for the second tier.
    expect((await served('sp500'))[0]).toMatchObject({ asked: 150, accepted: 60, missing: 90 })
    expect(
      s
        .asked()
        .slice(0, 40)
        .every((symbol) => symbol.startsWith('U')),
    ).toBe(true)
    s.polygon.calls = 1
    s.wall.forward(30 * SECOND_US)
    await look(daemon)
    expect(s.asked()).toEqual([])
    for (const n of [1, 2]) {
      s.polygon.calls = 1
      s.wall.set(ten + n * MINUTE_US)
      await look(daemon)
      expect(s.asked().filter((symbol) => symbol.startsWith('U'))).toHaveLength(40)
    }
    expect((await served('sp500'))[0]).toMatchObject({ asked: 150, accepted: 150, missing: 0 })
    expect(await served('user_watchlist')).toHaveLength(3)
  })

  it('notes slots that got nothing as missed for want of budget', async () => {
    const s = await daemonAt(ten)
    for (const tier of ['core', 'full_universe']) await setTier(base.db, tier, { enabled: false })
    await setTier(base.db, 'sp500', { frequencyS: 60 })
    await s.members(
      'user_watchlist',
      Array.from({ length: 100 }, (_, i) => `U${i}`.replace(/\d/g, (d) => 'ABCDEFGHIJ'[+d]!)),
    )
    await s.members('sp500', ['SSS'])
    s.polygon.calls = 1
    const daemon = await s.run()
    await until(async () => expect(await served('user_watchlist')).toHaveLength(1))
    s.polygon.calls = 2
    s.wall.set(ten + MINUTE_US)
    await look(daemon)
    expect((await served('sp500')).map((slot) => slot.slotAt)).toEqual([ten + MINUTE_US])
    expect(await readMissedSlots(base.db, { from: ten, to: ten + MINUTE_US })).toMatchObject([
      { tier: 'sp500', reason: 'budget', slots: 1, fromAt: ten },
    ])
  })
})

describe('missed slots', () => {
  it('are noted with their reason and followed by one sweep; the cadence tells of them', async () => {
    const s = await daemonAt(ten)
    await setTier(base.db, 'full_universe', { enabled: false })
    await s.members('user_watchlist', ['AAA'])
    const first = await s.run()
    await until(async () => expect(await served('user_watchlist')).toHaveLength(1))
    await first[Symbol.asyncDispose]()
    // Nobody looks for ten minutes.
    s.wall.set(ten + 10 * MINUTE_US)
    const daemon = await s.run()
    await until(async () => expect(await served('user_watchlist')).toHaveLength(2))
    // Then the vendor is away for a while.
    s.polygon.error = new ProviderError('unavailable', 'polygon is away', { provider: 'polygon' })
    for (const n of [11, 12, 13]) {
      s.wall.set(ten + n * MINUTE_US)
      await look(daemon)
    }
    s.polygon.error = null
    await until(async () => {
      s.wall.forward(MINUTE_US)
      await look(daemon)
      expect(await served('user_watchlist')).toHaveLength(3)
    })
    const slots = await served('user_watchlist')
    const missed = (await readMissedSlots(base.db, { from: ten, to: s.wall.now() })).filter(
      (m) => m.tier === 'user_watchlist',
    )
    expect(missed[0]).toMatchObject({
      reason: 'down',
      slots: 9,
      fromAt: ten + MINUTE_US,
      toAt: ten + 9 * MINUTE_US,
    })
    expect(missed.slice(1).map((m) => m.reason)).toEqual(missed.slice(1).map(() => 'vendor'))
    const due = (slots.at(-1)!.slotAt - ten) / MINUTE_US + 1
    expect(missed.reduce((sum, m) => sum + m.slots, 0)).toBe(due - 3)
    const cadence = await readCadence(base.db, { from: 0, to: s.wall.now() })
    const hours = cadence.filter((c) => c.tier === 'user_watchlist')
    expect(hours.reduce((sum, h) => sum + h.due, 0)).toBe(due)
    expect(hours.reduce((sum, h) => sum + h.served, 0)).toBe(3)
    expect(hours[0]!.intervalMaxMs).toBeGreaterThanOrEqual(600_000)
  })

  it('are none of a tier that was switched off meanwhile', async () => {
    const s = await daemonAt(ten)
    await s.members('user_watchlist', ['AAA'])
    await s.members('sp500', ['BBB'])
    const daemon = await s.run()
    await until(async () => expect(await served('sp500')).toHaveLength(1))
    await setTier(base.db, 'sp500', { enabled: false })
    for (let n = 1; n <= 20; n++) {
      s.wall.set(ten + n * MINUTE_US)
      await look(daemon)
    }
    await setTier(base.db, 'sp500', { enabled: true })
    s.wall.set(ten + 21 * MINUTE_US)
    await look(daemon)
    expect(await served('sp500')).toHaveLength(2)
    expect(await readMissedSlots(base.db, { from: 0, to: s.wall.now() })).toEqual([])
  })
})

describe('what a daemon says of itself', () => {
  it('is which lanes, leases and slots it holds', async () => {
    const s = await daemonAt(ten)
    await s.members('user_watchlist', ['AAA'])
    const daemon = await s.run()
    await until(async () => expect(await served('user_watchlist')).toHaveLength(1))
    await look(daemon)
    await until(async () => {
      const { holds } = (await readHeartbeats(base.db))[0]!.detail as HeartbeatDetail
      expect(holds).toMatchObject({
        crew: 1,
        lanes: ['equity', 'crypto', 'fx', 'index'],
        leases: expect.arrayContaining(['actions', 'minutes', 'reference', 'start']),
        slots: expect.arrayContaining([
          { tier: 'user_watchlist', assetClass: 'equity', slotAt: ten, served: true },
        ]),
      })
    })
    expect(await readLiveDaemons(base.db, s.wall.now())).toHaveLength(1)
    expect(await readLiveDaemons(base.db, s.wall.now() + MINUTE_US)).toEqual([])
  })
})
