import { HOUR_US, instantInZone, MINUTE_US, SECOND_US } from '@onetape/market'
import { describe, expect, it } from 'vitest'
import { nextSweepAt, slotOf, type TierCadence, tiersDue, trades } from './slots.ts'

const NY = 'America/New_York'
const at = (date: string, time: string) => {
  const [h = 0, m = 0, s = 0] = time.split(':').map(Number)
  return instantInZone(date, ((h * 60 + m) * 60 + s) * 1000, NY)
}
const tier = (name: string, frequencyS: number, priority: number, enabled = true): TierCadence => ({
  name,
  frequencyS,
  priority,
  enabled,
})
const TIERS = [
  tier('full_universe', 3_600, 5),
  tier('core', 60, 2),
  tier('sp500', 300, 3),
  tier('off', 60, 1, false),
]
const due = (now: number, served = new Map<string, number>(), assetClass: 'equity' | 'crypto' = 'equity') =>
  tiersDue({ tiers: TIERS, assetClass, now, served }).map((t) => t.name)
const servedAt = (now: number) => new Map(TIERS.map((t) => [t.name, slotOf(now, t.frequencyS)]))

describe('slots', () => {
  it('all enabled tiers are due at first, the most urgent first', () => {
    expect(due(at('2026-11-18', '10:00'))).toEqual(['core', 'sp500', 'full_universe'])
  })

  it('a tier is due once per slot of its own grid', () => {
    const open = at('2026-11-18', '10:00')
    const served = servedAt(open)
    expect(due(open + 59 * SECOND_US, served)).toEqual([])
    expect(due(open + 60 * SECOND_US, served)).toEqual(['core'])
    expect(due(open + 300 * SECOND_US, served)).toEqual(['core', 'sp500'])
    expect(due(open + HOUR_US, served)).toEqual(['core', 'sp500', 'full_universe'])
  })

  it('missed slots come to one catch-up', () => {
    const open = at('2026-11-18', '10:00')
    const served = servedAt(open)
    const later = open + 17 * MINUTE_US
    expect(due(later, served)).toEqual(['core', 'sp500'])
    expect(due(later + SECOND_US, servedAt(later))).toEqual([])
  })
})

describe('when equities have slots', () => {
  it.each([
    ['a Wednesday before 04:00', '2026-11-18', '03:59:59', false],
    ['pre-market', '2026-11-18', '04:00', true],
    ['the session', '2026-11-18', '12:00', true],
    ['post-market', '2026-11-18', '19:59:59', true],
    ['the night', '2026-11-18', '20:00', false],
    ['Saturday', '2026-11-21', '12:00', false],
    ['Thanksgiving', '2026-11-26', '12:00', false],
    ['post-market of the early close', '2026-11-27', '16:59:59', true],
    ['after the early close', '2026-11-27', '17:00', false],
    // The clocks went forward on 8 March 2026 and back on 1 November.
    ['pre-market in winter, 09:00Z', '2026-03-06', '04:00', true],
    ['pre-market in summer, 08:00Z', '2026-03-09', '04:00', true],
    ['an hour before it in summer, 07:59Z', '2026-03-09', '03:59', false],
    ['post-market after the change back', '2026-11-02', '19:59', true],
    ['the hour after it', '2026-11-02', '20:00', false],
  ])('%s: %s %s %s', (_, date, time, open) => {
    expect(trades('equity', at(date, time))).toBe(open)
    expect(due(at(date, time)).length > 0).toBe(open)
  })

  it('the same hour of the day lies an hour apart in UTC around a change of clocks', () => {
    expect(trades('equity', Date.UTC(2026, 2, 6, 8, 30) * 1000)).toBe(false)
    expect(trades('equity', Date.UTC(2026, 2, 9, 8, 30) * 1000)).toBe(true)
  })

  it.each([
    ['Friday afternoon', '2026-11-20', '16:59:59', true],
    ['after the week', '2026-11-20', '17:00', false],
    ['Saturday', '2026-11-21', '12:00', false],
    ['Sunday before the roll', '2026-11-22', '16:59:59', false],
    ['Sunday evening', '2026-11-22', '17:00', true],
    ['the roll within the week', '2026-11-24', '17:00', true],
    ['the night', '2026-11-25', '03:00', true],
    // The clocks went forward on 8 March 2026: the week opened an hour earlier in UTC.
    ['Sunday evening in summer, 21:00Z', '2026-03-08', '17:00', true],
    ['an hour before it', '2026-03-08', '16:00', false],
  ])('forex for its week: %s, %s %s %s', (_, date, time, open) => {
    expect(trades('fx', at(date, time))).toBe(open)
    expect(nextSweepAt('fx', at('2026-11-20', '16:59:30'), 60)).toBe(at('2026-11-22', '17:00'))
  })

  it('crypto always', () => {
    expect(due(at('2026-11-21', '03:00'), new Map(), 'crypto')).toEqual(['core', 'sp500', 'full_universe'])
  })
})

describe('when a tier is swept next', () => {
  it('its next slot while it trades', () => {
    const now = at('2026-11-18', '10:00:10')
    expect(nextSweepAt('equity', now, 300)).toBe(at('2026-11-18', '10:05'))
  })

  it('the next pre-market otherwise, over a holiday too', () => {
    expect(nextSweepAt('equity', at('2026-11-20', '21:00'), 60)).toBe(at('2026-11-23', '04:00'))
    expect(nextSweepAt('equity', at('2026-11-25', '21:00'), 60)).toBe(at('2026-11-27', '04:00'))
    expect(nextSweepAt('equity', at('2026-11-18', '19:59:30'), 60)).toBe(at('2026-11-19', '04:00'))
  })
})
