import { addDays, type Bar, type Basis, type CorporateAction, sessionOn } from '@onetape/market'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { midnightOf } from '../bar-time.ts'
import { type Conversion, conversionFault, convertBars } from './adjust.ts'

const AAPL = { assetClass: 'equity', symbol: 'AAPL' } as const
const TODAY = '2026-11-20'

const bar = (sessionDate: string, close: number, over: Partial<Bar> = {}): Bar => ({
  ...AAPL,
  timeframe: '1d',
  ts: midnightOf(sessionDate),
  sessionDate,
  open: close,
  high: close,
  low: close,
  close,
  volume: 1000,
  basis: 'raw',
  feed: 'sip',
  final: true,
  ...over,
})
const split = (exDate: string, ratio: number): CorporateAction => ({ ...AAPL, exDate, kind: 'split', ratio })
const dividend = (exDate: string, amount: number, currency = 'USD'): CorporateAction => ({
  ...AAPL,
  exDate,
  kind: 'dividend',
  amount,
  currency,
})
const conversion = (from: Basis, to: Basis, actions: readonly CorporateAction[]): Conversion => ({
  from,
  to,
  actions,
  today: TODAY,
  currency: 'USD',
})
const converted = (bars: readonly Bar[], to: Basis, actions: readonly CorporateAction[]) => {
  const result = convertBars(bars, conversion(bars[0]!.basis, to, actions))
  if (typeof result === 'string') throw new Error(result)
  return result
}

describe('splits', () => {
  it('divide prices and multiply volumes of every bar before the ex-date', () => {
    const raw = [bar('2014-06-06', 645.57), bar('2014-06-09', 93.7)]
    const bars = converted(raw, 'split', [split('2014-06-09', 7), split('2020-08-31', 4)])
    expect(bars.map((b) => [b.close, b.volume, b.basis])).toEqual([
      [645.57 / 28, 28_000, 'split'],
      [93.7 / 4, 4_000, 'split'],
    ])
    expect(bars[0]!.close).toBeCloseTo(23.05607, 5)
  })

  it('announced for later have not happened', () => {
    expect(converted([bar('2026-11-19', 300)], 'split', [split('2026-11-23', 2)])[0]!.close).toBe(300)
  })

  it('raw -> split -> raw is the same, to the last digit', () => {
    const dates = Array.from({ length: 40 }, (_, i) => addDays('2026-09-01', i))
    const price = fc.integer({ min: 1, max: 9_999_999_999 }).map((n) => n / 10_000)
    const bars = fc.uniqueArray(fc.constantFrom(...dates), { minLength: 1, maxLength: 20 }).chain((days) =>
      fc.tuple(
        ...days.sort().map((day) =>
          fc.tuple(price, price, fc.integer({ min: 1, max: 1e9 })).map(([a, b, v]) => {
            const [low, high] = [Math.min(a, b), Math.max(a, b)]
            return bar(day, a, { low, high, open: b, close: a, volume: v })
          }),
        ),
      ),
    )
    const ratio = fc.constantFrom(2, 3, 4, 7, 20, 1.5, 1.1, 0.1, 0.125, 1 / 30, 1 / 3)
    const splits = fc.array(
      fc.tuple(fc.constantFrom(...dates), ratio).map(([d, r]) => split(d, r)),
      { maxLength: 5 },
    )
    fc.assert(
      fc.property(bars, splits, (raw, actions) => {
        const there = converted(raw, 'split', actions)
        expect(there.every((b) => b.basis === 'split' && b.low <= b.high)).toBe(true)
        expect(converted(there, 'raw', actions)).toEqual(raw)
        // What was traded is the same money on either basis.
        const off = there.map((b, i) => (b.close * b.volume!) / (raw[i]!.close * raw[i]!.volume!) - 1)
        expect(off.every((part) => Math.abs(part) < 1e-12)).toBe(true)
      }),
    )
  })
})

