import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createOrdering } from './ordering.ts'
import { barOf, quoteOf } from './testing-events.ts'

const NOW = 1_000_000_000

describe('ordering', () => {
  it('tells duplicates, old ones and those of the future from news', () => {
    const ordering = createOrdering()
    const verdict = (ts: number, last: number) => ordering.quote(quoteOf('AAPL', ts, { last }), NOW)
    expect(verdict(10, 1)).toBe('news')
    expect(verdict(10, 1)).toBe('duplicate')
    expect(verdict(10, 2)).toBe('news')
    expect(verdict(10, 1)).toBe('duplicate')
    expect(verdict(9, 1)).toBe('out_of_order')
    expect(verdict(NOW + 121_000_000, 3)).toBe('from_the_future')
    expect(verdict(11, 1)).toBe('news')
  })

  it('whatever comes, what it lets through never goes back and never comes twice', () => {
    const frames = fc.array(
      fc.record({ symbol: fc.constantFrom('A', 'B'), ts: fc.nat(30), last: fc.integer({ min: 1, max: 4 }) }),
      { maxLength: 200 },
    )
    fc.assert(
      fc.property(frames, (all) => {
        const ordering = createOrdering()
        const passed = all.filter(
          ({ symbol, ts, last }) => ordering.quote(quoteOf(symbol, ts, { last }), NOW) === 'news',
        )
        for (const symbol of ['A', 'B']) {
          const mine = passed.filter((p) => p.symbol === symbol)
          expect(mine.every((p, i) => i === 0 || p.ts >= mine[i - 1]!.ts)).toBe(true)
          expect(new Set(mine.map((p) => `${p.ts} ${p.last}`)).size).toBe(mine.length)
          // And nothing that is news by its time alone is withheld.
          const newest = Math.max(-1, ...all.filter((p) => p.symbol === symbol).map((p) => p.ts))
          expect(mine.at(-1)?.ts ?? -1).toBe(newest)
        }
      }),
    )
  })

  it('lets a corrected bar through, once, and forgets what is long past', () => {
    const ordering = createOrdering()
    const verdict = (minute: number, close = 100) =>
      ordering.bar(barOf('AAPL', minute * 60_000_000, { close }), NOW)
    expect(verdict(1)).toBe('news')
    expect(verdict(1)).toBe('duplicate')
    expect(verdict(1, 100.5)).toBe('news')
    for (const minute of [2, 3, 4, 5, 6, 7]) expect(verdict(minute)).toBe('news')
    expect(verdict(1)).toBe('out_of_order')
  })

  it('forgets instruments that are streamed no more', () => {
    const ordering = createOrdering()
    ordering.quote(quoteOf('AAPL', 10), NOW)
    ordering.forget(new Set(['equity:AAPL']))
    expect(ordering.quote(quoteOf('AAPL', 9), NOW)).toBe('news')
  })
})
