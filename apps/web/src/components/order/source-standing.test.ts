import type { MatrixCell, OrderSource, SourceReport } from '@onetape/api/router'
import { describe, expect, it } from 'vitest'
import { type KnownSource, matrixOfFindings, standingOf } from './source-standing.ts'

const source: OrderSource = {
  name: 'alpaca',
  label: 'Alpaca',
  provider: 'alpaca',
  owner: 'house',
  state: 'connected',
  message: null,
}
const none: MatrixCell = { state: 'none', delayedMinutes: null, feed: null, historyDays: null }
const live: MatrixCell = { ...none, state: 'live', delayedMinutes: 0, feed: 'sip' }
const late: MatrixCell = { ...none, state: 'delayed', delayedMinutes: 15, feed: 'opra' }
const report = {
  matrix: {
    equity: { quotes: live, charts: live, fundamentals: none, options: late, stream: live },
    crypto: {
      quotes: { ...none, state: 'not_entitled' },
      charts: none,
      fundamentals: none,
      options: none,
      stream: none,
    },
  },
  health: null,
} as unknown as SourceReport
const NOW = 1_000_000_000
const at = (
  known: Partial<KnownSource>,
  kind: 'quotes' | 'fundamentals' | 'options',
  assetClass: 'all' | 'equity' | 'crypto',
) => standingOf({ source, report, ...known }, { kind, assetClass, now: NOW })
const health = (more: object) =>
  ({
    ...report,
    health: {
      state: 'closed',
      failures: 0,
      retryAt: null,
      lastOkAt: null,
      lastFailedAt: null,
      lastErrorKind: null,
      lastErrorMessage: null,
      latencyMs: null,
      ...more,
    },
  }) as SourceReport

describe('a source at a glance', () => {
  it('says what it gives for the class that is looked at', () => {
    expect(at({}, 'quotes', 'equity')).toMatchObject({ tone: 'good', word: 'live', why: 'live, feed sip' })
    expect(at({}, 'options', 'equity')).toMatchObject({ tone: 'late', word: '15 min late' })
    expect(at({}, 'fundamentals', 'equity')).toMatchObject({
      word: 'has none',
      why: 'the vendor has no fundamentals of equities',
      canAnswer: false,
    })
    expect(at({}, 'quotes', 'crypto')).toMatchObject({ tone: 'warn', word: 'not in plan' })
  })

  it('for all classes together the best of them counts', () => {
    expect(at({}, 'quotes', 'all').word).toBe('live')
  })

  it('says first what keeps it from answering', () => {
    expect(
      at({ source: { ...source, state: 'expired', message: 'sign in again' } }, 'quotes', 'equity'),
    ).toEqual({
      tone: 'bad',
      word: 'expired',
      why: 'sign in again',
      canAnswer: false,
    })
    const outage = { source: 'alpaca', until: NOW + 60_000_000 }
    expect(at({ outage, source: { ...source, state: 'paused' } }, 'quotes', 'equity').word).toBe(
      'off for you',
    )
    expect(at({ source: { ...source, state: 'paused' } }, 'quotes', 'equity').word).toBe('paused')
  })

  it('an open breaker is left alone until it is due', () => {
    const open = { state: 'open', failures: 5, retryAt: NOW + 1, lastErrorMessage: 'HTTP 503' }
    expect(at({ report: health(open) }, 'quotes', 'equity')).toMatchObject({
      tone: 'bad',
      word: 'left alone',
      canAnswer: false,
    })
    expect(at({ report: health(open) }, 'quotes', 'equity').why).toContain('HTTP 503')
    expect(at({ report: health({ ...open, retryAt: NOW }) }, 'quotes', 'equity').canAnswer).toBe(true)
    expect(at({ report: health({ failures: 2 }) }, 'quotes', 'equity').word).toBe('failing')
  })

  it('what nobody knows more of is connected', () => {
    expect(at({ report: undefined }, 'quotes', 'equity').word).toBe('connected')
  })
})

it('reads a probe as the matrix', () => {
  const matrix = matrixOfFindings({
    classes: [
      {
        assetClass: 'equity',
        quotes: 'delayed',
        feed: 'iex',
        delayedMinutes: 15,
        ageMs: null,
        charts: true,
        historyDays: 730,
        fundamentals: false,
        options: false,
        stream: true,
        sample: null,
      },
    ],
  } as unknown as Parameters<typeof matrixOfFindings>[0])
  expect(matrix.equity).toMatchObject({
    quotes: { state: 'delayed', delayedMinutes: 15, feed: 'iex' },
    charts: { state: 'delayed', historyDays: 730 },
    fundamentals: { state: 'none', feed: null },
  })
})