describe('dividends', () => {
  it('take their share of the close before', () => {
    const bars = converted(
      [bar('2026-11-05', 100), bar('2026-11-06', 102), bar('2026-11-09', 101)],
      'total',
      [dividend('2026-11-09', 1.02)],
    )
    expect(bars.map((b) => b.close)).toEqual([99, 100.98, 101])
    expect(bars.map((b) => [b.basis, b.volume])).toEqual(Array(3).fill(['total', 1000]))
  })

  it('paid before a split count in shares of today; two of one day count together', () => {
    const actions = [dividend('2026-11-06', 3), dividend('2026-11-06', 1), split('2026-11-09', 4)]
    const bars = converted(
      [bar('2026-11-05', 400), bar('2026-11-06', 396), bar('2026-11-09', 99)],
      'total',
      actions,
    )
    expect(bars.map((b) => b.close)).toEqual([99, 99, 99])
  })

  it('total return equals holding the share and the cash', () => {
    const closes = fc.array(
      fc.integer({ min: 500, max: 50_000 }).map((n) => n / 100),
      { minLength: 2, maxLength: 15 },
    )
    const days: string[] = []
    for (let day = '2026-10-01'; days.length < 15; day = addDays(day, 1))
      if (sessionOn('XNYS', day)) days.push(day)
    fc.assert(
      fc.property(
        closes,
        // One a day: several together could exceed the price, which is refused.
        fc.uniqueArray(fc.tuple(fc.nat(13), fc.integer({ min: 1, max: 400 })), {
          maxLength: 5,
          selector: ([day]) => day,
        }),
        (prices, paid) => {
          const raw = prices.map((close, i) => bar(days[i]!, close))
          const actions = paid
            .filter(([i]) => i + 1 < raw.length)
            .map(([i, cents]) => dividend(days[i + 1]!, cents / 100))
          const total = converted(raw, 'total', actions)
          for (let i = 1; i < raw.length; i++) {
            const cash = actions.reduce(
              (sum, a) => (a.exDate === days[i] && a.kind === 'dividend' ? sum + a.amount : sum),
              0,
            )
            const growth = total[i]!.close / total[i - 1]!.close
            expect(growth).toBeCloseTo(raw[i]!.close / (raw[i - 1]!.close - cash), 9)
          }
        },
      ),
    )
  })
})

describe('what cannot be exact is refused', () => {
  const range = { timeframe: '1d', from: midnightOf('2026-10-01'), to: midnightOf('2026-11-21') } as const
  it.each([
    ['total', 'raw', [], range, /cannot be turned back/],
    [
      'raw',
      'split',
      [split('2026-11-11', 2)],
      { ...range, timeframe: '1w' },
      /falls inside one of its 1w bars/,
    ],
    ['split', 'total', [dividend('2026-11-09', 1)], { ...range, timeframe: '5m' }, /official closes/],
    ['split', 'total', [dividend('2026-11-09', 1, 'CAD')], range, /paid in CAD/],
    [
      'split',
      'total',
      [dividend('2026-11-19', 1)],
      { ...range, to: midnightOf('2026-11-10') },
      /after the range/,
    ],
  ] as const)('%s to %s', (from, to, actions, asked, reason) => {
    expect(conversionFault(conversion(from, to, actions), asked)).toMatch(reason)
  })

  it('and nothing else', () => {
    expect(conversionFault(conversion('split', 'total', [dividend('2026-11-09', 1)]), range)).toBeNull()
    expect(
      conversionFault(conversion('split', 'raw', [split('2026-11-09', 2)]), { ...range, timeframe: '5m' }),
    ).toBeNull()
    expect(
      conversionFault(conversion('raw', 'split', [split('2026-11-09', 2)]), { ...range, timeframe: '1w' }),
    ).toBeNull()
    expect(
      conversionFault(conversion('split', 'split', [split('2026-11-11', 2)]), { ...range, timeframe: '1w' }),
    ).toBeNull()
    // Before the range, or not yet.
    expect(
      conversionFault(
        conversion('split', 'total', [dividend('2026-09-11', 1, 'CAD'), dividend('2026-12-01', 1, 'CAD')]),
        range,
      ),
    ).toBeNull()
  })

  it('also when the series turns out to end too early', () => {
    const convert = (bars: Bar[]) =>
      convertBars(bars, conversion('split', 'total', [dividend('2026-11-19', 1)]))
    expect(convert([bar('2026-11-13', 100, { basis: 'split' })])).toMatch(/not in the series/)
    expect(convert([bar('2026-11-18', 100, { basis: 'split' })])).toMatchObject([{ close: 99 }])
  })
})
