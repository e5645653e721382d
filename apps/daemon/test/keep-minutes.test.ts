// Minute bars that sweeps saw half are completed from the vendor's own, on a real Postgres.
import { type Instrument, mintInstruments, readBars, readSync, writeBatch } from '@onetape/db'
import { type TestDatabase, testDatabase } from '@onetape/db/testing'
import { type Bar, instantInZone, MINUTE_US, type Micros, SECOND_US } from '@onetape/market'
import { ProviderError } from '@onetape/providers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createMinuteKeeper, type LostMinutes } from '../src/history/keep-minutes.ts'
import { handClock } from './clocks.ts'
import { fakeHouse } from './fake-house.ts'
import { FakeVendor } from './fake-vendor.ts'
import { readAttempts, readFindings } from './tape-rows.ts'

const noon = instantInZone('2026-11-18', 12 * 3_600_000, 'America/New_York')
let base: TestDatabase
let aapl: Instrument
let clock: ReturnType<typeof handClock>
let vendor: FakeVendor
let kept: Instrument[]
let lost: LostMinutes[]

beforeEach(async () => {
  base = await testDatabase()
  clock = handClock(noon + 10 * SECOND_US)
  const [minted] = await mintInstruments(base.db, [{ ref: { assetClass: 'equity', symbol: 'AAPL' } }])
  aapl = minted!
  kept = [aapl]
  lost = []
})
afterEach(() => base.drop())

const bar = (ts: Micros, close: number): Bar => ({
  assetClass: 'equity',
  symbol: 'AAPL',
  timeframe: '1m',
  ts,
  sessionDate: '2026-11-18',
  basis: 'split',
  feed: 'polygon-feed',
  final: true,
  open: 100,
  high: Math.max(101, close),
  low: Math.min(99, close),
  close,
  volume: 5_000,
})

function keeperOn(name: string) {
  vendor = new FakeVendor({ name, market: clock })
  const signal = new AbortController().signal
  const house = fakeHouse([vendor], { wall: clock, market: clock })
  const onLost = async (one: LostMinutes) => void lost.push(one)
  const deps = { db: base.db, house, market: clock, wall: clock, signal, instruments: () => kept, onLost }
  return { keeper: createMinuteKeeper(deps), again: () => createMinuteKeeper(deps) }
}

const stored = async () =>
  (
    await readBars(base.db, {
      instrumentId: aapl.id,
      timeframe: '1m',
      from: noon - 60 * MINUTE_US,
      to: noon + 60 * MINUTE_US,
      limit: 100,
      venue: 'XNYS',
    })
  ).bars

