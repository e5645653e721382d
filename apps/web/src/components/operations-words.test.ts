import type { ClassCadence, GapOperations, OperationsReport } from '@onetape/api/router'
import { describe, expect, it } from 'vitest'
import {
  cadenceReading,
  followerText,
  followerTone,
  gapProgress,
  servedTone,
  spanText,
  vitalsOf,
} from './operations-words.ts'

const cadence = (more: Partial<ClassCadence> = {}): ClassCadence => ({
  assetClass: 'equity',
  members: 100,
  due: 60,
  served: 60,
  partial: 0,
  missed: 0,
  intervalMedianMs: 60_000,
  intervalMaxMs: 61_000,
  lateMedianMs: 900,
  hours: [],
  ...more,
})
const gap = (more: Partial<GapOperations> = {}): GapOperations => ({
  id: 1,
  tier: 'core',
  symbol: null,
  assetClass: 'equity',
  timeframe: '1m',
  from: Date.parse('2026-11-20T15:00:00Z') * 1_000,
  to: Date.parse('2026-11-20T16:30:00Z') * 1_000,
  why: 'daemon_down',
  state: 'filling',
  reason: null,
  slots: 90,
  piecesTotal: 40,
  piecesDone: 10,
  piecesFailed: 0,
  rowsWritten: 900,
  calls: 10,
  etaSeconds: 95,
  lastError: null,
  ...more,
})

describe('cadence', () => {
  it('stands in the middle of its scale when it is as wanted', () => {
    expect(cadenceReading(60, cadence())).toMatchObject({ share: 0.5, tone: 'plain' })
    expect(cadenceReading(60, cadence({ intervalMedianMs: 75_000 }))?.tone).toBe('warn')
    expect(cadenceReading(60, cadence({ intervalMedianMs: 200_000 }))).toMatchObject({
      share: 1,
      tone: 'alarm',
    })
  })

  it('says nothing before two sweeps', () => {
    expect(cadenceReading(60, cadence({ intervalMedianMs: null }))).toBeNull()
  })

  it('missed slots tell by their share', () => {
    expect([1, 0.995, 0.95, 0.5, null].map(servedTone)).toEqual(['plain', 'plain', 'warn', 'alarm', 'plain'])
  })
})

describe('gaps', () => {
  it('says how far and how long', () => {
    expect(gapProgress(gap())).toEqual({ share: 0.25, text: '10 of 40 pieces', left: 'about 1m left' })
    expect(gapProgress(gap({ piecesFailed: 5, etaSeconds: null }))).toEqual({
      share: 0.375,
      text: '10 of 40 pieces, 5 failed',
      left: 'just begun',
    })
    expect(gapProgress(gap({ state: 'open', piecesTotal: 0, piecesDone: 0 }))).toEqual({
      share: 0,
      text: 'not planned yet',
      left: 'waits its turn',
    })
  })

  it('names the second day only where it is another', () => {
    expect(spanText(gap().from, gap().to)).toBe('Fri 20 Nov 10:00 to 11:30 (1h 30m)')
    expect(spanText(gap().from, gap().to + 86_400e6)).toBe('Fri 20 Nov 10:00 to Sat 21 Nov 11:30 (25h 30m)')
  })
})

describe('followers', () => {
  const follower = (behind: number, skipped = 0) => ({ name: 'rollups', batchId: 1, behind, skipped })

  it('one batch behind is as it should be; what was passed by is not', () => {
    expect(followerText(follower(0))).toBe('level')
    expect(followerText(follower(1))).toBe('1 batch behind')
    expect(followerText(follower(2, 3))).toBe('2 batches behind, 3 passed by')
    expect([follower(1), follower(5), follower(50), follower(0, 1)].map(followerTone)).toEqual([
      'plain',
      'warn',
      'alarm',
      'alarm',
    ])
  })
})

it('vitals add up what the sections tell', () => {
  const report = {
    daemons: [{ alive: true }, { alive: false }],
    gaps: { counts: { open: 2, filling: 1, unfillable: 0, filled: 9, no_data: 0 } },
    tiers: [{ classes: [cadence(), cadence({ due: 40, served: 20 })] }, { classes: [] }],
    ledger: {
      followers: [
        { behind: 1, skipped: 0 },
        { behind: 4, skipped: 2 },
      ],
    },
  } as unknown as OperationsReport
  expect(vitalsOf(report)).toEqual({
    daemons: { alive: 1, gone: 1 },
    gaps: report.gaps.counts,
    served: 0.8,
    behind: 4,
    skipped: 2,
  })
})
