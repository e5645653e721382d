// The daemon as a whole, on a real Postgres, with vendors in memory and a clock moved by hand.
import {
  marketSpansSkipped,
  readBars,
  readEnvironment,
  readHeartbeats,
  readInstrument,
  readInstruments,
  readLatest,
  readMembers,
  readSync,
} from '@onetape/db'
import { type TestDatabase, testDatabase } from '@onetape/db/testing'
import { DAY_US, instantInZone, MINUTE_US, sessionAt } from '@onetape/market'
import { ProviderError } from '@onetape/providers'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createMarketClock } from '../src/clock/market-clock.ts'
import { type Daemon, start } from '../src/daemon.ts'
import { parseEnv } from '../src/env.ts'
import type { HeartbeatDetail } from '../src/heartbeat.ts'
import type { FillRequest } from '../src/history/first-fill.ts'
import type { SourceState } from '../src/ingest/source-states.ts'
import { createLog } from '../src/log.ts'
import { CORE_LIST } from '../src/universe/core-list.ts'
import { handClock } from './clocks.ts'
import { fakeHouse } from './fake-house.ts'
import { FakeVendor } from './fake-vendor.ts'

const ny = (date: string, hours: number, minutes = 0) =>
  instantInZone(date, (hours * 60 + minutes) * 60_000, 'America/New_York')

const undo: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step()
})

interface SetUp {
  mode: 'demo' | 'live'
  at: number
  prices?: boolean
  base?: TestDatabase
}

async function setUp({ mode, at, prices = true, base: given }: SetUp) {
  const base = given ?? (await testDatabase({ mode }))
  if (!given) undo.push(() => base.drop())
  const wall = handClock(at)
  const { shiftUs } = await readEnvironment(base.db)
  const market = createMarketClock(wall, shiftUs)
  const polygon = new FakeVendor({ name: 'polygon', market, snapshots: 'market' })
  const coinbase = new FakeVendor({ name: 'coinbase', market, assetClasses: ['crypto'] })
  const oanda = new FakeVendor({ name: 'oanda', market, assetClasses: ['fx'] })
  const yahoo = new FakeVendor({ name: 'yahoo', market, assetClasses: ['index'] })
  const vendors = [polygon, coinbase, oanda, yahoo]
  const from = { equity: polygon, crypto: coinbase, fx: oanda, index: yahoo, option: polygon }
  if (prices) for (const { symbol, assetClass } of CORE_LIST) from[assetClass].prices.set(symbol, 100)
  const lines: { msg: string; level: number }[] = []
  const log = createLog('daemon', parseEnv({}), { write: (line) => void lines.push(JSON.parse(line)) })
  const onChange = ({ name, status }: SourceState) => log.warn(`${name} is ${status}`)
  const house = fakeHouse(vendors, { wall, market, onChange })
  const fills: FillRequest[] = []
  const run = async (): Promise<Daemon> => {
    const daemon = await start({
      tape: { ...base, mode },
      house,
      wall,
      market,
      log,
      instanceId: crypto.randomUUID(),
      pid: process.pid,
      fill: async (request) => {
        fills.push(request)
        return { failed: 0, rowsWritten: 1 }
      },
    })
    undo.push(async () => daemon[Symbol.asyncDispose]())
    return daemon
  }
  const sync = async (scope: string) => (await readSync(base.db)).find((row) => row.scope === scope)
  const detail = async () => (await readHeartbeats(base.db))[0]?.detail as HeartbeatDetail | undefined
  const swept = async () => {
    const sources = new Set((await readLatest(base.db)).map((row) => row.assetClass))
    expect(sources).toEqual(new Set(['equity', 'crypto', 'fx', 'index']))
  }
  return { base, wall, market, vendors, polygon, oanda, lines, fills, run, sync, detail, swept }
}

const latest = async ({ base }: { base: TestDatabase }, symbol: string) =>
  (await readLatest(base.db)).find((row) => row.symbol === symbol)

const until = (check: () => unknown) => vi.waitFor(check, { timeout: 20_000, interval: 50 })

