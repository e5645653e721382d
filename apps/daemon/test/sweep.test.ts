// One sweep against a real Postgres with vendors in memory: what reaches the tape, and what does not.
import {
  type Instrument,
  mintInstruments,
  readBars,
  readBatchAttempts,
  readBatchesAfter,
  readLatest,
  readMembers,
  readSync,
  setTierMembers,
} from '@onetape/db'
import { type TestDatabase, testDatabase } from '@onetape/db/testing'
import { DAY_US, instantInZone, MINUTE_US, SECOND_US } from '@onetape/market'
import { ProviderError } from '@onetape/providers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createDayBook } from '../src/ingest/day-book.ts'
import { createFindingMemory } from '../src/ingest/finding-memory.ts'
import { createPreviousCloses } from '../src/ingest/previous-closes.ts'
import { type SweepDeps, sweep } from '../src/ingest/sweep.ts'
import { createTierBook } from '../src/ingest/tier-book.ts'
import { handClock } from './clocks.ts'
import { fakeHouse } from './fake-house.ts'
import { FakeVendor } from './fake-vendor.ts'
import { readAttempts, readFindings, readTicks } from './tape-rows.ts'

const noon = instantInZone('2026-11-18', 12 * 3_600_000, 'America/New_York')
let base: TestDatabase
let instruments: Instrument[]
let clock: ReturnType<typeof handClock>
let polygon: FakeVendor
let yahoo: FakeVendor
let deps: SweepDeps

beforeEach(async () => {
  base = await testDatabase()
  clock = handClock(noon)
  polygon = new FakeVendor({ name: 'polygon', market: clock, snapshots: 'market' })
  yahoo = new FakeVendor({ name: 'yahoo', market: clock, delayedMinutes: 15 })
  instruments = await mintInstruments(
    base.db,
    ['AAPL', 'MSFT', 'TSLA'].map((symbol) => ({ ref: { assetClass: 'equity' as const, symbol } })),
  )
  deps = {
    db: base.db,
    market: clock,
    wall: clock,
    memory: createFindingMemory(),
    closes: createPreviousCloses(base.db),
    book: createTierBook(new Map()),
    days: createDayBook(),
    house: fakeHouse([polygon, yahoo], { wall: clock, market: clock }),
  }
})
afterEach(() => base.drop())

const sweepCore = (signal = new AbortController().signal) =>
  sweep(deps, {
    assetClass: 'equity',
    targets: [{ tier: 'core', frequencyS: 60, instruments }],
    signal,
  })
const latestOf = async (symbol: string) => (await readLatest(base.db)).find((row) => row.symbol === symbol)
const core = async () => (await readSync(base.db)).find((row) => row.scope === 'tier:core')

