import type { ClaimedSlot } from '@onetape/db'
import { instantInZone, MINUTE_US } from '@onetape/market'
import { describe, expect, it } from 'vitest'
import { missedBefore } from './missed-before.ts'
import { createObstacles } from './obstacles.ts'

const ten = instantInZone('2026-11-18', 10 * 3_600_000, 'America/New_York')
const minute = (n: number) => ten + n * MINUTE_US
const slot = (over: Partial<ClaimedSlot>): ClaimedSlot => ({
  tier: 'core',
  slotAt: minute(10),
  attempts: 1,
  beforeAt: minute(9),
  beforeFrequencyS: 60,
  beforeServed: true,
  beforeProblem: null,
  sweptBefore: minute(9),
  laneAt: minute(9),
  ...over,
})
const missed = (over: Partial<ClaimedSlot>, o: object = {}) =>
  missedBefore(slot(over), {
    assetClass: 'equity',
    frequencyS: 60,
    skipped: [],
    obstacles: { between: () => 'down' },
    ...o,
  }).map(({ fromAt, toAt, slots, reason }) => [
    (fromAt - ten) / MINUTE_US,
    (toAt - ten) / MINUTE_US,
    slots,
    reason,
  ])

describe('slots missed before one that is claimed', () => {
  it('are none where the one before was served, or none was ever claimed', () => {
    expect(missed({})).toEqual([])
    expect(missed({ beforeAt: null, beforeFrequencyS: null, laneAt: null })).toEqual([])
  })

  it('are those in between, and the last one tried where it came to nothing', () => {
    expect(missed({ beforeAt: minute(4), laneAt: minute(4) })).toEqual([[5, 9, 5, 'down']])
    expect(missed({ beforeServed: false, beforeProblem: 'budget' })).toEqual([[9, 9, 1, 'budget']])
    expect(missed({ beforeAt: minute(4), laneAt: minute(4), beforeServed: false })).toEqual([
      [4, 4, 1, 'down'],
      [5, 9, 5, 'down'],
    ])
  })

  it('are not those of a time when the lane was looked at: the tier was off, or empty', () => {
    expect(missed({ beforeAt: minute(-500), laneAt: minute(9) })).toEqual([])
  })

  it('are not there at night, nor where the market clock jumped', () => {
    const evening = instantInZone('2026-11-17', 19 * 3_600_000 + 59 * 60_000, 'America/New_York')
    const morning = instantInZone('2026-11-18', 4 * 3_600_000, 'America/New_York')
    const over = { beforeAt: evening, laneAt: evening, slotAt: morning }
    expect(missed(over)).toEqual([])
    const skipped = [{ from: minute(5), to: minute(8) }]
    expect(missed({ beforeAt: minute(4), laneAt: minute(4) }, { skipped })).toEqual([[8, 9, 2, 'down']])
  })

  it('count on the grid of today’s frequency after it was changed', () => {
    expect(missed({ beforeAt: minute(0), beforeFrequencyS: 300, laneAt: minute(0) })).toEqual([
      [5, 9, 5, 'down'],
    ])
    const slower = { frequencyS: 300 }
    expect(missed({ beforeAt: minute(4), laneAt: minute(4) }, slower)).toEqual([[5, 5, 1, 'down']])
  })

  it('have the reason that this process saw', () => {
    const obstacles = createObstacles()
    for (let n = 6; n < 9; n += 0.1) obstacles.met('equity', 'busy', minute(n))
    obstacles.met('crypto', 'vendor', minute(7))
    expect(missed({ beforeAt: minute(5), laneAt: minute(5) }, { obstacles })).toEqual([[6, 9, 4, 'busy']])
    expect(obstacles.between('equity', minute(0), minute(5))).toBe('down')
    expect(obstacles.between('fx', minute(0), minute(10))).toBe('down')
  })
})
