import type { Decision } from '@onetape/api/router'
import { describe, expect, it } from 'vitest'
import {
  type Attempt,
  attemptLine,
  decisionLine,
  freshnessView,
  outcomeWords,
  whyNobody,
} from './receipt-words.ts'

const attempt = (source: string, more: Partial<Attempt>): Attempt => ({
  source,
  outcome: 'failed',
  reason: null,
  message: null,
  startedAt: null,
  latencyMs: null,
  asked: 1,
  served: 0,
  calls: [],
  retryAt: null,
  ...more,
})

describe('an attempt', () => {
  it('says its reason once', () => {
    const failed = attempt('polygon', {
      reason: 'unavailable',
      message: 'polygon is unavailable since 10 s',
    })
    expect(attemptLine(failed)).toBe('is unavailable since 10 s')
    expect(attemptLine({ ...failed, message: 'polygon answered 503' })).toBe('unavailable: answered 503')
    expect(attemptLine({ ...failed, message: null })).toBe('unavailable')
  })

  it('leaves out what the word skipped says already', () => {
    const skipped = attempt('oanda', {
      outcome: 'skipped',
      reason: 'no_capability',
      message: 'oanda has no equity',
    })
    expect(attemptLine(skipped)).toBe('has no equity')
    expect(attemptLine({ ...skipped, reason: 'not_needed', message: 'an earlier source answered' })).toBe(
      'an earlier source answered',
    )
  })

  it('counts symbols where several were asked for', () => {
    expect(outcomeWords(attempt('x', { outcome: 'partial', asked: 8_000, served: 7_990 }))).toBe(
      'served a part 7,990 of 8,000',
    )
    expect(outcomeWords(attempt('x', { outcome: 'served', served: 1 }))).toBe('served')
  })
})

it('freshness is red when stale, amber when delayed', () => {
  expect(freshnessView({ freshness: 'live', delayedMinutes: 0 })).toEqual({ tone: 'plain', word: 'live' })
  expect(freshnessView({ freshness: 'tape', delayedMinutes: 15 })).toEqual({
    tone: 'hint',
    word: 'from the tape, 15 min late',
  })
  expect(freshnessView({ freshness: 'stale', delayedMinutes: 15 }).tone).toBe('alarm')
  expect(freshnessView({ freshness: null, delayedMinutes: null })).toEqual({
    tone: 'alarm',
    word: 'no answer',
  })
})

it('tells first why those failed that were asked', () => {
  const attempts = [
    attempt('coinbase', { outcome: 'skipped', reason: 'no_capability', message: 'coinbase has no equity' }),
    attempt('alpaca', { outcome: 'skipped', reason: 'budget_gone' }),
    attempt('polygon', { reason: 'not_entitled' }),
    attempt('yahoo', { outcome: 'empty' }),
  ]
  expect(whyNobody({ attempts })).toEqual([
    { source: 'polygon', why: 'not in its plan' },
    { source: 'yahoo', why: 'had nothing' },
    { source: 'alpaca', why: 'no calls left' },
    { source: 'coinbase', why: 'has no equity' },
  ])
})

describe('a decision', () => {
  const decision = (serves: string | null): Decision => ({
    kind: 'charts',
    need: 'bars',
    ref: { assetClass: 'equity', symbol: 'AAPL' },
    order: 'house',
    pin: null,
    serves,
    sources: [
      {
        source: 'alpaca',
        verdict: 'serves',
        reason: null,
        message: '',
        retryAt: null,
        feed: 'sip',
        delayedMinutes: 15,
        basis: 'split',
      },
    ],
    notInOrder: [],
  })

  it('names who would serve and how', () => {
    expect(decisionLine(decision('alpaca'))).toBe(
      'alpaca would serve AAPL: feed sip, 15 minutes late, split-adjusted.',
    )
  })

  it('says when only the tape is left, or nobody', () => {
    expect(decisionLine(decision('tape'))).toContain('the tape would answer')
    expect(decisionLine(decision(null))).toBe('Nobody could answer for AAPL now.')
  })
})