describe('the daemon at start', () => {
  it('knows the core instruments and sweeps everything once, also when the session is closed', async () => {
    const s = await setUp({ mode: 'live', at: ny('2026-11-21', 12) })
    await s.run()
    await until(s.swept)
    expect(await readInstruments(s.base.db)).toHaveLength(CORE_LIST.length)
    expect(new Set((await readMembers(s.base.db)).map((m) => m.tier))).toEqual(new Set(['core']))
    expect(await s.sync('tier:core')).toMatchObject({ status: 'ok', rowsBehind: 0 })
    await until(async () => expect((await s.detail())?.sweeps).toHaveLength(4))
    expect((await s.detail())!.sources.map((x) => [x.name, x.status])).toEqual([
      ['polygon', 'ok'],
      ['coinbase', 'ok'],
      ['oanda', 'ok'],
      ['yahoo', 'ok'],
    ])
  })

  it('loads the reference list once a day and sweeps what is new in it', async () => {
    const s = await setUp({ mode: 'live', at: ny('2026-11-18', 12) })
    s.polygon.listing = [
      { assetClass: 'equity', symbol: 'ZZZ', name: 'Zed', currency: 'USD', listingType: 'CS' },
      {
        assetClass: 'equity',
        symbol: 'no such symbol',
        name: 'Not ours',
        currency: 'USD',
        listingType: null,
      },
    ]
    s.polygon.prices.set('ZZZ', 7)
    const daemon = await s.run()
    await until(async () => expect((await readLatest(s.base.db)).map((r) => r.symbol)).toContain('ZZZ'))
    expect(await readInstrument(s.base.db, 'equity:US:ZZZ')).toMatchObject({ name: 'Zed' })
    expect(await s.sync('reference:equity')).toMatchObject({
      rowsBehind: 1,
      detail: { listed: 1, date: '2026-11-18' },
    })
    const list = vi.spyOn(s.polygon, 'listInstruments')
    await daemon.timetable.run('reference')
    expect(list).not.toHaveBeenCalled()
    s.wall.set(ny('2026-11-19', 12))
    await until(() => expect(list).toHaveBeenCalledTimes(1))
  })

  it('fills the charts of core once, after its first sweep', async () => {
    const s = await setUp({ mode: 'live', at: ny('2026-11-18', 12) })
    const daemon = await s.run()
    await until(s.swept)
    await until(async () => expect(await s.sync('history:core')).toMatchObject({ status: 'ok' }))
    const classes = ['equity', 'crypto', 'fx', 'index']
    await until(async () =>
      expect((await s.sync('history:core'))!.detail).toEqual({
        assetClasses: expect.arrayContaining(classes),
      }),
    )
    const count = (days: number) =>
      s.fills.filter((f) => f.days === days).reduce((sum, f) => sum + f.symbols.length, 0)
    expect([count(365), count(3)]).toEqual([CORE_LIST.length, CORE_LIST.length])
    expect(s.fills.find((f) => f.symbols.includes('fx:EUR-USD'))).toMatchObject({ timeframes: ['1d'] })
    const filled = s.fills.length
    await daemon.timetable.run('history')
    expect(s.fills).toHaveLength(filled)
  })
})

