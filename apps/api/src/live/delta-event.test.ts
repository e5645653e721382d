import { describe, expect, it } from 'vitest'
import { deltaBytes, deltaInPieces, type Outgoing, Scratch, sharedBytes } from './delta-event.ts'

const delta = (count: number, length = 500) => ({
  id: '0b9f3c1e.7',
  full: false,
  rows: Array.from({ length: count }, (_, i) => i),
  writer: () => (i: number) => JSON.stringify({ i, text: 'x'.repeat(length) }),
})
/** Pieces may be reused once they were taken, so each is copied as a socket does. */
function all(event: Outgoing): string[] {
  const pieces: string[] = []
  for (let piece = event.next(); piece; piece = event.next()) pieces.push(piece.toString('latin1'))
  return pieces
}

describe('an event', () => {
  it.each([0, 1, 3, 1_000])('of %i rows is the same in pieces and whole', (count) => {
    const whole = deltaBytes(delta(count)).toString('latin1')
    const pieces = all(deltaInPieces(delta(count), new Scratch()))
    expect(pieces.join('')).toBe(whole)
    expect(all(sharedBytes(deltaBytes(delta(count)))).join('')).toBe(whole)
    const [, data] = /^data: (.*)\nid: 0b9f3c1e\.7\n\n\n$/.exec(whole)!
    expect(JSON.parse(data!).rows).toHaveLength(count)
  })

  it('comes in pieces of a bounded size', () => {
    const pieces = all(deltaInPieces(delta(5_000), new Scratch()))
    expect(pieces.length).toBeGreaterThan(30)
    expect(Math.max(...pieces.map((p) => p.length))).toBeLessThan(67_000)
    expect(all(sharedBytes(Buffer.alloc(2_500_000))).map((p) => p.length)).toEqual([
      1_048_576, 1_048_576, 402_848,
    ])
  })

  it('holds a row of any size', () => {
    const event = delta(3, 300_000)
    expect(all(deltaInPieces(event, new Scratch())).join('')).toBe(deltaBytes(event).toString('latin1'))
  })

  it('writes a row as it is when its turn comes', () => {
    let version = 1
    const event = deltaInPieces(
      { ...delta(2), writer: () => () => `{"v":${version},"text":"${'x'.repeat(70_000)}"}` },
      new Scratch(),
    )
    const first = event.next()!.toString('latin1')
    version = 2
    expect(first + event.next()!.toString('latin1')).toMatch(/"v":1.*"v":2/)
  })

  it('leaves bytes alone that are still in use', () => {
    const scratch = new Scratch()
    const kept = scratch.take(5)
    kept.write('kept!')
    scratch.leave()
    scratch.take(5).write('other')
    expect(kept.toString()).toBe('kept!')
  })
})
