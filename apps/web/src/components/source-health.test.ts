import type { SourceReport } from '@onetape/api/router'
import { describe, expect, it } from 'vitest'
import { formatLatency, headline, healthView, latencyPlace, pathOf, streamWords } from './source-health.ts'
import { formatWallClock } from './time-format.ts'

const SECOND = 1_000_000
const NOW = 1_800_000_000 * SECOND
const HEALTH: NonNullable<SourceReport['health']> = {
  state: 'closed',
  failures: 0,
  retryAt: null,
  lastOkAt: null,
  lastFailedAt: null,
  lastErrorKind: null,
  lastErrorMessage: null,
  latencyMs: null,
}
const view = (health: Partial<typeof HEALTH> | null, state: SourceReport['state'] = 'connected') =>
  healthView({ state, health: health && { ...HEALTH, ...health } }, NOW)

describe('the breaker', () => {
  it('closed is answering; failures so far are said', () => {
    expect(view({})).toEqual({ tone: 'good', word: 'Answering', detail: null })
    expect(view({ failures: 2 })).toEqual({
      tone: 'warn',
      word: 'Failing',
      detail: '2 failures in a row',
    })
  })

  it('open says until when, and counts down', () => {
    const retryAt = NOW + 65 * SECOND
    expect(view({ state: 'open', failures: 3, retryAt })).toEqual({
      tone: 'bad',
      word: `Open until ${formatWallClock(retryAt)}`,
      detail: 'tried again in 1m 05s',
    })
  })

  it('open and overdue waits for its next question', () => {
    expect(view({ state: 'open', failures: 3, retryAt: NOW - 1 }).word).toBe('Open, due for a try')
  })

  it('half open is trying', () => {
    expect(view({ state: 'half_open', failures: 3 })).toMatchObject({ tone: 'warn', word: 'Trying' })
  })

  it('says nothing of a source that nobody asked, or that is not connected', () => {
    expect(view(null).word).toBe('Not asked yet')
    expect(view({ state: 'open' }, 'not_connected').word).toBe('Not connected')
    expect(view(null, 'expired').word).toBe('Sign-in expired')
  })
})

it('draws latency by tenfolds', () => {
  expect([0.4, 1, 10, 100, 10_000, 90_000].map(latencyPlace)).toEqual([0, 0, 0.25, 0.5, 1, 1])
  expect([0, 7.13, 9.96, 320.4, 999.7, 1320].map(formatLatency)).toEqual([
    '0 ms',
    '7.1 ms',
    '10 ms',
    '320 ms',
    '1.0 s',
    '1.3 s',
  ])
})

it('a stream is down, silent or alive', () => {
  const stream = {
    up: true,
    symbols: 2,
    connects: 1,
    received: 0,
    conflated: 0,
    dropped: 0,
    lastEventAt: null,
  }
  expect(streamWords({ ...stream, up: false }, NOW)).toBe('down')
  expect(streamWords(stream, NOW)).toBe('up, silent so far')
  expect(streamWords({ ...stream, lastEventAt: NOW - 3 * SECOND }, NOW)).toBe('up, last event 3s ago')
})

it('a call is named by its path', () => {
  expect(pathOf('api.massive.com/v2/aggs/AAPL')).toBe('/v2/aggs/AAPL')
  expect(pathOf('reqMktData')).toBe('reqMktData')
})

it('the headline names who is left alone', () => {
  const base = { state: 'connected', health: HEALTH } as SourceReport
  const sources = [
    { ...base, name: 'polygon', health: { ...HEALTH, state: 'open' as const } },
    { ...base, name: 'yahoo' },
    { ...base, name: 'schwab', state: 'not_connected' as const },
  ]
  expect(headline({ sources })).toBe('2 of 3 sources connected · polygon left alone')
})
