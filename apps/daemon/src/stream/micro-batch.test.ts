import type { Instrument } from '@onetape/db'
import type { Bar, Quote } from '@onetape/market'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createMicroBatch } from './micro-batch.ts'

const instrument = (id: number): Instrument => ({ id, symbol: `S${id}`, assetClass: 'equity' }) as Instrument
const quote = (ts: number, last: number | null, over: Partial<Quote> = {}): Quote =>
  ({ ts, last, bid: null, ask: null, volume: null, ...over }) as Quote
const bar = (ts: number): Bar => ({ timeframe: '1m', ts, close: ts }) as Bar

describe('a micro-batch', () => {
  it('keeps the newest price of each instrument and counts the others', () => {
    const batch = createMicroBatch()
    batch.quote(instrument(1), quote(1, 10))
    batch.quote(instrument(2), quote(1, 20))
    batch.quote(instrument(1), quote(2, 11))
    const taken = batch.take()!
    expect([...taken.quotes.values()].map(({ quote: q }) => q.last)).toEqual([11, 20])
    expect(batch.counts()).toEqual({ conflated: 1, dropped: 0 })
    expect(batch.take()).toBeNull()
  })

  it('does not lose a trade behind a bid that came after it', () => {
    const batch = createMicroBatch()
    batch.quote(instrument(1), quote(1, 10, { volume: 5 }))
    batch.quote(instrument(1), quote(2, null, { bid: 9.9 }))
    expect([...batch.take()!.quotes.values()][0]!.quote).toMatchObject({
      ts: 2,
      last: 10,
      volume: 5,
      bid: 9.9,
    })
  })

  it('gives back what was not written, but never over what is newer', () => {
    const batch = createMicroBatch()
    batch.quote(instrument(1), quote(1, 10))
    batch.quote(instrument(2), quote(1, 20))
    batch.bar(instrument(1), bar(60))
    const taken = batch.take()!
    batch.quote(instrument(1), quote(5, 15))
    batch.giveBack(taken)
    const again = batch.take()!
    expect([...again.quotes.values()].map(({ quote: q }) => q.last).sort()).toEqual([15, 20])
    expect(again.bars.size).toBe(1)
  })

  it('drops bars beyond its bound and counts them, a correction of one that waits is none', () => {
    const batch = createMicroBatch(2)
    for (const ts of [1, 2, 2, 3]) batch.bar(instrument(1), bar(ts))
    expect(batch.counts().dropped).toBe(1)
    expect(batch.take()!.bars.size).toBe(2)
  })

  it('whatever comes: no more prices than instruments, none unaccounted for, the last one of each wins', () => {
    const event = fc.record({ id: fc.integer({ min: 1, max: 5 }), take: fc.boolean() })
    fc.assert(
      fc.property(fc.array(event, { maxLength: 200 }), (events) => {
        const batch = createMicroBatch()
        const newest = new Map<number, number>()
        const written = new Map<number, number>()
        let rows = 0
        const drain = () => {
          for (const [id, { quote: q }] of batch.take()?.quotes ?? []) {
            rows += 1
            written.set(id, q.ts)
          }
        }
        for (const [ts, { id, take }] of events.entries()) {
          batch.quote(instrument(id), quote(ts, 1))
          newest.set(id, ts)
          if (take) drain()
        }
        drain()
        expect(written).toEqual(newest)
        expect(rows + batch.counts().conflated).toBe(events.length)
      }),
    )
  })
})