describe('the daemon in demo', () => {
  it('moves a new tape into the next open session', async () => {
    const s = await setUp({ mode: 'demo', at: ny('2026-11-22', 12) })
    await s.run()
    expect(sessionAt('XNYS', s.market.now())).toMatchObject({
      state: 'open',
      session: { date: '2026-11-23' },
    })
    expect((await readEnvironment(s.base.db)).shiftUs).toBe(s.market.shiftUs)
    expect(await marketSpansSkipped(s.base.db)).toEqual([{ from: ny('2026-11-22', 12), to: s.market.now() }])
    await until(s.swept)
  })

  it('closes and settles a session, then goes on to the next open', async () => {
    const s = await setUp({ mode: 'demo', at: ny('2026-11-17', 12) })
    const daemon = await s.run()
    await until(s.swept)
    await until(async () =>
      expect(await s.sync('close:XNYS')).toMatchObject({ detail: { date: '2026-11-16' } }),
    )
    s.wall.set(ny('2026-11-17', 20, 2))
    s.polygon.prices.set('AAPL', 101.5)
    await daemon.timetable.run('due')
    await until(async () =>
      expect(await s.sync('close:XNYS')).toMatchObject({ detail: { date: '2026-11-17' }, status: 'ok' }),
    )
    await until(() => expect(s.market.now()).toBe(ny('2026-11-18', 9, 30)))
    const { id: instrumentId } = (await readInstrument(s.base.db, 'equity:US:AAPL'))!
    const { bars } = await readBars(s.base.db, {
      instrumentId,
      timeframe: '1d',
      from: s.market.now() - 5 * DAY_US,
      to: s.market.now(),
      limit: 10,
      venue: 'XNYS',
      basis: 'split',
    })
    expect(bars).toMatchObject([{ close: 101.5, final: true }])
    await until(async () => {
      const aapl = (await readLatest(s.base.db)).find((row) => row.symbol === 'AAPL')!
      expect(aapl.ts).toBeGreaterThan(ny('2026-11-18', 9))
    })
  })

  it('closes and settles a day of forex at 17:00 New York, while shares are still traded', async () => {
    const s = await setUp({ mode: 'demo', at: ny('2026-11-17', 12) })
    const daemon = await s.run()
    await until(s.swept)
    await until(async () =>
      expect(await s.sync('close:FX')).toMatchObject({ status: 'skipped', detail: { date: '2026-11-16' } }),
    )
    s.oanda.prices.set('USD-JPY', 101.5)
    s.wall.set(ny('2026-11-17', 17, 2))
    await daemon.timetable.run('due')
    await until(async () =>
      expect(await s.sync('close:FX')).toMatchObject({ detail: { date: '2026-11-17' }, status: 'ok' }),
    )
    expect(await s.sync('close:XNYS')).toMatchObject({ detail: { date: '2026-11-16' } })
    const { id: instrumentId } = (await readInstrument(s.base.db, 'fx:USD-JPY'))!
    const range = { from: s.market.now() - 5 * DAY_US, to: s.market.now() + DAY_US, limit: 10 }
    const asked = { instrumentId, timeframe: '1d', basis: 'split', ...range } as const
    const { source, bars } = await readBars(s.base.db, { ...asked, venue: 'FX' })
    expect(source).toBe('oanda')
    const settled = bars.find((bar) => bar.ts === Date.UTC(2026, 10, 17) * 1000)
    expect(settled).toMatchObject({ close: 101.5, final: true, volume: null })
    // What came since belongs to the next day already.
    expect(await latest(s, 'USD-JPY')).toMatchObject({
      currency: 'JPY',
      volume: null,
      sessionDate: '2026-11-18',
    })
  })

  it('does the close jobs of a session during which it was stopped', async () => {
    const first = await setUp({ mode: 'demo', at: ny('2026-11-17', 12) })
    const daemon = await first.run()
    await until(async () =>
      expect(await first.sync('close:XNYS')).toMatchObject({ detail: { date: '2026-11-16' } }),
    )
    await daemon[Symbol.asyncDispose]()
    const later = await setUp({ mode: 'demo', at: ny('2026-11-17', 23), base: first.base })
    await later.run()
    expect(await later.sync('close:XNYS')).toMatchObject({ detail: { date: '2026-11-17' } })
    expect(sessionAt('XNYS', later.market.now())).toMatchObject({
      state: 'open',
      session: { date: '2026-11-18' },
    })
  })
})

describe('the daemon in trouble', () => {
  it('stays up when no vendor can be reached, says it once, and comes back by itself', async () => {
    const s = await setUp({ mode: 'live', at: ny('2026-11-18', 12) })
    const down = (name: string) =>
      new ProviderError('unavailable', `${name} does not answer`, { provider: name })
    for (const vendor of s.vendors) vendor.error = down(vendor.getName())
    const daemon = await s.run()
    await until(async () =>
      expect((await s.detail())?.sources.map((x) => x.status)).toEqual(Array(4).fill('unreachable')),
    )
    for (let i = 0; i < 10; i++) {
      s.wall.forward(3 * MINUTE_US)
      await daemon.timetable.run('due')
      await daemon.sweeper.idle()
    }
    expect(s.polygon.asked.length).toBeGreaterThan(2)
    expect(s.lines.filter((l) => /unreachable/.test(l.msg))).toHaveLength(4)
    expect(await readInstruments(s.base.db)).toHaveLength(CORE_LIST.length)
    for (const vendor of s.vendors) vendor.error = null
    s.wall.forward(6 * MINUTE_US)
    await until(s.swept)
    expect(s.lines.filter((l) => / is ok/.test(l.msg))).toHaveLength(4)
  })

  it('goes on after the database dropped every connection', async () => {
    const s = await setUp({ mode: 'live', at: ny('2026-11-18', 12) })
    const daemon = await s.run()
    await until(s.swept)
    const own =
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()'
    await s.base.db.pool.query(own)
    s.polygon.prices.set('AAPL', 123)
    s.wall.forward(2 * MINUTE_US)
    await daemon.timetable.run('due')
    await until(async () => {
      s.wall.forward(MINUTE_US)
      expect((await readLatest(s.base.db)).find((row) => row.symbol === 'AAPL')).toMatchObject({ last: 123 })
    })
  })

  it('stops in time while a vendor hangs, and leaves nothing half-written', async () => {
    const s = await setUp({ mode: 'live', at: ny('2026-11-18', 12) })
    s.polygon.gate = new Promise(() => {})
    const daemon = await s.run()
    await until(() => expect(s.polygon.asked.length).toBeGreaterThan(0))
    const startedMs = performance.now()
    await daemon[Symbol.asyncDispose]()
    expect(performance.now() - startedMs).toBeLessThan(4_000)
    expect((await readLatest(s.base.db)).filter((row) => row.assetClass === 'equity')).toEqual([])
  })
})
