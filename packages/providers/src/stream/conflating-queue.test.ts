import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ConflatingQueue } from './conflating-queue.ts'
import type { StreamEvent } from './contract.ts'
import { barOf, quoteOf, refOf } from './testing-events.ts'

const quote = (symbol: string, ts: number): StreamEvent => ({ type: 'quote', quote: quoteOf(symbol, ts) })
const seam = (from: number): StreamEvent => ({
  type: 'seam',
  refs: [refOf('A')],
  from,
  to: from + 1,
  reason: 'x',
})
const bar = (ts: number): StreamEvent => ({ type: 'bar', bar: barOf('A', ts) })

async function drain(queue: ConflatingQueue): Promise<StreamEvent[]> {
  queue.end()
  const all: StreamEvent[] = []
  for (let event = await queue.next(); event; event = await queue.next()) all.push(event)
  return all
}
const short = (e: StreamEvent) =>
  e.type === 'quote' ? `${e.quote.symbol}${e.quote.ts}` : e.type === 'seam' ? `seam${e.from}` : e.type

describe('conflating queue', () => {
  it('gives the newest quote of each instrument, in the place of its first', async () => {
    const queue = new ConflatingQueue()
    for (const [symbol, ts] of [
      ['A', 1],
      ['B', 1],
      ['A', 2],
      ['A', 3],
      ['C', 1],
    ] as const) {
      queue.push(quote(symbol, ts))
    }
    expect(queue.conflated).toBe(2)
    expect((await drain(queue)).map(short)).toEqual(['A3', 'B1', 'C1'])
  })

  it('no quote overtakes a seam, none from before it is kept beside a newer one', async () => {
    const queue = new ConflatingQueue()
    for (const event of [quote('A', 1), quote('B', 1), seam(1), quote('A', 2), quote('A', 3)])
      queue.push(event)
    expect((await drain(queue)).map(short)).toEqual(['B1', 'seam1', 'A3'])
    expect(queue.conflated).toBe(2)
  })

  it('says when it is full of what must be kept, and when there is room again', async () => {
    const queue = new ConflatingQueue(4)
    expect([1, 2, 3].map((ts) => queue.push(bar(ts)))).toEqual([true, true, true])
    expect(queue.push(seam(4))).toBe(false)
    let hasRoom = false
    const room = queue.room().then(() => {
      hasRoom = true
    })
    await queue.next()
    await Promise.resolve()
    expect(hasRoom).toBe(false)
    await queue.next()
    await room
    expect(hasRoom).toBe(true)
  })

  it('wakes a reader that waits; failing lets it have what waits first', async () => {
    const queue = new ConflatingQueue()
    const first = queue.next()
    queue.push(quote('A', 1))
    expect(short((await first)!)).toBe('A1')
    queue.push(quote('A', 2))
    queue.fail(new Error('gone'))
    expect(short((await queue.next())!)).toBe('A2')
    await expect(queue.next()).rejects.toThrow('gone')
  })

  const op = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({ op: fc.constant('quote' as const), symbol: fc.constantFrom('A', 'B', 'C') }),
    },
    { weight: 2, arbitrary: fc.record({ op: fc.constantFrom('bar' as const, 'seam' as const) }) },
    { weight: 3, arbitrary: fc.record({ op: fc.constant('read' as const) }) },
  )
  it('any order of writing and reading: bounded, in order, nothing kept is lost, the newest quote always comes', () =>
    fc.assert(
      fc.asyncProperty(fc.array(op, { maxLength: 300 }), async (ops) => {
        const queue = new ConflatingQueue(1_000)
        const read: StreamEvent[] = []
        const newest = new Map<string, number>()
        let kept = 0
        let quotes = 0
        for (const [i, o] of ops.entries()) {
          if (o.op === 'read') {
            if (queue.size > 0) read.push((await queue.next())!)
          } else if (o.op === 'quote') {
            quotes += 1
            newest.set(o.symbol, i)
            queue.push(quote(o.symbol, i))
          } else {
            kept += 1
            queue.push(o.op === 'bar' ? bar(i) : seam(i))
          }
          expect(queue.size).toBeLessThanOrEqual(kept + 3)
        }
        read.push(...(await drain(queue)))
        expect(read.filter((e) => e.type !== 'quote')).toHaveLength(kept)
        expect(read.filter((e) => e.type === 'quote').length + queue.conflated).toBe(quotes)
        const last = new Map<string, number>()
        let lastSeam = -1
        for (const e of read) {
          if (e.type === 'seam') lastSeam = e.from
          if (e.type !== 'quote') continue
          expect(e.quote.ts).toBeGreaterThan(last.get(e.quote.symbol) ?? -1)
          expect(e.quote.ts).toBeGreaterThan(lastSeam)
          last.set(e.quote.symbol, e.quote.ts)
        }
        expect(last).toEqual(newest)
      }),
    ))
})
