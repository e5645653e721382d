// The real adapters against the simulated vendors over HTTP, with faults, into a real Postgres.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import {
  mintInstruments,
  readBars,
  readInstrument,
  readLatest,
  readSync,
  writeMarketShift,
} from '@onetape/db'
import { type TestDatabase, testDatabase } from '@onetape/db/testing'
import { DAY_US, instantInZone, MINUTE_US } from '@onetape/market'
import { registry, simulatedSettings } from '@onetape/providers'
import { type Simulator, startSimulator } from '@onetape/simulator'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createMarketClock, type MarketClock } from '../src/clock/market-clock.ts'
import { composeFill } from '../src/compose.ts'
import { type Daemon, start } from '../src/daemon.ts'
import { parseEnv } from '../src/env.ts'
import { createHouse } from '../src/house.ts'
import { settle } from '../src/ingest/settle.ts'
import { createLog } from '../src/log.ts'
import { CORE_LIST } from '../src/universe/core-list.ts'
import { handClock } from './clocks.ts'
import { readAttempts, readFindings, readTicks } from './tape-rows.ts'

const noon = instantInZone('2026-11-18', 12 * 3_600_000, 'America/New_York')
const until = (check: () => unknown) => vi.waitFor(check, { timeout: 45_000, interval: 100 })

let base: TestDatabase
let simulator: Simulator
const undo: (() => unknown)[] = []
beforeEach(async () => {
  base = await testDatabase({ mode: 'demo' })
})
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step()
  await simulator.close()
  await base.drop()
})

/** Only these: the tests are about who stands in for whom. */
const VENDORS = ['polygon', 'yahoo', 'coinbase']
const addresses = ({ endpoints }: Simulator, vendors: readonly string[] = VENDORS) =>
  simulatedSettings(
    registry.definitions.filter((d) => vendors.includes(d.name)),
    endpoints,
  )

/** A daemon in this process whose wall clock is moved by hand; simulator and market follow it. */
async function daemonAt(
  at: number,
  faults: Parameters<typeof startSimulator>[0] = {},
  vendors: readonly string[] = VENDORS,
) {
  const wall = handClock(at)
  const market: MarketClock = createMarketClock(wall)
  simulator = await startSimulator({ clock: market, ...faults })
  const env = parseEnv(addresses(simulator, vendors))
  const log = createLog('daemon', env, { write: () => {} })
  const house = await createHouse({
    env,
    db: base.db,
    definitions: registry.definitions,
    wall,
    market,
    fetch,
    onChange: () => {},
  })
  const tape = { db: base.db, url: base.url, mode: 'demo' as const }
  const run = async (fill = false): Promise<Daemon> => {
    const daemon = await start({
      tape,
      house,
      wall,
      market,
      log,
      instanceId: crypto.randomUUID(),
      pid: process.pid,
      fill: fill ? composeFill({ tape, house, market }) : null,
    })
    undo.push(async () => daemon[Symbol.asyncDispose]())
    return daemon
  }
  return { wall, market, house, run }
}

const latestOf = async (symbol: string) => (await readLatest(base.db)).find((row) => row.symbol === symbol)
const coreSwept = () =>
  until(async () => {
    const symbols = new Set((await readLatest(base.db)).map((row) => row.symbol))
    expect(CORE_LIST.filter((info) => !symbols.has(info.symbol))).toEqual([])
  })

