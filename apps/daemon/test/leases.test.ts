// Two daemons on one real Postgres: each piece of work is one's, and the other's soon after the first is gone.
import { readCorporateActions, readInstrument } from '@onetape/db'
import { type TestDatabase, testDatabase } from '@onetape/db/testing'
import { instantInZone } from '@onetape/market'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createMarketClock } from '../src/clock/market-clock.ts'
import { start } from '../src/daemon.ts'
import { parseEnv } from '../src/env.ts'
import { createLog } from '../src/log.ts'
import { createLeases } from '../src/schedule/leases.ts'
import { handClock } from './clocks.ts'
import { fakeHouse } from './fake-house.ts'
import { FakeVendor } from './fake-vendor.ts'

const noon = instantInZone('2026-11-18', 12 * 3_600_000, 'America/New_York')
let base: TestDatabase
const undo: (() => unknown)[] = []
beforeEach(async () => {
  base = await testDatabase({ mode: 'live' })
})
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step()
  await base.drop()
})
const until = (check: () => unknown) => vi.waitFor(check, { timeout: 20_000, interval: 50 })

function leasesOf(holder: string) {
  const gained: string[] = []
  const problems: unknown[] = []
  const leases = createLeases({
    db: base.db,
    holder,
    onGained: (name) => void gained.push(name),
    guard: (work) => work().catch((error) => problems.push(error)),
    ttlMs: 2_000,
    everyMs: 200,
  })
  undo.push(() => leases[Symbol.asyncDispose]())
  return { leases, gained, problems }
}

const expiryOf = async (name: string): Promise<number> =>
  (await base.db.pool.query('select expires_at from leases where name = $1', [name])).rows[0].expires_at

describe('leases', () => {
  it('are one daemon’s for as long as it renews them, and the next one’s when it gives them back', async () => {
    const [first, second] = [leasesOf('first'), leasesOf('second')]
    expect(await first.leases.hold('stream:polygon')).toBe(true)
    expect(await second.leases.hold('stream:polygon')).toBe(false)
    expect(await second.leases.hold('stream:oanda')).toBe(true)
    const since = await expiryOf('stream:polygon')
    // Renewed past the end of its first life.
    await until(async () => expect(await expiryOf('stream:polygon')).toBeGreaterThan(since + 2_000_000))
    expect(await second.leases.hold('stream:polygon')).toBe(false)
    await first.leases.keepOnly('stream:', [])
    await until(() => expect(second.gained).toEqual(['stream:polygon']))
    expect(await second.leases.hold('stream:polygon')).toBe(true)
    expect(await first.leases.hold('stream:polygon')).toBe(false)
    await second.leases.keepOnly('stream:', ['stream:polygon'])
    expect(await first.leases.hold('stream:oanda')).toBe(true)
    expect([...first.problems, ...second.problems]).toEqual([])
  })

  it('of a daemon that died without a word run out', async () => {
    const { rows } = await base.db.pool.query(
      `insert into leases (name, holder, expires_at)
       values ('stream:polygon', 'dead', clock_timestamp() + interval '700 ms') returning name`,
    )
    expect(rows).toHaveLength(1)
    const { leases, gained } = leasesOf('heir')
    expect(await leases.hold('stream:polygon')).toBe(false)
    await until(() => expect(gained).toEqual(['stream:polygon']))
    expect(await leases.hold('stream:polygon')).toBe(true)
  })
})

describe('two daemons on one tape', () => {
  async function daemonOf() {
    const wall = handClock(noon)
    const market = createMarketClock(wall)
    const polygon = new FakeVendor({
      name: 'polygon',
      market,
      corporateActions: 'market',
      streams: { symbolsMax: null },
    })
    polygon.prices.set('AAPL', 100)
    polygon.listing = [
      { assetClass: 'equity', symbol: 'AAPL', name: 'Apple', currency: 'USD', listingType: 'CS' },
    ]
    const list = vi.spyOn(polygon, 'listInstruments')
    polygon.actions = [
      { assetClass: 'equity', symbol: 'AAPL', exDate: '2026-06-10', kind: 'split', ratio: 4 },
    ]
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
    let isRunning = true
    const stop = async () => {
      if (isRunning) await daemon[Symbol.asyncDispose]()
      isRunning = false
    }
    undo.push(stop)
    return { polygon, list, daemon, stop }
  }

  it('stream and collect actions once, and the second takes over when the first ends', async () => {
    const first = await daemonOf()
    await until(() =>
      expect([first.polygon.opened.length, first.polygon.actionsAsked.length]).toEqual([1, 1]),
    )
    await first.daemon.timetable.run('minutes')
    await until(() => expect(first.list).toHaveBeenCalledTimes(1))
    const second = await daemonOf()
    await second.daemon.timetable.run('streams')
    await second.daemon.timetable.run('actions')
    await second.daemon.timetable.run('minutes')
    expect([second.polygon.opened, second.polygon.actionsAsked, second.polygon.barsAsked]).toEqual([
      [],
      [],
      [],
    ])
    await second.daemon.timetable.run('reference')
    expect(second.list).not.toHaveBeenCalled()
    await first.stop()
    await until(() => expect(second.polygon.opened).toHaveLength(1))
    const { id } = (await readInstrument(base.db, 'equity:US:AAPL'))!
    expect(await readCorporateActions(base.db, id)).toHaveLength(1)
  })
})
