import fc from 'fast-check'
import { expect, it } from 'vitest'
import { latestView } from '../../test/latest-view.ts'
import { quoteOfLatest } from '../live/quote-of-latest.ts'
import { pieceOf } from './tape-pieces.ts'
import { TapeText } from './tape-text.ts'

const NOON = Date.UTC(2026, 10, 2, 17) * 1000
const clock = { now: () => NOON }

const textOf = (events: readonly number[]) =>
  new TapeText({
    cursor: '0b9f3c1e.7',
    pieces: events.map((agoUs, n) => {
      const view = latestView(`S${n}`, { batchId: 7, ts: NOON - agoUs })
      return pieceOf(quoteOfLatest(view, 5_000_000), undefined, clock)
    }),
    unknown: [],
  })

const written = (text: TapeText, now: number): string => {
  const into = Buffer.alloc(text.bytes)
  text.write(into, now)
  return into.toString()
}

it('moved on in place, again and again, it says what it would say when written anew', () => {
  const ago = fc.oneof(fc.integer({ min: -30_000_000, max: 30_000_000 }), fc.constantFrom(0, 500, 999_500))
  const stepUs = fc.oneof(
    fc.integer({ min: 0, max: 9_000 }).map((ms) => ms * 1000),
    fc.integer({ min: -2_000_000, max: 2_000_000_000 }),
  )
  fc.assert(
    fc.property(
      fc.array(ago, { minLength: 1, maxLength: 6 }),
      fc.array(stepUs, { maxLength: 12 }),
      (events, steps) => {
        const text = textOf(events)
        const into = Buffer.alloc(text.bytes)
        let now = NOON
        text.write(into, now)
        for (const step of steps) {
          text.update(into, now + step, now)
          now += step
          const fresh = written(text, now)
          expect(JSON.parse(into.toString())).toEqual(JSON.parse(fresh))
        }
      },
    ),
  )
})

it('tells age, stamp and staleness as the clock has them', () => {
  const text = textOf([1_000_000])
  const into = Buffer.alloc(text.bytes)
  text.write(into, NOON)
  text.update(into, NOON + 9_999_000, NOON)
  const { quotes } = JSON.parse(into.toString())
  expect(quotes[0].receipt).toMatchObject({ ageMs: 10_999, freshness: 'stale', answeredAt: NOON + 9_999_000 })
})
