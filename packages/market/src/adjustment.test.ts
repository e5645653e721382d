import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type AdjustmentFacts, adjustmentsOf, rebased } from './adjustment.ts'
import { BASES, type Basis, type Ohlcv } from './bar.ts'
import type { CorporateAction } from './corporate-action.ts'
import { sessionsBetween } from './session.ts'

const AAPL = { assetClass: 'equity', symbol: 'AAPL' } as const
const split = (exDate: string, ratio: number): CorporateAction => ({ ...AAPL, exDate, kind: 'split', ratio })
const dividend = (exDate: string, amount: number, currency = 'USD'): CorporateAction => ({
  ...AAPL,
  ...{ exDate, kind: 'dividend', amount, currency },
})

interface Day extends Ohlcv {
  date: string
}
const day = (date: string, close: number, volume: number | null = 1_000): Day => ({
  ...{ date, open: close, high: close, low: close, close, volume },
})

/** As if these days were all that is known. */
const factsOf = (
  days: readonly Day[],
  actions: readonly CorporateAction[],
  closesBasis: Basis = 'raw',
): AdjustmentFacts => ({
  ...{ actions, today: '2026-11-20', currency: 'USD', closesBasis },
  closeBefore: (exDate) => days.findLast((d) => d.date < exDate)?.close,
})
const converted = (days: readonly Day[], from: Basis, to: Basis, actions: readonly CorporateAction[]) => {
  const known = adjustmentsOf(factsOf(days, actions, from))
  expect(known.totalLimit).toBeNull()
  return days.map((d) => rebased(d, { from, to, since: known.since(d.date) }))
}

describe('known figures', () => {
  // Apple, August 2020: 4 for 1 on Monday the 31st, and a dividend of 0.82 on the 7th; closes as they were printed.
  const printed = [
    day('2020-08-06', 455.61, 50_607_225),
    day('2020-08-07', 444.45, 49_511_403),
    day('2020-08-28', 499.23, 46_907_479),
    day('2020-08-31', 129.04, 225_702_700),
  ]
  const actions = [split('2020-08-31', 4), dividend('2020-08-07', 0.82), split('2026-11-23', 2)]

  it('a split divides prices and multiplies volumes of every day before it; one to come has not happened', () => {
    expect(converted(printed, 'raw', 'split', actions).map((d) => [d.date, d.close, d.volume])).toEqual([
      ['2020-08-06', 113.9025, 202_428_900],
      ['2020-08-07', 111.1125, 198_045_612],
      ['2020-08-28', 124.8075, 187_629_916],
      ['2020-08-31', 129.04, 225_702_700],
    ])
  })

  it('a dividend takes its share of the close before it from every day before it', () => {
    const total = converted(printed, 'raw', 'total', actions)
    expect(total[0]!.close).toBeCloseTo(113.9025 * (1 - 0.82 / 455.61), 10)
    expect(total[0]!.close).toBeCloseTo(113.6975, 4)
    expect(total.slice(1).map((d) => d.close)).toEqual([111.1125, 124.8075, 129.04])
    // A dividend is cash: nothing is traded more or less for it.
    expect(total.map((d) => d.volume)).toEqual(
      converted(printed, 'raw', 'split', actions).map((d) => d.volume),
    )
  })
})