describe('a sweep', () => {
  it('writes ticks, latest, the day and the tier’s sync state, with their provenance', async () => {
    polygon.prices.set('AAPL', 234.56).set('MSFT', 410).set('TSLA', 333)
    const report = await sweepCore()
    expect(report).toMatchObject({
      answered: true,
      notes: [{ tier: 'core', accepted: 3, ticks: 3, missing: 0 }],
    })
    expect(await latestOf('AAPL')).toMatchObject({
      last: 234.56,
      source: 'polygon',
      feed: 'polygon-feed',
      ts: noon - 500_000,
      fetchedAt: noon,
      previousClose: 234.56,
      sessionDate: '2026-11-18',
    })
    expect(await readTicks(base.db)).toHaveLength(3)
    const { id } = instruments[0]!
    const range = { from: noon - 5 * DAY_US, to: noon + DAY_US, limit: 10, venue: 'XNYS' as const }
    const days = await readBars(base.db, { instrumentId: id, timeframe: '1d', ...range })
    expect(days).toMatchObject({ source: 'polygon', basis: 'split', bars: [{ close: 234.56, final: false }] })
    expect(await core()).toMatchObject({
      status: 'ok',
      lastSync: noon,
      nextSync: noon + MINUTE_US,
      rowsBehind: 0,
    })
  })

  it('makes no new tick of an unchanged price, and adds nothing when it runs again', async () => {
    polygon.prices.set('AAPL', 100).set('MSFT', 100).set('TSLA', 100)
    await sweepCore()
    clock.forward(MINUTE_US)
    expect((await sweepCore()).notes[0]).toMatchObject({ accepted: 3, ticks: 0 })
    polygon.prices.set('AAPL', 100.5)
    clock.forward(MINUTE_US)
    expect((await sweepCore()).notes[0]).toMatchObject({ accepted: 3, ticks: 1 })
    expect(await readTicks(base.db)).toHaveLength(4)
  })

  it('writes prices first and the day behind them, each batch with its receipt; days once a minute', async () => {
    polygon.prices.set('AAPL', 100).set('MSFT', 100).set('TSLA', 100)
    await sweepCore()
    polygon.prices.set('AAPL', 101)
    clock.forward(5 * SECOND_US)
    await sweepCore()
    const batches = await readBatchesAfter(base.db, { afterId: 0, limit: 10 })
    expect(batches.map((b) => b.kind)).toEqual(['ticks', 'bars', 'ticks'])
    for (const { id } of batches)
      expect(await readBatchAttempts(base.db, id)).toMatchObject([{ source: 'polygon', outcome: 'served' }])
    clock.forward(MINUTE_US)
    await sweepCore()
    const { id } = instruments[0]!
    const range = { from: noon - 5 * DAY_US, to: noon + DAY_US, limit: 10, venue: 'XNYS' as const }
    const days = await readBars(base.db, { instrumentId: id, timeframe: '1d', ...range })
    expect(days).toMatchObject({ bars: [{ close: 101 }] })
  })

  it('asks the next source for the missing symbol only, and says who said it', async () => {
    polygon.prices.set('AAPL', 100).set('MSFT', 100)
    yahoo.prices.set('AAPL', 999).set('TSLA', 333)
    const { notes } = await sweepCore()
    expect(notes[0]).toMatchObject({ sources: ['polygon', 'yahoo'], accepted: 3, delayedMinutes: 15 })
    expect(await latestOf('TSLA')).toMatchObject({ last: 333, source: 'yahoo', delayedMinutes: 15 })
    expect(await latestOf('AAPL')).toMatchObject({ last: 100, source: 'polygon' })
  })

  it('keeps refused rows from the latest prices and stores why, once', async () => {
    polygon.prices.set('AAPL', 100).set('MSFT', 100).set('TSLA', 100)
    await sweepCore()
    polygon.prices.set('AAPL', 10_000).set('MSFT', 101)
    const cents = { open: 10_000, high: 10_000, low: 10_000, close: 10_000, volume: 5 }
    const frozen = noon + 30_000_000
    polygon.edits.set('AAPL', (s) => ({
      ...s,
      quote: { ...s.quote, ts: frozen },
      day: cents,
      previousClose: 10_000,
    }))
    for (let i = 0; i < 2; i++) {
      clock.forward(MINUTE_US)
      await sweepCore()
    }
    expect(await latestOf('AAPL')).toMatchObject({ last: 100 })
    expect(await latestOf('MSFT')).toMatchObject({ last: 101 })
    const findings = await readFindings(base.db)
    expect(findings).toMatchObject([
      { kind: 'unit_jump', symbol: 'AAPL', evidence: { last: 10_000, yardstick: 100 } },
    ])
    expect((await readTicks(base.db)).map((t) => t.price)).not.toContain(10_000)
  })

  it('keeps the price of an inverted quote and drops both its sides', async () => {
    polygon.prices.set('AAPL', 100).set('MSFT', 100).set('TSLA', 100)
    polygon.edits.set('AAPL', (s) => ({ ...s, quote: { ...s.quote, bid: 101, ask: 99 } }))
    await sweepCore()
    expect(await latestOf('AAPL')).toMatchObject({ last: 100, bid: null, ask: null })
    expect(await readFindings(base.db)).toMatchObject([{ kind: 'inverted', symbol: 'AAPL' }])
  })

  it('falls back as a whole when the first source fails, then says so when nobody is left', async () => {
    polygon.error = new ProviderError('unavailable', 'polygon is down', { provider: 'polygon', status: 503 })
    for (const symbol of ['AAPL', 'MSFT', 'TSLA']) yahoo.prices.set(symbol, 50)
    expect((await sweepCore()).notes[0]).toMatchObject({ sources: ['yahoo'], accepted: 3 })
    yahoo.error = new ProviderError('unavailable', 'yahoo is down', { provider: 'yahoo' })
    clock.forward(MINUTE_US)
    expect(await sweepCore()).toMatchObject({ answered: false, notes: [{ answered: false, missing: 3 }] })
    expect(await core()).toMatchObject({
      status: 'failing',
      lastSync: noon,
      rowsBehind: 3,
      secondsBehind: 60,
    })
    expect(await latestOf('AAPL')).toMatchObject({ last: 50, source: 'yahoo' })
  })

  it('keeps with each batch who was asked before, and why others were left alone', async () => {
    const failed = { source: 'polygon', outcome: 'failed', reason: 'unavailable', message: 'polygon is down' }
    polygon.error = new ProviderError('unavailable', 'polygon is down', { provider: 'polygon', status: 503 })
    yahoo.prices.set('AAPL', 50).set('MSFT', 50).set('TSLA', 50)
    await sweepCore()
    expect((await readAttempts(base.db)).get('yahoo')).toEqual([
      { ...failed, startedAt: noon, latencyMs: 0, asked: 3, served: 0 },
      { source: 'yahoo', outcome: 'served', startedAt: noon, latencyMs: 0, asked: 3, served: 3 },
    ])
    for (const price of [51, 52, 53]) {
      clock.forward(price === 53 ? 2 * SECOND_US : MINUTE_US)
      yahoo.prices.set('AAPL', price)
      await sweepCore()
    }
    const [left] = (await readAttempts(base.db)).get('yahoo')!
    expect(left).toMatchObject({ source: 'polygon', outcome: 'skipped', reason: 'breaker_open' })
    expect(left!.retryAt).toBeGreaterThan(clock.now())
  })

  it('tells a part that was served from what the next source added', async () => {
    polygon.prices.set('AAPL', 100).set('MSFT', 100)
    yahoo.prices.set('TSLA', 333)
    await sweepCore()
    const kept = await readAttempts(base.db)
    const partial = { source: 'polygon', outcome: 'partial', asked: 3, served: 2 }
    expect(kept.get('polygon')).toMatchObject([partial])
    expect(kept.get('yahoo')).toMatchObject([
      partial,
      { source: 'yahoo', outcome: 'served', asked: 1, served: 1 },
    ])
  })

  it('writes nothing when it is stopped before the answer', async () => {
    polygon.prices.set('AAPL', 100)
    polygon.gate = new Promise(() => {})
    const stop = new AbortController()
    const sweeping = sweepCore(stop.signal)
    stop.abort(new Error('stopping'))
    await expect(sweeping).rejects.toThrow('stopping')
    expect(await readLatest(base.db)).toEqual([])
    expect(await core()).toBeUndefined()
  })

  it('serves a symbol of two tiers by the more urgent one', async () => {
    for (const symbol of ['AAPL', 'MSFT', 'TSLA']) polygon.prices.set(symbol, 50)
    const ids = instruments.map((i) => i.id)
    await setTierMembers(base.db, { tier: 'full_universe', instrumentIds: ids, replace: false })
    await setTierMembers(base.db, { tier: 'core', instrumentIds: ids.slice(0, 1), replace: false })
    const members = await readMembers(base.db)
    const of = (tier: string) =>
      instruments.filter((i) => members.some((m) => m.instrumentId === i.id && m.tier === tier))
    const { notes } = await sweep(deps, {
      assetClass: 'equity',
      targets: [
        { tier: 'core', frequencyS: 60, instruments: of('core') },
        { tier: 'full_universe', frequencyS: 3600, instruments: of('full_universe') },
      ],
      signal: new AbortController().signal,
    })
    expect(notes.map((n) => [n.tier, n.accepted])).toEqual([
      ['core', 1],
      ['full_universe', 2],
    ])
    expect(polygon.asked).toHaveLength(1)
  })
})