describe('the real adapters against the simulated vendors', { timeout: 120_000 }, () => {
  it('sweep the whole market in bulk, rank the demo tiers, and prices move', async () => {
    const s = await daemonAt(noon)
    const daemon = await s.run()
    await coreSwept()
    expect(await latestOf('AAPL')).toMatchObject({ source: 'polygon', tsOrigin: 'vendor' })
    expect(await latestOf('BTC-USD')).toMatchObject({ source: 'coinbase' })
    await until(async () =>
      expect((await readSync(base.db)).map((r) => r.scope)).toContain('tier:full_universe'),
    )
    expect((await readLatest(base.db)).length).toBeGreaterThan(8_000)
    const before = new Map((await readLatest(base.db)).map((row) => [row.symbol, row.last]))
    await until(async () => {
      s.wall.forward(5 * MINUTE_US)
      await daemon.timetable.run('due')
      await daemon.sweeper.idle()
      expect((await readSync(base.db)).map((r) => r.scope)).toContain('tier:sp500')
      for (const symbol of ['SPY', 'ETH-USD'])
        expect((await latestOf(symbol))!.last).not.toBe(before.get(symbol))
    })
    expect(await readFindings(base.db)).toEqual([])
  })

  it('fall back to Yahoo for equities while Polygon is down, then return', async () => {
    const down = { vendor: 'polygon', kind: 'server_error' } as const
    const s = await daemonAt(noon, { faults: [down] })
    const daemon = await s.run()
    await coreSwept()
    expect(await latestOf('AAPL')).toMatchObject({ source: 'yahoo' })
    expect(s.house.states.list().find((x) => x.name === 'polygon')!.status).toBe('failing')
    simulator.faults.clear()
    await until(async () => {
      s.wall.forward(5 * MINUTE_US)
      await daemon.timetable.run('due')
      await daemon.sweeper.idle()
      expect(await latestOf('AAPL')).toMatchObject({ source: 'polygon' })
    })
  })

  it('drop a malformed row and keep its batch', async () => {
    const spoiled = { vendor: 'polygon', kind: 'malformed_row', match: 'snapshot' } as const
    await (await daemonAt(noon, { faults: [spoiled] })).run()
    await coreSwept()
    expect((await readFindings(base.db)).map((f) => f.kind)).toContain('malformed_row')
  })

  it('settle the days of the whole market in one call, and again without a change', async () => {
    const s = await daemonAt(noon)
    const [aapl, ibm] = await mintInstruments(
      base.db,
      ['AAPL', 'IBM'].map((symbol) => ({ ref: { assetClass: 'equity' as const, symbol } })),
    )
    const signal = new AbortController().signal
    const request = {
      assetClass: 'equity',
      core: [aapl!],
      rest: [ibm!],
      dates: ['2026-11-17'],
      signal,
    } as const
    const deps = { db: base.db, house: s.house, market: s.market }
    for (let i = 0; i < 2; i++) expect(await settle(deps, request)).toEqual({ settled: 2, unsettled: [] })
    expect(Object.keys(simulator.requests()).filter((route) => /range/.test(route))).toEqual([])
    expect((await readAttempts(base.db)).get('polygon')).toMatchObject([
      {
        source: 'polygon',
        outcome: 'served',
        asked: 2,
        served: 2,
        calls: [{ what: expect.stringMatching(/grouped/), outcome: 'ok', status: 200 }],
      },
    ])
    const { rows } = await base.db.pool.query(
      'select instrument_id, session_date, basis, settled from market_data_daily order by instrument_id',
    )
    const day = { session_date: '2026-11-17', basis: 'split', settled: true }
    expect(rows).toEqual([aapl!, ibm!].map(({ id }) => ({ instrument_id: id, ...day })))
    expect((await base.db.pool.query('select 1 from market_data_restatements')).rows).toEqual([])
  })

  it('settle the days of forex as sessions from 17:00 to 17:00 New York, and again without a change', async () => {
    const s = await daemonAt(noon, {}, ['oanda', 'polygon'])
    const [rate] = await mintInstruments(base.db, [
      { ref: { assetClass: 'fx', symbol: 'USD-JPY' }, currency: 'JPY' },
    ])
    const dates = ['2026-11-13', '2026-11-16', '2026-11-17']
    const signal = new AbortController().signal
    const request = { assetClass: 'fx', core: [rate!], rest: [], dates, signal } as const
    const deps = { db: base.db, house: s.house, market: s.market }
    for (let i = 0; i < 2; i++) expect(await settle(deps, request)).toEqual({ settled: 3, unsettled: [] })
    const { rows } = await base.db.pool.query(
      'select session_date, basis, settled, volume from market_data_daily order by session_date',
    )
    expect(rows).toEqual(
      dates.map((date) => ({ session_date: date, basis: 'raw', settled: true, volume: null })),
    )
    expect((await base.db.pool.query('select 1 from market_data_restatements')).rows).toEqual([])
    expect([...(await readAttempts(base.db))]).toMatchObject([
      [
        'oanda',
        [{ source: 'oanda', outcome: 'served', calls: [{ what: expect.stringMatching(/candles/) }] }],
      ],
    ])
  })

  it('fill charts from the vendors’ history, and with it yesterday’s close of a pair', {
    timeout: 240_000,
  }, async () => {
    const s = await daemonAt(noon)
    const daemon = await s.run()
    await coreSwept()
    expect((await latestOf('BTC-USD'))!.previousClose).toBeNull()
    const fill = composeFill({ tape: { db: base.db }, house: s.house, market: s.market })
    const symbols = ['AAPL', 'BTC-USD', 'fx:EUR-USD', 'index:US:SPX']
    const signal = new AbortController().signal
    const days = { days: 365, symbols, timeframes: ['1d'], signal, onProgress: () => {} } as const
    // Without the index: its vendor's calls are counted by the real minute, and the daemon at work has used most of them.
    const short = { ...days, symbols: symbols.filter((symbol) => symbol !== 'index:US:SPX'), days: 3 }
    const range = { from: noon - 400 * DAY_US, to: noon, limit: 500, venue: 'XNYS' as const }
    const [aapl, btc, eur, spx] = await Promise.all(
      ['equity:US:AAPL', 'crypto:BTC-USD', 'fx:EUR-USD', 'index:US:SPX'].map(
        async (key) => (await readInstrument(base.db, key))!.id,
      ),
    )
    const barsOf = (instrumentId: number, o: Partial<Parameters<typeof readBars>[1]>) =>
      readBars(base.db, { instrumentId, timeframe: '1d', ...range, ...o })
    // Calls are counted by the real second: a source that had none left is stood in for, and asked again by the next.
    await until(async () => {
      s.wall.forward(MINUTE_US)
      // Of these vendors none has days of forex: polygon's are cut at midnight.
      expect(await fill(days)).toMatchObject({ failed: 1 })
      expect((await barsOf(aapl!, { basis: 'split' })).bars.length).toBeGreaterThan(240)
      const coins = await barsOf(btc!, { venue: 'CRYPTO', source: 'coinbase' })
      expect(coins.bars.filter((bar) => bar.final).length).toBeGreaterThan(240)
      const index = await barsOf(spx!, {})
      expect(index).toMatchObject({ source: 'yahoo', sources: ['yahoo'] })
      expect(index.bars.length).toBeGreaterThan(240)
      expect(index.bars.filter((bar) => bar.volume !== null)).toEqual([])
    })
    await until(async () => {
      s.wall.forward(MINUTE_US)
      expect(await fill({ ...short, timeframes: ['1m'] })).toMatchObject({ failed: 0 })
      expect((await barsOf(aapl!, { timeframe: '1m' })).bars).toHaveLength(500)
      const rates = await barsOf(eur!, { timeframe: '1m', venue: 'FX' })
      expect([rates.source, rates.bars.length]).toEqual(['polygon', 500])
      expect(rates.bars.filter((bar) => bar.volume !== null)).toEqual([])
    })
    await until(async () => {
      s.wall.forward(MINUTE_US)
      await daemon.timetable.run('due')
      await daemon.sweeper.idle()
      expect((await latestOf('BTC-USD'))!.previousClose).toBeGreaterThan(0)
    })
  })
})