describe('any series', () => {
  const dates = sessionsBetween('XNYS', '2026-09-01', '2026-11-20').map((s) => s.date)
  const price = fc.integer({ min: 100, max: 9_999_999 }).map((n) => n / 10_000 + 1)
  const days = fc.uniqueArray(fc.constantFrom(...dates), { minLength: 3, maxLength: 25 }).chain((picked) =>
    fc.tuple(
      ...picked.sort().map((date) =>
        fc
          .tuple(price, price, price, fc.integer({ min: 1, max: 1e9 }))
          .map(([open, close, other, volume]): Day => {
            const [low, high] = [Math.min(open, close, other), Math.max(open, close, other)]
            return { date, open, high, low, close, volume }
          }),
      ),
    ),
  )
  const ratios = fc.constantFrom(2, 3, 4, 7, 20, 1.5, 0.1, 0.125, 1 / 3)
  /** Never before the first day, whose close before it nobody knows; never more than a share is worth. */
  const scene = days.chain((known) =>
    fc
      .array(
        fc.tuple(
          fc.integer({ min: 1, max: known.length - 1 }),
          ratios,
          fc.integer({ min: 1, max: 9 }),
          fc.boolean(),
        ),
        {
          maxLength: 6,
        },
      )
      .map((picks) => {
        const once = [...new Map(picks.map((pick) => [pick[0], pick])).values()]
        const actions = once.map(([n, ratio, tenths, isSplit]) =>
          isSplit
            ? split(known[n]!.date, ratio)
            : dividend(known[n]!.date, (known[n - 1]!.close * tenths) / 20),
        )
        return { known, actions }
      }),
  )
  const closeTo = (a: number, b: number) => Math.abs(a / b - 1) < 1e-12

  it('goes to every basis and back, from whichever it stands on', () => {
    fc.assert(
      fc.property(
        scene,
        fc.constantFrom(...BASES),
        fc.constantFrom(...BASES),
        ({ known, actions }, from, to) => {
          const stands = converted(known, 'raw', from, actions)
          const there = converted(stands, from, to, actions)
          const back = converted(there, to, from, actions)
          for (const [n, d] of back.entries()) {
            const was = stands[n]!
            for (const what of ['open', 'high', 'low', 'close'] as const)
              expect(closeTo(d[what], was[what])).toBe(true)
            expect(closeTo(d.volume!, was.volume!)).toBe(true)
            expect(there[n]!.low).toBeLessThanOrEqual(there[n]!.high)
          }
        },
      ),
    )
  })

  it('by way of another basis is as straight there', () => {
    fc.assert(
      fc.property(scene, ({ known, actions }) => {
        const straight = converted(known, 'raw', 'total', actions)
        const detour = converted(converted(known, 'raw', 'split', actions), 'split', 'total', actions)
        expect(detour.every((d, n) => closeTo(d.close, straight[n]!.close))).toBe(true)
      }),
    )
  })

  it('keeps the ratios of a day; total return is what one who holds the share and the cash has', () => {
    fc.assert(
      fc.property(scene, ({ known, actions }) => {
        const total = converted(known, 'raw', 'total', actions)
        for (const [n, d] of total.entries()) {
          expect(closeTo(d.high / d.low, known[n]!.high / known[n]!.low)).toBe(true)
          if (n === 0) continue
          const [was, is] = [known[n - 1]!, known[n]!]
          const action = actions.find((a) => a.exDate === is.date)
          const shares = action?.kind === 'split' ? action.ratio : 1
          const paid = action?.kind === 'dividend' ? action.amount : 0
          const growth = (is.close * shares) / (was.close - paid)
          expect(closeTo(d.close / total[n - 1]!.close, growth)).toBe(true)
        }
      }),
    )
  })
})

describe('what is not known is said', () => {
  const days = [day('2026-11-05', 100), day('2026-11-06', 102)]
  it.each([
    ['the close before', [dividend('2026-11-02', 1)], /the close before the dividend of 2026-11-02/],
    ['another currency', [dividend('2026-11-06', 1, 'CAD')], /paid in CAD, the price is USD/],
    ['more than the price', [dividend('2026-11-06', 100)], /not smaller than the price/],
  ] as const)('%s', (_, actions, why) => {
    const { totalLimit, since } = adjustmentsOf(factsOf(days, actions))
    expect(totalLimit).toMatchObject({ from: actions[0]!.exDate, why: expect.stringMatching(why) })
    expect(since('2026-11-20').kept).toBe(1)
  })

  it('and what came after it is known all the same; splits always are', () => {
    const actions = [dividend('2026-11-02', 1), split('2026-11-02', 2), dividend('2026-11-06', 1)]
    const { totalLimit, since } = adjustmentsOf(factsOf(days, actions))
    expect(totalLimit?.from).toBe('2026-11-02')
    expect(since('2026-11-05')).toMatchObject({ ratio: 1, kept: 0.99 })
    expect(since('2026-10-30').ratio).toBe(2)
  })
})