describe('keeping minutes', () => {
  it('completes what a sweep saw half, and fills what it never saw', async () => {
    const { keeper } = keeperOn('polygon')
    const seen = {
      timeframe: '1m' as const,
      basis: 'split' as const,
      open: 100,
      high: 100,
      low: 100,
      close: 100,
    }
    await writeBatch(base.db, {
      kind: 'ticks',
      source: 'polygon',
      feed: 'polygon-feed',
      fetchedAt: clock.now(),
      marketNow: clock.now(),
      bars: [{ instrumentId: aapl.id, ts: noon - MINUTE_US, final: false, volume: 10, ...seen }],
    })
    vendor.minutes.set('AAPL', [bar(noon - 2 * MINUTE_US, 100.5), bar(noon - MINUTE_US, 100.8)])
    expect(await keeper.run('equity')).toBe(2)
    expect((await readAttempts(base.db)).get('polygon')).toMatchObject([
      { source: 'polygon', outcome: 'served', asked: 1, served: 1 },
    ])
    expect(await stored()).toMatchObject([
      { ts: noon - 2 * MINUTE_US, close: 100.5, final: true },
      { ts: noon - MINUTE_US, close: 100.8, volume: 5_000, final: true },
    ])
  })

  it('asks once a minute, and after a restart goes on where the tape says it was', async () => {
    const { keeper, again } = keeperOn('polygon')
    vendor.minutes.set('AAPL', [bar(noon - MINUTE_US, 100)])
    await keeper.run('equity')
    await keeper.run('equity')
    expect(vendor.rangesAsked).toHaveLength(1)
    clock.forward(4 * MINUTE_US)
    await again().run('equity')
    expect(vendor.rangesAsked[1]).toEqual({ from: noon - 2 * MINUTE_US, to: noon + 4 * MINUTE_US })
    expect(lost).toEqual([])
  })

  it('after an outage hands over what was missed and goes on from now', async () => {
    const { keeper, again } = keeperOn('polygon')
    vendor.minutes.set('AAPL', [bar(noon - MINUTE_US, 100)])
    await keeper.run('equity')
    clock.forward(30 * MINUTE_US)
    const after = again()
    await after.run('equity')
    const span = { from: noon, to: noon + 30 * MINUTE_US }
    expect(lost).toEqual([{ assetClass: 'equity', ...span, why: 'daemon_down', instruments: null }])
    clock.forward(MINUTE_US)
    await after.run('equity')
    expect(vendor.rangesAsked[1]).toEqual({ from: span.to - 2 * MINUTE_US, to: span.to + MINUTE_US })
    expect(lost).toHaveLength(1)
  })

  it('lets those go that fall behind: all with their source, or the one that nobody answers for', async () => {
    const { keeper } = keeperOn('polygon')
    const [msft, ibm] = await mintInstruments(
      base.db,
      ['MSFT', 'IBM'].map((symbol) => ({ ref: { assetClass: 'equity' as const, symbol } })),
    )
    kept = [aapl, msft!, ibm!]
    await keeper.run('equity')
    vendor.missingBars.add('IBM')
    for (let i = 0; i < 22; i++) {
      clock.forward(MINUTE_US)
      await keeper.run('equity')
    }
    expect(lost).toEqual([
      { assetClass: 'equity', from: noon, to: noon + 21 * MINUTE_US, why: 'mute', instruments: [ibm] },
    ])
    vendor.missingBars.clear()
    clock.forward(MINUTE_US)
    await keeper.run('equity')
    vendor.error = new ProviderError('unavailable', 'down', { provider: 'polygon' })
    for (let i = 0; i < 21; i++) {
      clock.forward(MINUTE_US)
      await keeper.run('equity')
    }
    expect(lost[1]).toMatchObject({ from: noon + 23 * MINUTE_US, why: 'vendor_failing', instruments: null })
    expect(lost).toHaveLength(2)
  })

  it('keeps its place when the source fails, and does not insist', async () => {
    const { keeper } = keeperOn('polygon')
    vendor.error = new ProviderError('rate_limited', 'too many calls', { provider: 'polygon' })
    expect(await keeper.run('equity')).toBe(0)
    await keeper.run('equity')
    expect(vendor.rangesAsked).toHaveLength(1)
    expect((await readSync(base.db)).some((row) => row.scope === 'minutes:equity')).toBe(false)
    vendor.error = null
    clock.forward(3 * MINUTE_US)
    vendor.minutes.set('AAPL', [bar(noon - MINUTE_US, 100)])
    expect(await keeper.run('equity')).toBe(1)
  })

  it('refuses a bar that cannot be true, with a finding', async () => {
    const { keeper } = keeperOn('polygon')
    vendor.minutes.set('AAPL', [bar(noon - MINUTE_US, 10_000)])
    expect(await keeper.run('equity')).toBe(0)
    expect(await stored()).toEqual([])
    expect(await readFindings(base.db)).toMatchObject([{ kind: 'bar_range', symbol: 'AAPL' }])
  })

  it('asks nothing while the venue is closed, and a vendor that counts calls closely seldom', async () => {
    const closed = keeperOn('polygon')
    clock.set(instantInZone('2026-11-21', 12 * 3_600_000, 'America/New_York'))
    await closed.keeper.run('equity')
    expect(vendor.rangesAsked).toEqual([])
    clock.set(noon + 10 * SECOND_US)
    const { keeper } = keeperOn('yahoo')
    await keeper.run('equity')
    clock.forward(4 * MINUTE_US)
    await keeper.run('equity')
    expect(vendor.rangesAsked).toHaveLength(1)
    clock.forward(MINUTE_US)
    await keeper.run('equity')
    expect(vendor.rangesAsked).toHaveLength(2)
  })
})
