import { afterEach, describe, expect, it, vi } from 'vitest'
import { type FaultOrder, FaultScript } from './faults.ts'
import { type Frame, FrameGate } from './frame-gate.ts'
import { Timers } from './wall-time.ts'

const timers: Timers[] = []
afterEach(() => {
  for (const one of timers.splice(0)) one.close()
  vi.useRealTimers()
})

function gateWith(...orders: Omit<FaultOrder, 'vendor'>[]) {
  const wall = new Timers(() => Date.now())
  timers.push(wall)
  const faults = new FaultScript(wall.nowMs)
  for (const order of orders) faults.add({ vendor: 'oanda', ...order })
  const late: Frame[] = []
  const gate = new FrameGate({ faults, wall }, 'oanda', '/stream', (frame) => late.push(frame))
  return { gate, late, faults }
}

describe('the frame gate', () => {
  it('lets everything through when nothing is ordered', () => {
    const { gate } = gateWith()
    expect(gate.pass('a')).toEqual(['a'])
    expect(gate.pass(Buffer.from('b'))).toEqual([Buffer.from('b')])
  })

  it('mutes, doubles, swaps and cuts, but not what is control', () => {
    const { gate } = gateWith(
      { kind: 'mute', count: 2 },
      { kind: 'duplicate', count: 1 },
      { kind: 'out_of_order', count: 1 },
      { kind: 'cut', count: 1 },
    )
    expect(gate.pass('signed in', { control: true })).toBe('cut')
    expect([gate.pass('a'), gate.pass('b')]).toEqual([[], []])
    expect(gate.pass('c')).toEqual(['c', 'c'])
    expect(gate.pass('d')).toEqual([])
    expect(gate.pass('e')).toEqual(['e', 'd'])
    expect(gate.pass('f')).toEqual(['f'])
  })

  it('spoils a number, or what the vendor says', () => {
    const { gate } = gateWith({ kind: 'malformed_row', count: 3 }, { kind: 'truncated_page', count: 1 })
    expect(gate.pass('{"sym":"A","p":12.5,"t":1}')).toEqual(['{"sym":"A","p":"n/a","t":1}'])
    expect(gate.pass('{"price":"12.5"}')).toEqual(['{"price":"n/a"}'])
    expect(gate.pass('x', { spoiled: () => 'y' })).toEqual(['y'])
    expect(gate.pass('abcdef')).toEqual(['abc'])
  })

  it('heeds symbol, path and place', () => {
    const { gate } = gateWith(
      { kind: 'mute', symbol: 'EUR-USD' },
      { kind: 'duplicate', match: '/other' },
      { kind: 'cut', on: 'request' },
    )
    expect(gate.pass('e', { symbol: 'EUR-USD' })).toEqual([])
    expect(gate.pass('g', { symbol: 'GBP-USD' })).toEqual(['g'])
    expect(gate.pass('all')).toEqual(['all'])
  })

  it('holds slow frames and all that follow, in order', () => {
    vi.useFakeTimers()
    const { gate, late } = gateWith({ kind: 'slow', delayMs: 100, count: 1 })
    expect(gate.pass('a')).toEqual([])
    expect(gate.pass('b')).toEqual([])
    vi.advanceTimersByTime(99)
    expect(late).toEqual([])
    vi.advanceTimersByTime(1)
    expect(late).toEqual(['a', 'b'])
    expect(gate.pass('c')).toEqual(['c'])
  })
})
