import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ERROR_KINDS, type ErrorKind, ProviderError } from '../errors.ts'
import {
  afterFailure,
  afterNothing,
  afterProbeTaken,
  afterSuccess,
  BREAKER_POLICY,
  effectOf,
  freshHealth,
  readinessOf,
} from './breaker.ts'
import type { SourceHealth } from './ports.ts'

const SECOND = 1_000_000
const fault = (kind: ErrorKind, detail: Partial<{ retryAfterMs: number; origin: 'budget' }> = {}) =>
  new ProviderError(kind, `the vendor said ${kind}`, { provider: 'polygon', ...detail })
const failing = (health: SourceHealth, kinds: readonly ErrorKind[], now = 0) =>
  kinds.reduce((h, kind) => afterFailure(h, fault(kind), { now }), health)
const closed = freshHealth('polygon')
const opened = failing(closed, ['unavailable', 'malformed', 'unavailable'], 10 * SECOND)

describe('closed', () => {
  it('opens at the third failure in a row', () => {
    expect(failing(closed, ['unavailable', 'unavailable']).state).toBe('closed')
    expect(opened).toMatchObject({
      state: 'open',
      failures: 3,
      openedAt: 10 * SECOND,
      retryAt: 15 * SECOND,
      lastErrorKind: 'unavailable',
      lastErrorMessage: 'the vendor said unavailable',
    })
  })

  it('forgets failures when the vendor answers, be it that it does not know the symbol', () => {
    expect(afterSuccess(failing(closed, ['unavailable', 'unavailable']), SECOND, 40).failures).toBe(0)
    expect(failing(closed, ['unavailable', 'unavailable', 'not_found', 'unavailable'])).toMatchObject({
      state: 'closed',
      failures: 1,
    })
  })

  it('never opens for what says nothing about the vendor', () => {
    const harmless = (['invalid_request', 'unsupported', 'not_found'] as const).map((kind) => fault(kind))
    const errors = [...harmless, fault('rate_limited', { origin: 'budget', retryAfterMs: 60_000 })]
    for (const error of errors) {
      let health = closed
      for (let i = 0; i < 20; i++) health = afterFailure(health, error, { now: i })
      expect(health.state).toBe('closed')
      expect(health.failures).toBe(0)
    }
  })

  it('waits as long as a vendor asks, within a bound', () => {
    const until = (error: ProviderError) => afterFailure(closed, error, { now: 0 }).retryAt
    expect(until(fault('rate_limited', { retryAfterMs: 42_000 }))).toBe(42 * SECOND)
    expect(until(fault('rate_limited'))).toBe(5 * SECOND)
    expect(until(fault('rate_limited', { retryAfterMs: 1e12 }))).toBe(86_400 * SECOND)
    expect(until(fault('unauthorized'))).toBe(900 * SECOND)
    expect(until(fault('not_entitled'))).toBe(900 * SECOND)
  })
})

describe('open', () => {
  it('lets nothing through before its time, then one probe', () => {
    expect(readinessOf(opened, 15 * SECOND - 1)).toEqual({
      ready: false,
      retryAt: 15 * SECOND,
      message: 'failed 3 times in a row and is left alone for a while: the vendor said unavailable',
    })
    expect(readinessOf(opened, 15 * SECOND)).toEqual({ ready: true, probe: true })
    expect(readinessOf(undefined, 0)).toEqual({ ready: true, probe: false })
  })

  it('is not moved by calls that were under way', () => {
    expect(afterSuccess(opened, 11 * SECOND, 40)).toMatchObject({ state: 'open', retryAt: 15 * SECOND })
    const late = afterFailure(opened, fault('unavailable'), { now: 14 * SECOND })
    expect(late).toMatchObject({ state: 'open', retryAt: 15 * SECOND, failures: 3 })
    const patient = afterFailure(opened, fault('rate_limited', { retryAfterMs: 60_000 }), {
      now: 11 * SECOND,
    })
    expect(patient.retryAt).toBe(71 * SECOND)
    const hasty = afterFailure(opened, fault('rate_limited', { retryAfterMs: 1 }), { now: 11 * SECOND })
    expect(hasty.retryAt).toBe(15 * SECOND)
  })
})

describe('half open', () => {
  const probing = afterProbeTaken(opened)

  it('closes with the probe', () => {
    expect(probing.state).toBe('half_open')
    expect(afterSuccess(probing, 16 * SECOND, 40)).toMatchObject({
      state: 'closed',
      retryAt: null,
      failures: 0,
    })
    expect(afterFailure(probing, fault('not_found'), { now: 16 * SECOND }).state).toBe('closed')
  })

  it('opens again for twice as long, up to the cap', () => {
    const pauses = []
    let health: SourceHealth = opened
    for (let i = 0; i < 9; i++) {
      const now = health.retryAt!
      health = afterFailure(afterProbeTaken(health), fault('unavailable'), { now })
      pauses.push((health.retryAt! - now) / SECOND)
    }
    expect(pauses).toEqual([10, 20, 40, 80, 160, 300, 300, 300, 300])
  })

  it('gives the turn back when the probe proved nothing', () => {
    expect(afterNothing(probing)).toMatchObject({ state: 'open', retryAt: 15 * SECOND })
    const unpaid = fault('rate_limited', { origin: 'budget' })
    expect(afterFailure(probing, unpaid, { now: 16 * SECOND }).state).toBe('open')
  })
})

it('keeps a running latency', () => {
  const after = (ms: readonly (number | null)[]) =>
    ms.reduce((h, latency) => afterSuccess(h, 0, latency), closed).latencyMs
  expect(after([null])).toBeNull()
  expect(after([100])).toBe(100)
  expect(after([100, 200, null])).toBeCloseTo(120)
})

it('holds together over any course of events', () => {
  const event = fc.oneof(
    fc.record({
      kind: fc.constantFrom(...ERROR_KINDS),
      retryAfterMs: fc.option(fc.nat(100_000), { nil: undefined }),
    }),
    fc.constantFrom('ok', 'probe', 'nothing', 'unpaid'),
  )
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(20_000_000), event), { maxLength: 40 }), (course) => {
      let now = 0
      let health = closed
      for (const [passedUs, what] of course) {
        now += passedUs
        const look = readinessOf(health, now)
        if (what === 'ok') health = afterSuccess(health, now, 10)
        else if (what === 'nothing') health = afterNothing(health)
        else if (what === 'unpaid')
          health = afterFailure(health, fault('rate_limited', { origin: 'budget' }), { now })
        else if (what === 'probe') health = look.ready && look.probe ? afterProbeTaken(health) : health
        else {
          const before = health
          const error = fault(what.kind, {
            retryAfterMs: what.kind === 'rate_limited' ? what.retryAfterMs : undefined,
          })
          health = afterFailure(health, error, { now })
          if (effectOf(error) === 'nothing' && before.state === 'closed') expect(health).toEqual(before)
        }
        expect(health.state === 'closed').toBe(health.retryAt === null)
        expect(health.state === 'closed').toBe(health.openedAt === null)
        if (health.state === 'closed') expect(health.failures).toBeLessThan(BREAKER_POLICY.failuresToOpen)
        else expect(health.retryAt! - now).toBeLessThanOrEqual(BREAKER_POLICY.retryAfterMaxMs * 1000)
      }
    }),
  )
})
