import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isSnapshotRow, snapshotSchema } from './payload-snapshot.ts'

/** Mostly a good value, now and then another one. */
const or = (good: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 12, arbitrary: good }, { weight: 1, arbitrary: odd })
const odd = fc.constantFrom<unknown>(
  null,
  undefined,
  '',
  'x',
  '12',
  -1,
  0,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  true,
  [],
  [1],
  {},
  5n,
)
const number = or(fc.double({ noNaN: true, min: 0, max: 1e9 }))
const epoch = or(fc.oneof(fc.bigInt({ min: 0n, max: 10n ** 19n }).map(String), fc.nat()))
const some = (fields: Record<string, fc.Arbitrary<unknown>>) => or(fc.record(fields, { requiredKeys: [] }))
const ohlcv = { o: number, h: number, l: number, c: number, v: number, vw: number }

const row = fc.oneof(
  { weight: 1, arbitrary: odd },
  {
    weight: 30,
    arbitrary: fc.record(
      {
        ticker: or(fc.string({ minLength: 1 })),
        day: some(ohlcv),
        prevDay: some(ohlcv),
        min: some({ ...ohlcv, t: number, av: number, n: number }),
        lastTrade: some({ p: number, s: number, t: epoch, c: fc.constant([37]) }),
        lastQuote: some({ P: number, p: number, S: number, s: number, a: number, b: number, t: epoch }),
        updated: epoch,
        other: fc.jsonValue(),
      },
      { requiredKeys: ['ticker'] },
    ),
  },
)

describe('the quick look at a snapshot', () => {
  it('says what the schema says, of good rows and of bad ones', () => {
    let accepted = 0
    fc.assert(
      fc.property(row, (raw) => {
        const parsed = snapshotSchema.safeParse(raw)
        expect(isSnapshotRow(raw)).toBe(parsed.success)
        if (!parsed.success) return
        expect(parsed.data).toEqual(raw)
        accepted += 1
      }),
      { numRuns: 3_000 },
    )
    expect(accepted).toBeGreaterThan(500)
    expect(accepted).toBeLessThan(2_900)
  })
})
