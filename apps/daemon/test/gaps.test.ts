// Finding and filling gaps on a real Postgres, with vendors in memory and clocks moved by hand.
import {
  claimPieces,
  type GapView,
  type Instrument,
  mintInstruments,
  planGap,
  readGaps,
  setTierMembers,
  writeBatch,
  writeMarketShift,
} from '@onetape/db'
import { type TestDatabase, testDatabase } from '@onetape/db/testing'
import { type Bar, DAY_US, HOUR_US, instantInZone, MINUTE_US, type Micros } from '@onetape/market'
import { ProviderError } from '@onetape/providers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { parseEnv } from '../src/env.ts'
import { createGapFiller } from '../src/gaps/fill-gaps.ts'
import { createGapFinder } from '../src/gaps/find-gaps.ts'
import { HOUSE_ORDER } from '../src/ingest/house-order.ts'
import { createLog } from '../src/log.ts'
import { loadUniverse, type Universe } from '../src/universe/universe.ts'
import { handClock } from './clocks.ts'
import { fakeHouse } from './fake-house.ts'
import { FakeVendor } from './fake-vendor.ts'
import { onlyCore } from './outage.ts'

const noon = instantInZone('2026-11-18', 12 * 3_600_000, 'America/New_York')
let base: TestDatabase
let shares: Instrument[]
let universe: Universe
let clock: ReturnType<typeof handClock>
let polygon: FakeVendor
let yahoo: FakeVendor

beforeEach(async () => {
  base = await testDatabase()
  clock = handClock(noon)
  await onlyCore(base)
  shares = await mintInstruments(
    base.db,
    ['AAPL', 'MSFT', 'TSLA'].map((symbol) => ({ ref: { assetClass: 'equity' as const, symbol } })),
  )
  await setTierMembers(base.db, { tier: 'core', instrumentIds: shares.map((i) => i.id), replace: true })
  universe = await loadUniverse(base.db)
  polygon = new FakeVendor({ name: 'polygon', market: clock })
  yahoo = new FakeVendor({ name: 'yahoo', market: clock })
})
afterEach(() => base.drop())

const finder = (startedAt = 0) =>
  createGapFinder({ db: base.db, market: clock, universe, startedAt: startedAt || clock.now() })

function filler(worker = 'one', over: Partial<Parameters<typeof createGapFiller>[0]> = {}) {
  const settled: string[][] = []
  const lines: string[] = []
  const made = createGapFiller({
    db: base.db,
    house: fakeHouse([polygon, yahoo], { wall: clock, market: clock }),
    market: clock,
    universe,
    sweeper: { idle: async () => {} },
    log: createLog('daemon', parseEnv({}), { write: (line) => void lines.push(JSON.parse(line).msg) }),
    signal: new AbortController().signal,
    worker,
    settle: async (_, dates) => {
      settled.push([...dates])
      return { settled: dates.length * shares.length, unsettled: [], differing: 0 }
    },
    ...over,
  })
  return { ...made, settled, lines }
}

const bar = (symbol: string, ts: Micros): Bar => ({
  ...{ assetClass: 'equity', symbol, timeframe: '1m', ts, sessionDate: '2026-11-18', basis: 'split' },
  ...{ feed: 'polygon-feed', final: true, open: 100, high: 101, low: 99, close: 100, volume: 10 },
})
const fillVendor = (from: Micros, minutes: number) => {
  for (const { symbol } of shares)
    polygon.minutes.set(
      symbol,
      Array.from({ length: minutes }, (_, i) => bar(symbol, from + i * MINUTE_US)),
    )
}

/** A sweep of core as the ledger sees it. */
const swept = (at: Micros) =>
  writeBatch(base.db, {
    ...{ kind: 'ticks', source: 'polygon', feed: 'sip', fetchedAt: at, marketNow: at },
    ticks: shares.map(({ id }) => ({
      instrumentId: id,
      ts: at - 500_000,
      price: 100 + (at - noon) / HOUR_US,
      volume: 1,
    })),
    latest: { rows: [], sourceOrder: HOUSE_ORDER, cadenceUs: 60_000_000 },
  })
const stored = async () =>
  (await base.db.pool.query('select count(*) as n from market_data_bars')).rows[0].n as number
const gaps = () => readGaps(base.db)
const spanOf = ({ from, to }: GapView) => [(from - noon) / MINUTE_US, (to - noon) / MINUTE_US]

