// Gaps from found to filled, on a real Postgres: noted once, claimed by one, counted once.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { FoundGap } from '../gaps.ts'
import { countGaps } from '../reads/count-gaps.ts'
import { readGapScans } from '../reads/read-gap-scans.ts'
import { readGaps } from '../reads/read-gaps.ts'
import { readSlotEvidence } from '../reads/read-slot-evidence.ts'
import { bar, minute, NOON, newInstruments, tick } from '../sample-batches.ts'
import { type TestDatabase, testDatabase } from '../testing.ts'
import { claimPieces } from './claim-pieces.ts'
import { endGaps } from './end-gaps.ts'
import { type EndedPiece, endPieces } from './end-pieces.ts'
import { planGap } from './plan-gap.ts'
import { recordGaps } from './record-gaps.ts'
import { writeBatch } from './write-batch.ts'

let t: TestDatabase
beforeAll(async () => {
  t = await testDatabase()
}, 120_000)
afterAll(() => t.drop())

let tiers = 0
/** A scope that no other test has seen. */
const newTier = () => `tier${tiers++}`
const found = (tier: string, from: number, to: number, more: Partial<FoundGap> = {}): FoundGap => ({
  tier,
  assetClass: 'equity',
  instrumentId: null,
  timeframe: '1m',
  from: minute(from),
  to: minute(to),
  why: 'daemon_down',
  slots: to - from,
  instrumentsTo: 100,
  ...more,
})
const record = (...gaps: FoundGap[]) => recordGaps(t.db, { found: gaps, foundAt: NOON })
const spansOf = async (tier: string) =>
  (await readGaps(t.db)).filter((g) => g.tier === tier).map((g) => [g.from, g.to, g.slots, g.state])

describe('recordGaps', () => {
  it('notes a gap once, whoever finds it, and only what of it is new', async () => {
    const tier = newTier()
    const many = await Promise.all(Array.from({ length: 6 }, () => record(found(tier, 0, 60))))
    expect(many.reduce((sum, m) => sum + m.added, 0)).toBe(1)
    expect(await record(found(tier, 50, 70), found(tier, 90, 95))).toEqual({ added: 1, grown: 1 })
    expect(await spansOf(tier)).toEqual([
      [minute(0), minute(70), 70, 'open'],
      [minute(90), minute(95), 5, 'open'],
    ])
  })

  it('never changes a gap that is being filled: what is beyond it is another one', async () => {
    const tier = newTier()
    await record(found(tier, 0, 10))
    const [gap] = (await readGaps(t.db)).filter((g) => g.tier === tier)
    await planGap(t.db, {
      gaps: [gap!],
      pieces: [{ instrumentId: 1, timeframe: '1m', from: gap!.from, to: gap!.to }],
      reason: null,
    })
    await record(found(tier, -5, 15))
    expect(await spansOf(tier)).toEqual([
      [minute(-5), minute(0), 5, 'open'],
      [minute(0), minute(10), 10, 'filling'],
      [minute(10), minute(15), 5, 'open'],
    ])
  })

  it('keeps scopes apart, and how far was looked with what was found', async () => {
    const tier = newTier()
    const scan = { tier, assetClass: 'equity', judgedTo: minute(60), instrumentsTo: 7 }
    const other = found(tier, 0, 60, { assetClass: 'crypto' })
    await recordGaps(t.db, { found: [found(tier, 0, 60), other], scans: [scan], foundAt: NOON })
    expect(await spansOf(tier)).toHaveLength(2)
    await recordGaps(t.db, { found: [], scans: [{ ...scan, judgedTo: minute(30) }], foundAt: NOON })
    expect((await readGapScans(t.db)).find((s) => s.tier === tier)).toEqual(scan)
  })
})

const ended = (seq: number, more: Partial<EndedPiece> = {}): EndedPiece => ({
  ...{ seq, status: 'done', source: 'polygon', rowsOffered: 60, rowsWritten: 59, error: null },
  ...more,
})

