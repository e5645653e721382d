import { describe, expect, it } from 'vitest'
import { Arena } from './arena.ts'
import { deltaBytes, deltaInPieces, type Outgoing, sharedBytes } from './delta-event.ts'

const delta = (count: number, length = 500) => ({
  id: '0b9f3c1e.7',
  full: false,
  rows: Array.from({ length: count }, (_, i) => i),
  writer: () => (i: number) => Buffer.from(JSON.stringify({ i, text: 'x'.repeat(length) })),
})
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1')
const take = (length: number) => new Uint8Array(length)
function all(event: Outgoing): string[] {
  const pieces: string[] = []
  for (let piece = event.next(take); piece; piece = event.next(take)) pieces.push(text(piece))
  return pieces
}

describe('an event', () => {
  it.each([0, 1, 3, 1_000])('of %i rows is the same in pieces and whole', (count) => {
    const whole = text(deltaBytes(delta(count)))
    const pieces = all(deltaInPieces(delta(count)))
    expect(pieces.join('')).toBe(whole)
    expect(all(sharedBytes(deltaBytes(delta(count)))).join('')).toBe(whole)
    const [, data] = /^data: (.*)\nid: 0b9f3c1e\.7\n\n\n$/.exec(whole)!
    expect(JSON.parse(data!).rows).toHaveLength(count)
  })

  it('comes in pieces of a bounded size', () => {
    const pieces = all(deltaInPieces(delta(5_000)))
    expect(pieces.length).toBeGreaterThan(30)
    expect(Math.max(...pieces.map((p) => p.length))).toBeLessThan(67_000)
    expect(all(sharedBytes(Buffer.alloc(2_500_000))).map((p) => p.length)).toEqual([
      1_048_576, 1_048_576, 402_848,
    ])
  })

  it('holds a row of any size', () => {
    const event = delta(3, 300_000)
    expect(all(deltaInPieces(event)).join('')).toBe(text(deltaBytes(event)))
  })

  it('writes a row as it is when its turn comes', () => {
    let version = 1
    const event = deltaInPieces({
      ...delta(2),
      writer: () => () => Buffer.from(`{"v":${version},"text":"${'x'.repeat(70_000)}"}`),
    })
    const first = text(event.next(take)!)
    version = 2
    expect(first + text(event.next(take)!)).toMatch(/"v":1.*"v":2/)
  })
})

describe('an arena', () => {
  it('gives other bytes until it has them back, and none that are still held', () => {
    const arena = new Arena()
    const first = arena.take(5).fill(1)
    arena.take(5).fill(2)
    expect([...first]).toEqual([1, 1, 1, 1, 1])
    arena.giveBack(true)
    arena.take(5).fill(3)
    expect([...first]).toEqual([1, 1, 1, 1, 1])
    arena.giveBack(false)
    const again = arena.take(5)
    expect([...again]).toEqual([3, 3, 3, 3, 3])
    expect(arena.take(200_000).length + arena.take(200_000).length).toBe(400_000)
    expect(arena.isHalfFull).toBe(true)
    expect(arena.take(9_000_000)).toHaveLength(9_000_000)
    expect([...again]).toEqual([3, 3, 3, 3, 3])
  })
})
