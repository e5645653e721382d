// A daemon stopped for an hour, and over a weekend: what it missed is known, and filled by itself.
import { readGaps } from '@onetape/db'
import { type TestDatabase, testDatabase } from '@onetape/db/testing'
import { HOUR_US, instantInZone, MINUTE_US, type Micros } from '@onetape/market'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Daemon } from '../src/daemon.ts'
import { SWEPT_ASSET_CLASSES } from '../src/ingest/house-order.ts'
import { runningClock } from './clocks.ts'
import {
  instrumentsOf,
  minuteBars,
  minutesOf,
  onlyCore,
  outageScene,
  type Scene,
  syncedTo,
  vendorMinutes,
} from './outage.ts'

const ny = (date: string, hours: number, minutes = 0) =>
  instantInZone(date, (hours * 60 + minutes) * 60_000, 'America/New_York')
const until = (check: () => unknown) => vi.waitFor(check, { timeout: 100_000, interval: 100 })

const VENDORS = ['polygon', 'coinbase', 'oanda']

let base: TestDatabase
const undo: (() => unknown)[] = []
beforeEach(async () => {
  base = await testDatabase({ mode: 'live' })
  undo.push(() => base.drop())
})
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step()
})

async function sceneAt(at: Micros) {
  const wall = runningClock(at)
  const scene = await outageScene({ base, wall, vendors: VENDORS })
  undo.push(() => scene[Symbol.asyncDispose]())
  await onlyCore(base)
  return scene
}

/** Runs until everything was swept, minutes are kept and slots were judged, then stops. */
async function runFor(scene: Scene, minutes: number): Promise<void> {
  const daemon = await scene.run()
  try {
    await until(async () =>
      expect((await base.db.pool.query('select count(*) as n from market_data_latest')).rows[0].n).toBe(
        (await base.db.pool.query('select count(*) as n from instruments')).rows[0].n,
      ),
    )
    for (let i = 0; i < minutes; i++) {
      scene.pass(MINUTE_US)
      await daemon.timetable.run('due')
      await daemon.sweeper.idle()
      await daemon.timetable.run('minutes')
    }
    await until(async () => expect(await syncedTo(base, 'minutes:equity')).not.toBeNull())
    await daemon.timetable.run('gaps')
  } finally {
    await daemon[Symbol.asyncDispose]()
  }
}

/** The daemon's own jobs, a little oftener than its timetable has them. */
const caughtUp = (scene: Scene, daemon: Daemon, gapsMin: number) =>
  until(async () => {
    await daemon.timetable.run('minutes')
    await daemon.timetable.run('gaps')
    await daemon.timetable.run('repair')
    expect((await readGaps(base.db)).length).toBeGreaterThanOrEqual(gapsMin)
    expect(await scene.wanted()).toBe(0)
  })