/** An hour in which nobody swept, after an hour in which somebody did. */
async function anOutage(): Promise<GapView> {
  await finder().run()
  for (let i = 0; i < 5; i++) await swept(noon + i * MINUTE_US + 2_000_000)
  clock.set(noon + HOUR_US)
  await finder().run()
  const [gap] = await gaps()
  return gap!
}

describe('finding', () => {
  it('a new tape misses nothing; an outage is what lies between two daemons', async () => {
    expect(await finder().run()).toBe(0)
    expect(await gaps()).toEqual([])
    for (const i of [0, 1, 2, 3, 40, 41]) await swept(noon + i * MINUTE_US + 2_000_000)
    clock.set(noon + 42 * MINUTE_US)
    expect(await finder(noon + 40 * MINUTE_US).run()).toBe(1)
    // The minute that was swept as it began is not complete.
    expect((await gaps()).map(spanOf)).toEqual([[2, 40]])
    expect(await gaps()).toMatchObject([{ why: 'daemon_down', slots: 36, state: 'open', tier: 'core' }])
    expect(await finder().run()).toBe(0)
  })

  it('slots that no source answered in are a gap too, and grow while it lasts', async () => {
    await finder().run()
    const same = finder()
    for (let i = 0; i <= 20; i++) {
      if (i < 5 || i >= 15) await swept(noon + i * MINUTE_US + 2_000_000)
      clock.set(noon + i * MINUTE_US + 45_000_000)
      await same.run()
    }
    expect(await gaps()).toMatchObject([{ why: 'vendor_failing', slots: 10 }])
    expect((await gaps()).map(spanOf)).toEqual([[3, 15]])
  })

  it('a span that the market clock jumped over is no data, and no gap', async () => {
    await finder().run()
    const to = noon + 3 * DAY_US
    await writeMarketShift(base.db, { shiftUs: 3 * DAY_US, from: noon + MINUTE_US, to })
    clock.set(to + MINUTE_US)
    await swept(noon + 2_000_000)
    await swept(to + 2_000_000)
    await finder().run()
    const found = await gaps()
    expect(new Set(found.map((g) => `${g.state} ${g.why}`))).toEqual(new Set(['no_data clock_jump']))
    expect(new Set(found.map((g) => g.assetClass))).toEqual(new Set(['equity', 'crypto', 'fx', 'index']))
    await filler().run()
    expect(polygon.barsAsked).toEqual([])
  })

  it('after weeks asks for the days too that the close jobs do not reach back to', async () => {
    await finder().run()
    await swept(noon + 2_000_000)
    clock.forward(30 * DAY_US)
    await finder().run()
    const [days] = (await gaps()).filter((g) => g.timeframe === '1d')
    expect(days).toMatchObject({ tier: null, assetClass: 'equity', why: 'daemon_down' })
    const work = filler()
    await work.run()
    // Thanksgiving is no session; days of the last two weeks are settled by the close jobs.
    expect(work.settled.flat()[0]).toBe('2026-11-19')
    expect(work.settled.flat()).not.toContain('2026-11-26')
    expect(work.settled.flat().at(-1)).toBe('2026-12-03')
    expect((await gaps()).find((g) => g.id === days!.id)).toMatchObject({ state: 'filled' })
  })
})