describe('filling', () => {
  const plan = async (instruments: number) => {
    const tier = newTier()
    await record(found(tier, 0, 60))
    const [gap] = (await readGaps(t.db)).filter((g) => g.tier === tier)
    const pieces = Array.from({ length: instruments }, (_, i) => ({
      ...{ instrumentId: i + 1, timeframe: '1m' as const },
      ...{ from: gap!.from, to: gap!.to },
    }))
    const plans = await Promise.all([1, 2].map(() => planGap(t.db, { gaps: [gap!], pieces, reason: null })))
    expect(plans.filter((p) => p !== null)).toHaveLength(1)
    const now = async () => (await readGaps(t.db)).find((g) => g.id === gap!.id)!
    return { runId: plans.find((p) => p !== null)!.runId, gap: gap!, pieces, now }
  }

  it('is planned by one, and every piece is claimed by one', async () => {
    const { runId, now } = await plan(50)
    const claims = await Promise.all(
      ['a', 'b', 'c'].map((worker) => claimPieces(t.db, { runId, worker, limit: 20, leaseMs: 60_000 })),
    )
    const seqs = claims.flat().map((p) => p.seq)
    expect(seqs.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i + 1))
    const half = seqs.slice(0, 25).map((seq) => ended(seq))
    expect(await endPieces(t.db, { runId, pieces: half, calls: 25 })).toBeNull()
    expect(await now()).toMatchObject({ piecesDone: 25, piecesTotal: 50, rowsWritten: 25 * 59, calls: 25 })
    // Told again, they are not counted again.
    expect(await endPieces(t.db, { runId, pieces: half, calls: 0 })).toBeNull()
    const rest = seqs.slice(25).map((seq) => ended(seq))
    expect(await endPieces(t.db, { runId, pieces: rest, calls: 25 })).toEqual({ failed: 0 })
    expect(await now()).toMatchObject({ piecesDone: 50, rowsWritten: 50 * 59 })
    const gapIds = [(await now()).id]
    const told = await Promise.all([1, 2].map(() => endGaps(t.db, { gapIds, state: 'filled' })))
    expect(told.flat()).toEqual(gapIds)
    expect((await now()).endedAt).not.toBeNull()
  })

  it('a piece whose process died is free when its lease is over', async () => {
    const { runId } = await plan(1)
    expect(await claimPieces(t.db, { runId, worker: 'dead', limit: 9, leaseMs: 150 })).toHaveLength(1)
    const again = () => claimPieces(t.db, { runId, worker: 'heir', limit: 9, leaseMs: 60_000 })
    expect(await again()).toEqual([])
    await expect.poll(again, { timeout: 5_000 }).toMatchObject([{ seq: 1, attempts: 2 }])
  })

  it('that failed is tried again after a pause, for the pieces that are missing', async () => {
    const { runId, gap, pieces, now } = await plan(3)
    await claimPieces(t.db, { runId, worker: 'a', limit: 9, leaseMs: 60_000 })
    const failed = ended(3, { status: 'failed', source: null, rowsWritten: 0, error: 'no such symbol' })
    expect(await endPieces(t.db, { runId, pieces: [ended(1), ended(2), failed], calls: 3 })).toEqual({
      failed: 1,
    })
    await endGaps(t.db, { gapIds: [gap.id], state: 'open', pauseMs: 60_000 })
    expect(await planGap(t.db, { gaps: [gap], pieces, reason: null })).toBeNull()
    await endGaps(t.db, { gapIds: [gap.id], state: 'open', pauseMs: 0 })
    expect(await planGap(t.db, { gaps: [gap], pieces, reason: null })).toEqual({ runId, pieces: 1 })
    expect(await now()).toMatchObject({ attempts: 2, piecesDone: 2, lastError: 'no such symbol' })
    expect(await claimPieces(t.db, { runId, worker: 'a', limit: 9, leaseMs: 60_000 })).toMatchObject([
      { seq: 3 },
    ])
    expect((await countGaps(t.db)).filling).toBeGreaterThan(0)
  })
})

describe('readSlotEvidence', () => {
  it('tells of the closed batches of prices, and whose they are', async () => {
    const [one, two, three] = await newInstruments(t.db, 3)
    const about = { source: 'polygon', feed: 'sip', marketNow: minute(9) }
    const ticks = (fetched: number, ids: number[]) => ({
      ...{ ...about, kind: 'ticks' as const, fetchedAt: minute(fetched) },
      ticks: ids.map((id) => tick(id, minute(fetched - 1), 10)),
    })
    await writeBatch(t.db, ticks(1, [one!]))
    await writeBatch(t.db, ticks(2, [one!, two!, three!]))
    await writeBatch(t.db, { ...about, kind: 'bars', fetchedAt: minute(3), bars: [bar(two!, minute(1), 10)] })
    const mine = async (from: number, to: number) =>
      (await readSlotEvidence(t.db, { from: minute(from), to: minute(to) })).map((e) => [
        e.fetchedAt,
        [one, two, three].includes(e.instrumentId),
      ])
    expect(await mine(1, 3)).toEqual([
      [minute(2), true],
      [minute(1), true],
    ])
    expect(await mine(2, 3)).toEqual([[minute(2), true]])
    expect(await mine(3, 9)).toEqual([])
  })
})
