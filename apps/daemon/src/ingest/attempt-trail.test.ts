import { ProviderError, type WireCall } from '@onetape/providers'
import { describe, expect, it } from 'vitest'
import { handClock } from '../../test/clocks.ts'
import { createAttemptTrail, streamedAttempt } from './attempt-trail.ts'

const START = 1_000_000_000
const wire = (what: string, over: Partial<WireCall> = {}): WireCall => ({
  at: START + 0.4,
  what,
  scope: 'rest',
  outcome: 'ok',
  status: 200,
  latencyMs: 12.345,
  ...over,
})
const down = (over = {}) =>
  new ProviderError('unavailable', 'polygon is down', { provider: 'polygon', ...over })
const spent = new ProviderError('rate_limited', 'the budget is spent', {
  provider: 'polygon',
  origin: 'budget',
  retryAfterMs: 2_000,
})

function setUp() {
  const wall = handClock(START)
  return { wall, trail: createAttemptTrail(wall) }
}

describe('a trail of attempts', () => {
  it('tells who failed, why and when, then who served, with what was really sent', () => {
    const { wall, trail } = setUp()
    const first = trail.begin('polygon', 3)
    first.sent(wire('api/v2/snapshot', { outcome: 'unavailable', status: 503 }))
    wall.forward(250_000)
    first.failed(down())
    const second = trail.begin('alpaca', 3)
    second.sent(wire('data/v2/stocks'))
    wall.forward(40_000)
    second.answered(3)
    expect(trail.until('alpaca')).toEqual([
      {
        source: 'polygon',
        outcome: 'failed',
        reason: 'unavailable',
        message: 'polygon is down',
        startedAt: START,
        latencyMs: 250,
        asked: 3,
        served: 0,
        calls: [wire('api/v2/snapshot', { at: START, outcome: 'unavailable', status: 503, latencyMs: 12.3 })],
      },
      {
        source: 'alpaca',
        outcome: 'served',
        startedAt: START + 250_000,
        latencyMs: 40,
        asked: 3,
        served: 3,
        calls: [wire('data/v2/stocks', { at: START, latencyMs: 12.3 })],
      },
    ])
  })

  it('ends with the source of the batch: whoever came later has no part in it', () => {
    const { trail } = setUp()
    trail.begin('polygon', 3).answered(2)
    trail.begin('yahoo', 1).answered(0)
    expect(trail.until('polygon').map((a) => [a.source, a.outcome])).toEqual([['polygon', 'partial']])
    expect(trail.until('yahoo').map((a) => [a.source, a.outcome])).toEqual([
      ['polygon', 'partial'],
      ['yahoo', 'empty'],
    ])
  })

  it('makes one attempt of several calls, keeps the newest requests and counts the others', () => {
    const { trail } = setUp()
    for (let i = 0; i < 8; i++) {
      const call = trail.begin('yahoo', 100)
      call.sent(wire(`q/${i}/${'A,'.repeat(200)}`))
      call.answered(i === 7 ? 40 : 100)
    }
    const [attempt] = trail.until('yahoo')
    expect(attempt).toMatchObject({ outcome: 'partial', asked: 800, served: 740 })
    expect(attempt!.message).toBe('8 requests, the newest 5 are kept')
    expect(attempt!.calls!.map((c) => c.what.slice(0, 4))).toEqual(['q/3/', 'q/4/', 'q/5/', 'q/6/', 'q/7/'])
    expect(attempt!.calls![0]!.what.length).toBeLessThanOrEqual(120)
    expect(JSON.stringify(attempt).length).toBeLessThan(1_500)
  })

  it('calls a source skipped that our own budget kept us from, and partial where it ended in the middle', () => {
    const { trail } = setUp()
    trail.begin('polygon', 3).failed(spent)
    expect(trail.until('polygon')).toEqual([
      {
        source: 'polygon',
        outcome: 'skipped',
        reason: 'budget_gone',
        message: 'the budget is spent',
        retryAt: START + 2_000_000,
      },
    ])
    const call = trail.begin('yahoo', 100)
    call.sent(wire('q'))
    call.answered(100)
    trail.begin('yahoo', 50).failed(spent)
    expect(trail.until('yahoo')[1]).toMatchObject({ outcome: 'partial', reason: 'budget_gone', served: 100 })
  })

  it('keeps a failed part beside what came, and what is known of a source that is then left alone', () => {
    const { trail } = setUp()
    trail.begin('yahoo', 100).answered(60, down({ retryAfterMs: 1_000 }))
    trail.skip('yahoo', { reason: 'breaker_open', message: 'left alone', retryAt: 5 })
    expect(trail.until('yahoo')).toMatchObject([
      { outcome: 'partial', reason: 'unavailable', retryAt: START + 1_000_000, served: 60 },
    ])
    trail.skip('polygon', { reason: 'breaker_open', message: 'x'.repeat(900), retryAt: null })
    const skipped = trail.until('polygon')[1]!
    expect(skipped).toMatchObject({ outcome: 'skipped', reason: 'breaker_open' })
    expect(skipped.message).toHaveLength(200)
  })
})

it('a streamed batch has one attempt in few words', () => {
  expect(JSON.stringify([streamedAttempt('coinbase', 3)]).length).toBeLessThan(100)
})