describe('filling', () => {
  it('writes what the vendor has, tells of it once, and a quiet share is no gap', async () => {
    const gap = await anOutage()
    fillVendor(noon, 60)
    polygon.minutes.delete('TSLA')
    clock.forward(MINUTE_US)
    const work = filler()
    await work.run()
    expect(await gaps()).toMatchObject([
      { id: gap.id, state: 'filled', piecesTotal: 3, piecesDone: 3, calls: 3, rowsWritten: 2 * 57 },
    ])
    expect(await stored()).toBe(2 * 57)
    expect(work.lines).toEqual([
      expect.stringMatching(/^fills gap core equity 1m/),
      expect.stringMatching(/is filled$/),
    ])
    await work.run()
    expect(polygon.barsAsked).toHaveLength(3)
  })

  it('two processes share the pieces, none is asked twice', async () => {
    const symbols = Array.from({ length: 60 }, (_, i) => `Z${i}`)
    const more = await mintInstruments(
      base.db,
      symbols.map((symbol) => ({ ref: { assetClass: 'equity' as const, symbol } })),
    )
    await setTierMembers(base.db, { tier: 'core', instrumentIds: more.map((i) => i.id), replace: false })
    universe = await loadUniverse(base.db)
    await anOutage()
    clock.forward(MINUTE_US)
    await Promise.all([filler('one').run(), filler('two').run()])
    await vi.waitFor(async () => {
      await filler('three').run()
      expect(await gaps()).toMatchObject([{ state: 'filled', piecesDone: 63 }])
    })
    expect(polygon.barsAsked.toSorted()).toEqual([...new Set(polygon.barsAsked)].toSorted())
    expect(polygon.barsAsked).toHaveLength(63)
  })

  it('goes on where a killed process was', async () => {
    const gap = await anOutage()
    fillVendor(noon, 60)
    const { from, to } = gap
    const pieces = shares.map(({ id }) => ({ instrumentId: id, timeframe: '1m' as const, from, to }))
    const { runId } = (await planGap(base.db, { gaps: [gap], pieces, reason: null }))!
    await claimPieces(base.db, { runId, worker: 'killed', limit: 2, leaseMs: 4_000 })
    clock.forward(MINUTE_US)
    const work = filler()
    await work.run()
    expect(await gaps()).toMatchObject([{ state: 'filling', piecesDone: 1 }])
    const resumed = async () => {
      await work.run()
      expect(await gaps()).toMatchObject([{ state: 'filled', piecesDone: 3, rowsWritten: 3 * 57 }])
    }
    await vi.waitFor(resumed, { timeout: 20_000, interval: 100 })
    expect(await stored()).toBe(3 * 57)
  })

  it('waits for a source that fails, and asks the next one when there is one', async () => {
    await anOutage()
    fillVendor(noon, 60)
    clock.forward(MINUTE_US)
    const down = (name: string) => new ProviderError('unavailable', `${name} is down`, { provider: name })
    polygon.error = down('polygon')
    yahoo.error = down('yahoo')
    await filler().run()
    expect(await gaps()).toMatchObject([
      { state: 'filling', piecesDone: 0, lastError: expect.stringContaining('down') },
    ])
    polygon.error = null
    await filler().run()
    expect(await gaps()).toMatchObject([{ state: 'filled', piecesDone: 3 }])
  })

  it('says what cannot be had, tries it again, and keeps the rest', async () => {
    await anOutage()
    fillVendor(noon, 60)
    for (const vendor of [polygon, yahoo]) vendor.missingBars.add('MSFT')
    clock.forward(MINUTE_US)
    for (let i = 0; i < 4; i++) {
      await filler().run()
      const [gap] = await gaps()
      if (i < 3) expect(gap).toMatchObject({ state: 'open', attempts: i + 1, piecesDone: 2, piecesFailed: 1 })
      await base.db.pool.query('update data_gaps set not_before = null')
    }
    expect(await gaps()).toMatchObject([
      { state: 'filled', attempts: 4, reason: expect.stringContaining('1 of 3 pieces could not be had') },
    ])
  })

  it('minutes that no source has any more are said to be lost; their days are asked for', async () => {
    for (const vendor of [polygon, yahoo]) vendor.minuteDays = 3
    await finder().run()
    await swept(noon + 2_000_000)
    clock.forward(10 * DAY_US)
    await finder().run()
    const work = filler()
    await work.run()
    await work.run()
    const lost = (await gaps()).filter((g) => g.state === 'unfillable')
    expect(lost.length).toBeGreaterThan(3)
    expect(lost[0]!.reason).toContain('polygon reaches back 3 days only')
    const days = (await gaps()).filter((g) => g.timeframe === '1d')
    expect(new Set(days.map((g) => g.state))).toEqual(new Set(['filled']))
    expect(work.settled.flat()).toContain('2026-11-20')
  })

  it('stays open while no source is connected: one may be', async () => {
    await anOutage()
    fillVendor(noon, 60)
    clock.forward(MINUTE_US)
    await filler('one', { house: fakeHouse([], { wall: clock, market: clock }) }).run()
    expect(await gaps()).toMatchObject([{ state: 'open', lastError: 'no source of equity is connected' }])
    await base.db.pool.query('update data_gaps set not_before = null')
    await filler().run()
    expect(await gaps()).toMatchObject([{ state: 'filled' }])
  })

  it('waits until the vendor shows the end of a span', async () => {
    await anOutage()
    fillVendor(noon, 60)
    await filler().run()
    expect(await gaps()).toMatchObject([{ state: 'open', attempts: 0 }])
    expect(polygon.barsAsked).toEqual([])
  })
})