describe('after an outage', { timeout: 240_000 }, () => {
  it('of an hour all its minutes are there, as the vendor tells them', async () => {
    const noon = ny('2026-11-18', 12)
    const scene = await sceneAt(noon + 2_000_000)
    await runFor(scene, 2)
    const stopped = scene.market.now()
    expect(await readGaps(base.db)).toEqual([])
    scene.pass(HOUR_US)
    const again = await scene.run()
    undo.push(() => again[Symbol.asyncDispose]())
    await caughtUp(scene, again, 4)
    const gaps = await readGaps(base.db)
    expect(new Set(gaps.map((g) => `${g.tier} ${g.assetClass} ${g.why} ${g.state}`))).toEqual(
      new Set(SWEPT_ASSET_CLASSES.map((c) => `core ${c} daemon_down filled`)),
    )
    // One call for each instrument, and no more: the gap is one.
    expect(gaps.map((g) => [g.piecesTotal, g.piecesDone, g.piecesFailed])).toEqual(
      gaps.map((g) => [g.piecesTotal, g.piecesTotal, 0]),
    )
    const span = { from: stopped - (stopped % MINUTE_US), to: stopped - (stopped % MINUTE_US) + HOUR_US }
    await expectLikeVendor(scene, span)
    // Looking again finds nothing, and costs no call.
    const asked = scene.simulator.requests()
    await again.timetable.run('gaps')
    await again.timetable.run('repair')
    expect((await readGaps(base.db)).length).toBe(gaps.length)
    expect(barRequests(scene.simulator.requests())).toEqual(barRequests(asked))
  })

  it('over a weekend nothing is missing while the venue was closed', async () => {
    const friday = ny('2026-11-13', 15)
    const scene = await sceneAt(friday + 2_000_000)
    await runFor(scene, 1)
    const stopped = scene.market.now()
    scene.pass(ny('2026-11-16', 10) - friday)
    const again = await scene.run()
    undo.push(() => again[Symbol.asyncDispose]())
    await caughtUp(scene, again, 7)
    const minute = stopped - (stopped % MINUTE_US)
    const now = scene.market.now()
    const spansOf = async (assetClass: string) =>
      joined((await readGaps(base.db)).filter((g) => g.assetClass === assetClass))
    const begins = expect.toSatisfy((at: Micros) => at >= minute - 18 * MINUTE_US && at <= minute + MINUTE_US)
    const ends = expect.toSatisfy((at: Micros) => at > now - 3 * MINUTE_US && at <= now)
    expect(await spansOf('equity')).toEqual([
      [begins, ny('2026-11-13', 20)],
      [ny('2026-11-16', 4), ends],
    ])
    expect(await spansOf('index')).toEqual([
      [begins, ny('2026-11-13', 16)],
      [ny('2026-11-16', 9, 30), ends],
    ])
    expect(await spansOf('fx')).toEqual([
      [begins, ny('2026-11-13', 17)],
      [ny('2026-11-15', 17), ends],
    ])
    expect(await spansOf('crypto')).toEqual([[begins, ends]])
    await expectLikeVendor(scene, { from: minute, to: ny('2026-11-16', 10) })
    const bars = await minutesOf(base, { from: minute, to: now })
    expect(bars.get('crypto:BTC-USD')!.n).toBeGreaterThan(65 * 60)
    // The two spans of a share were had with one call.
    const monday = (await readGaps(base.db)).find(
      (g) => g.assetClass === 'equity' && g.from === ny('2026-11-16', 4),
    )
    expect(monday!.calls).toBe((await instrumentsOf(base, 'equity')).length)
  })
})

/** Spans that meet are one. */
function joined(gaps: readonly { from: Micros; to: Micros }[]): [Micros, Micros][] {
  const spans: [Micros, Micros][] = []
  for (const { from, to } of [...gaps].sort((a, b) => a.from - b.from)) {
    const last = spans.at(-1)
    if (last?.[1] === from) last[1] = to
    else spans.push([from, to])
  }
  return spans
}

const barRequests = (requests: Record<string, number>) =>
  Object.fromEntries(Object.entries(requests).filter(([route]) => /range|candles|chart/.test(route)))

const SOURCES: Record<string, string> = {
  equity: 'polygon',
  crypto: 'coinbase',
  fx: 'oanda',
  index: 'polygon',
}

/** Every minute that the vendor has of these instruments is stored, final and equal, and no other. */
async function expectLikeVendor(scene: Scene, span: { from: Micros; to: Micros }): Promise<void> {
  for (const assetClass of SWEPT_ASSET_CLASSES) {
    for (const instrument of (await instrumentsOf(base, assetClass)).slice(0, 12)) {
      const source = SOURCES[assetClass]!
      const said = await vendorMinutes(scene, { source, instrument, ...span })
      const stored = await minuteBars(base, { key: instrument.key, ...span })
      expect(said.length).toBeGreaterThan(20)
      expect(stored, instrument.key).toEqual(
        said.map(({ ts, open, high, low, close, volume }) => ({
          ...{ ts, open, high, low, close, source, final: true },
          volume: assetClass === 'fx' || assetClass === 'index' ? null : volume,
        })),
      )
    }
  }
}
