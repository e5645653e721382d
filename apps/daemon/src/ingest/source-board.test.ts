import { type ErrorKind, ProviderError } from '@onetape/providers'
import { describe, expect, it } from 'vitest'
import { handClock } from '../../test/clocks.ts'
import { createSourceBoard, pauseMs, type SourceStatus } from './source-board.ts'

const error = (kind: ErrorKind, over: { status?: number; retryAfterMs?: number } = {}) =>
  new ProviderError(kind, `polygon ${kind}`, { provider: 'polygon', ...over })

function setUp() {
  const wall = handClock(0)
  const said: [string, SourceStatus, SourceStatus | null][] = []
  const board = createSourceBoard({
    sources: [
      { name: 'polygon', missing: [] },
      { name: 'oanda', missing: ['OANDA_TOKEN'] },
    ],
    wall,
    market: handClock(9_000),
    onChange: (state, before) => said.push([state.name, state.status, before]),
  })
  const polygon = () => board.states().find((s) => s.name === 'polygon')!
  return { wall, said, board, polygon }
}

describe('the source board', () => {
  it('never asks a source without credentials, and says what it needs', () => {
    const { board } = setUp()
    expect(board.ready('oanda')).toBe(false)
    expect(board.states()[1]).toEqual({
      name: 'oanda',
      status: 'unconfigured',
      message: 'needs OANDA_TOKEN',
      at: null,
    })
  })

  it('says each change once, however often a source fails', () => {
    const { board, said, polygon } = setUp()
    for (let i = 0; i < 5; i++) board.failed('polygon', error('unavailable'))
    expect(said).toEqual([['polygon', 'unreachable', null]])
    expect(polygon()).toMatchObject({ message: 'polygon unavailable', at: 9_000 })
    board.succeeded('polygon')
    board.succeeded('polygon')
    expect(said.slice(1)).toEqual([['polygon', 'ok', 'unreachable']])
    expect(polygon()).toMatchObject({ status: 'ok', message: null })
  })

  it('tells an answer that is an error from no answer', () => {
    const { board, polygon } = setUp()
    board.failed('polygon', error('unavailable', { status: 503 }))
    expect(polygon().status).toBe('failing')
    board.failed('polygon', error('unavailable'))
    expect(polygon().status).toBe('unreachable')
  })

  it('leaves a failing source alone twice as long each time, until it answers', () => {
    const { board, wall } = setUp()
    board.failed('polygon', error('unavailable'))
    expect(board.ready('polygon')).toBe(false)
    wall.forward(2_000_000)
    expect(board.ready('polygon')).toBe(true)
    board.failed('polygon', error('unavailable'))
    wall.forward(2_000_000)
    expect(board.ready('polygon')).toBe(false)
    wall.forward(2_000_000)
    expect(board.ready('polygon')).toBe(true)
    board.succeeded('polygon')
    board.failed('polygon', error('unavailable'))
    wall.forward(2_000_000)
    expect(board.ready('polygon')).toBe(true)
  })

  it('waits as long as the vendor asks, long where a person must act, and never for ever', () => {
    expect(pauseMs(error('rate_limited', { retryAfterMs: 61_000 }), 1)).toBe(61_000)
    expect(pauseMs(error('unauthorized'), 1)).toBe(300_000)
    expect(pauseMs(error('unavailable'), 60)).toBe(120_000)
  })

  it('does not blame a source for a question that it cannot answer', () => {
    const { board, said } = setUp()
    board.failed('polygon', error('unsupported'))
    board.failed('polygon', error('not_found'))
    expect(board.ready('polygon')).toBe(true)
    expect(said).toEqual([])
  })
})