describe('the daemon’s process', { timeout: 120_000 }, () => {
  const run = (env: Record<string, string>): ChildProcess => {
    const child = spawn(process.execPath, [join(import.meta.dirname, '../src/main.ts')], {
      env: { PATH: process.env.PATH, ONETAPE_LOG_LEVEL: 'silent', ...env },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    undo.push(() => child.kill('SIGKILL'))
    return child
  }

  it('killed in the middle of writing, loses nothing that was committed and doubles nothing', async () => {
    const shiftUs = noon + 365 * DAY_US - Date.now() * 1000
    await writeMarketShift(base.db, { shiftUs, from: noon, to: noon + 365 * DAY_US })
    simulator = await startSimulator({ shiftUs })
    const env = { DATABASE_URL: base.url, ...addresses(simulator) }
    const first = run(env)
    await until(async () => expect((await readTicks(base.db)).length).toBeGreaterThan(50))
    first.kill('SIGKILL')
    await once(first, 'exit')
    const kept = await readTicks(base.db)
    run(env)
    await until(async () => expect((await readTicks(base.db)).length).toBeGreaterThan(kept.length + 500))
    const now = await readTicks(base.db)
    const keyOf = (t: (typeof now)[number]) => `${t.instrument_id} ${t.ts}`
    const byKey = new Map(now.map((t) => [keyOf(t), t]))
    expect(byKey.size).toBe(now.length)
    for (const tick of kept) expect(byKey.get(keyOf(tick))).toEqual(tick)
    const { rows } = await base.db.pool.query('select id from tape_batches where id is not null order by id')
    expect(rows.map((r) => r.id)).toEqual(rows.map((_, i) => i + 1))
  })
})
