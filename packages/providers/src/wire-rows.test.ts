import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { barEnd, inOrder, periodStart } from './bar-time.ts'
import { normalizeProduct } from './coinbase/normalize.ts'
import { productSchema } from './coinbase/payload.ts'
import { occFromOption, optionFromOcc } from './occ-symbol.ts'
import { normalizeSnapshot } from './polygon/normalize.ts'
import { isSnapshotRow, snapshotSchema } from './polygon/payload-snapshot.ts'
import { at } from './testing-server.ts'
import { readRows } from './wire-rows.ts'
import { normalizeQuote } from './yahoo/normalize.ts'
import { quoteSchema } from './yahoo/payload.ts'

const fetchedAt = at('2026-02-25T15:00:00Z')

describe('rubbish on the wire', () => {
  const rubbish = fc.array(fc.anything({ withNullPrototype: true, maxDepth: 3 }), { maxLength: 20 })

  it('is counted row by row and never thrown', () => {
    const context = { assetClass: 'equity', delayed: false, fetchedAt } as const
    fc.assert(
      fc.property(rubbish, (list) => {
        const parts = [
          readRows(list, { schema: snapshotSchema, normalize: (r) => normalizeSnapshot(r, context) }),
          readRows(list, {
            schema: snapshotSchema,
            isWellShaped: isSnapshotRow,
            normalize: (r) => normalizeSnapshot(r, context),
          }),
          readRows(list, { schema: quoteSchema, normalize: normalizeQuote }),
          readRows(list, { schema: productSchema, normalize: (r) => normalizeProduct(r, fetchedAt) }),
        ]
        for (const { rows, dropped } of parts) expect(rows.length + dropped.length).toBe(list.length)
      }),
    )
  })

  it('a row of odd numbers becomes no odd price', () => {
    const number = fc.oneof(fc.double(), fc.constantFrom(0, -1, null))
    const row = fc.record({
      ticker: fc.constant('ACME'),
      day: fc.record({ o: number, h: number, l: number, c: number, v: number }),
      min: fc.record({
        o: number,
        h: number,
        l: number,
        c: number,
        v: number,
        t: fc.constant(1772031540000),
      }),
      lastTrade: fc.record({ p: number, t: fc.constant('1772031599123456789') }),
      lastQuote: fc.record({
        p: number,
        P: number,
        s: number,
        S: number,
        t: fc.constant('1772031599123456789'),
      }),
    })
    const context = { assetClass: 'equity', delayed: false, fetchedAt } as const
    fc.assert(
      fc.property(row, (raw) => {
        const { rows } = readRows([raw], {
          schema: snapshotSchema,
          normalize: (r) => normalizeSnapshot(r, context),
        })
        for (const { quote, day } of rows) {
          const prices = [quote.last, quote.bid, quote.ask, day?.open, day?.high, day?.low, day?.close]
          for (const price of prices) if (price != null) expect(price).toBeGreaterThan(0)
        }
      }),
    )
  })
})

describe('when a bar is over', () => {
  const bar = (
    timeframe: '1d' | '1w' | '1mo' | '1m',
    sessionDate: string,
    assetClass: 'equity' | 'crypto' = 'equity',
  ) => barEnd({ assetClass, timeframe, ts: at(sessionDate), sessionDate })

  it('a day at its close, early closes and days off included', () => {
    expect(bar('1d', '2026-02-25')).toBe(at('2026-02-25T21:00:00Z'))
    expect(bar('1d', '2026-07-15')).toBe(at('2026-07-15T20:00:00Z'))
    expect(bar('1d', '2026-11-27')).toBe(at('2026-11-27T18:00:00Z')) // day after Thanksgiving
    expect(bar('1d', '2026-12-25')).toBe(at('2026-12-26T05:00:00Z')) // no session: the date's own end
    expect(bar('1d', '2026-02-25', 'crypto')).toBe(at('2026-02-26'))
  })

  it('a week and a month at the close of their last session', () => {
    expect(bar('1w', '2026-03-30')).toBe(at('2026-04-02T20:00:00Z')) // Good Friday: Thursday ends the week
    expect(bar('1mo', '2026-02-01')).toBe(at('2026-02-27T21:00:00Z'))
    expect(bar('1m', '2026-02-25')).toBe(at('2026-02-25T00:01:00Z'))
  })

  it('periods start on Monday and on the first', () => {
    expect(periodStart('2026-02-22', '1w')).toBe('2026-02-23') // a Sunday opens the vendor's week
    expect(periodStart('2026-02-28', '1w')).toBe('2026-02-23')
    expect(periodStart('2026-02-28', '1mo')).toBe('2026-02-01')
  })

  it('bars come oldest first, one a start, the later row kept', () => {
    const { bars, repeated } = inOrder([
      { ts: 3, c: 'a' },
      { ts: 1, c: 'b' },
      { ts: 3, c: 'c' },
    ])
    expect([bars, repeated]).toEqual([
      [
        { ts: 1, c: 'b' },
        { ts: 3, c: 'c' },
      ],
      1,
    ])
  })
})

it('option symbols go both ways', () => {
  expect(optionFromOcc('AAPL  240517P00190000')).toBe('AAPL:2024-05-17:P:190')
  expect(occFromOption('AAPL:2024-05-17:P:190')).toBe('AAPL240517P00190000')
  expect(occFromOption('F:2024-05-17:C:12.5')).toBe('F240517C00012500')
  expect([optionFromOcc('AAPL'), occFromOption('AAPL')]).toEqual([null, null])
})
