import type { Instrument, Tier } from '@onetape/db'
import { MINUTE_US, type SymbolRef } from '@onetape/market'
import { describe, expect, it } from 'vitest'
import type { KeptAttempt } from './attempt-trail.ts'
import type { SweepReport } from './sweep.ts'
import { createTurns, shortageOf, type Turn } from './turns.ts'

const SIZES: Record<string, number> = { core: 50, sp500: 300, russell3000: 600 }
const TIERS: Tier[] = [
  { name: 'core', frequencyS: 60, priority: 2, enabled: true, members: 50 },
  { name: 'sp500', frequencyS: 300, priority: 3, enabled: true, members: 300 },
  { name: 'russell3000', frequencyS: 900, priority: 4, enabled: true, members: 600 },
]
const instrument = (tier: string, n: number): Instrument => ({
  id: Object.keys(SIZES).indexOf(tier) * 10_000 + n,
  key: `equity:US:${tier.slice(0, 1).toUpperCase()}${n}`,
  assetClass: 'equity',
  symbol: `${tier.slice(0, 1).toUpperCase()}${n}`,
  name: null,
  currency: 'USD',
  listingType: null,
})
const MEMBERS = new Map(
  Object.entries(SIZES).map(([tier, n]) => [tier, Array.from({ length: n }, (_, i) => instrument(tier, i))]),
)
const universe = {
  tiers: () => TIERS,
  members: (tier: string, assetClass?: string) =>
    assetClass === undefined || assetClass === 'equity' ? MEMBERS.get(tier)! : [],
}
const tiers = (...names: string[]) => TIERS.filter((t) => names.includes(t.name))
const reportOf = (
  missing: SymbolRef[],
  attempts: Partial<KeptAttempt>[] = [{ outcome: 'failed', reason: 'budget_gone' }],
): SweepReport => ({
  answered: true,
  notes: [],
  missing,
  trail: { until: () => attempts as KeptAttempt[], skip() {}, begin: () => null! },
})

/** Serves as many symbols as the budget has, in the order asked. */
function scene(budget: number) {
  const turns = createTurns(universe)
  const servedOf = new Map<string, number>()
  const sweep = (names: string[], now: number): Turn[] => {
    const asked = turns.next('equity', { tiers: tiers(...names), now })
    const refs = asked.flatMap((t) => t.instruments)
    for (const { symbol } of refs.slice(0, budget)) servedOf.set(symbol, (servedOf.get(symbol) ?? 0) + 1)
    const missing = refs.slice(budget).map(({ assetClass, symbol }) => ({ assetClass, symbol }))
    turns.note('equity', { turns: asked, report: reportOf(missing), now })
    return asked
  }
  const count = (tier: string) => MEMBERS.get(tier)!.filter((m) => servedOf.has(m.symbol)).length
  return { turns, sweep, servedOf, count }
}

describe('turns', () => {
  it('are whole tiers in the order of their urgency while there is enough', () => {
    const { sweep, turns } = scene(10_000)
    const asked = sweep(['sp500', 'core'], 0)
    expect(asked.map((t) => [t.tier, t.instruments.length])).toEqual([
      ['core', 50],
      ['sp500', 300],
    ])
    expect([turns.hasLeft('equity'), turns.isStarved('equity', 'sp500')]).toEqual([false, false])
    expect(sweep(['core'], MINUTE_US).map((t) => t.tier)).toEqual(['core'])
  })

  it('give the less urgent what is left, and what was left over comes first the next time', () => {
    const { sweep, turns, count } = scene(150)
    sweep(['core', 'sp500', 'russell3000'], 0)
    expect([count('core'), count('sp500'), count('russell3000')]).toEqual([50, 100, 0])
    expect(turns.isStarved('equity', 'russell3000')).toBe(true)
    sweep(['core'], MINUTE_US)
    expect([count('core'), count('sp500')]).toEqual([50, 200])
    sweep(['core'], 2 * MINUTE_US)
    expect(count('sp500')).toBe(300)
    sweep(['core'], 3 * MINUTE_US)
    expect(count('russell3000')).toBe(100)
  })

  it('starve nobody for ever, though the more urgent alone want more than there is', () => {
    const { sweep, servedOf, count } = scene(100)
    for (let n = 0; n < 400; n++) {
      const names = ['core', ...(n % 5 === 0 ? ['sp500'] : []), ...(n % 15 === 0 ? ['russell3000'] : [])]
      sweep(names, n * MINUTE_US)
    }
    expect([count('core'), count('sp500'), count('russell3000')]).toEqual([50, 300, 600])
    const times = (tier: string) => MEMBERS.get(tier)!.map((m) => servedOf.get(m.symbol)!)
    expect(Math.min(...times('core'))).toBeGreaterThan(300)
  })

  it('of newcomers come with the next sweep, and end when the class is another’s', () => {
    const { sweep, turns } = scene(10_000)
    turns.add('russell3000', MEMBERS.get('russell3000')!.slice(0, 3))
    expect(turns.hasLeft('equity')).toBe(true)
    expect(sweep(['core'], 0).map((t) => [t.tier, t.instruments.length])).toEqual([
      ['core', 50],
      ['russell3000', 3],
    ])
    expect(turns.hasLeft('equity')).toBe(false)
    turns.add('russell3000', MEMBERS.get('russell3000')!.slice(0, 3))
    turns.forget('equity')
    expect(turns.hasLeft('equity')).toBe(false)
  })
})

describe('a shortage', () => {
  const missing = [{ assetClass: 'equity' as const, symbol: 'AAPL' }]
  it.each([
    ['budget', { reason: 'budget_gone' as const }],
    ['budget', { reason: 'rate_limited' as const }],
    ['vendor', { reason: 'breaker_open' as const }],
    ['vendor', { reason: 'unavailable' as const }],
    [null, { outcome: 'partial' as const }],
    [null, { reason: 'not_entitled' as const }],
  ])('is %s where an attempt says %o', (shortage, attempt) => {
    expect(shortageOf(reportOf(missing, [attempt]))).toBe(shortage)
    expect(shortageOf(reportOf([], [attempt]))).toBeNull()
  })
})
