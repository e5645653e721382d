import { sessionOn } from '@onetape/market'
import { registry } from '@onetape/providers'
import { describe, expect, it } from 'vitest'
import { callsPerSweep, KNOWN_PLANS, planCost } from './plan-cost.ts'

const session = sessionOn('XNYS', '2026-11-18')!
const hours = { from: session.open, to: session.close }
const capabilitiesOf = (name: string) => registry.get(name).capabilities
const costOf = (plan: string, provider = 'polygon', over = hours) =>
  planCost(KNOWN_PLANS.find((p) => p.plan === plan)!.tiers, {
    hours: over,
    callsOf: (symbols) => callsPerSweep(capabilitiesOf(provider), 'equity', symbols)!,
  })

describe('what a plan costs in a regular session', () => {
  it.each([
    ['100 symbols at 1 min', 390, 390, 39_000],
    ['3,000 symbols at 15 min', 26, 26, 78_000],
    ['five tiers, 8,000 symbols', 390, 390, 390 * 150 + 78 * 400 + 26 * 2_450 + 6 * 5_000],
    ['8,000 symbols at 1 min', 390, 390, 390 * 8_000],
  ])('%s: %i sweeps, %i calls in bulk, %i one by one', (plan, sweeps, bulkCalls, singleCalls) => {
    expect(costOf(plan)).toEqual({ sweeps, bulkCalls, singleCalls })
  })

  it('of a provider that takes lists is a call for each list', () => {
    expect(costOf('100 symbols at 1 min', 'yahoo').bulkCalls).toBe(390)
    expect(costOf('3,000 symbols at 15 min', 'yahoo').bulkCalls).toBe(26 * 30)
  })

  it('follows the calendar: an early close is shorter, pre- and post-market longer', () => {
    const early = sessionOn('XNYS', '2026-11-27')!
    const of = (from: number, to: number) => costOf('100 symbols at 1 min', 'polygon', { from, to }).sweeps
    expect(of(early.open, early.close)).toBe(210)
    expect(of(session.preOpen, session.postClose)).toBe(960)
  })
})

describe('calls of a sweep', () => {
  it('are one for the whole market, none for nobody, and unknown where there are no snapshots', () => {
    const calls = [0, 1, 250, 251, 8_000].map((n) => callsPerSweep(capabilitiesOf('polygon'), 'equity', n))
    expect(calls).toEqual([0, 1, 1, 1, 1])
    expect(callsPerSweep(capabilitiesOf('coinbase'), 'equity', 5)).toBeNull()
  })
})
