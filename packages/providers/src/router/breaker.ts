// The circuit breaker of one source, pure: a record of its health goes in with what happened, the next one comes out.
//
//   closed     calls go out. Failures in a row are counted; at `failuresToOpen` it opens. A vendor that says "slow down"
//              or "you may not" opens it at once. Any answer sets the count back to nothing.
//   open       no call goes out until `retryAt`. What calls made before still bring is noted; it does not close it.
//   half_open  `retryAt` has passed and one caller of all processes took the probe. Its success closes; its failure
//              opens again, for twice as long up to a cap. A probe that proved nothing gives its turn back: open, and due.
//
// What counts is a table: an error that says nothing about the vendor's health (a symbol it does not know, our own
// mistake, our own budget) never opens anything.
import type { Micros } from '@onetape/market'
import type { ErrorKind, ProviderError } from '../errors.ts'
import type { SourceHealth } from './ports.ts'

/** `answered`: the vendor is well. `counts`: one failure. `pauses`, `denies`: open at once. `nothing`: proves nothing. */
export type BreakerEffect = 'answered' | 'counts' | 'pauses' | 'denies' | 'nothing'

const EFFECTS: Readonly<Record<ErrorKind, BreakerEffect>> = {
  unavailable: 'counts',
  malformed: 'counts',
  rate_limited: 'pauses',
  unauthorized: 'denies',
  not_entitled: 'denies',
  not_found: 'answered',
  invalid_request: 'nothing',
  unsupported: 'nothing',
}

export const effectOf = (error: Pick<ProviderError, 'kind' | 'origin'>): BreakerEffect =>
  error.origin === 'budget' ? 'nothing' : EFFECTS[error.kind]

export interface BreakerPolicy {
  /** Failures in a row that open a closed breaker. */
  failuresToOpen: number
  /** First pause; each failed probe doubles it. */
  pauseMs: number
  pauseMaxMs: number
  /** Pause after a refusal that only a person can lift. */
  deniedMs: number
  /** A vendor that asks for a longer wait than this is asked again earlier. */
  retryAfterMaxMs: number
}

export const BREAKER_POLICY: BreakerPolicy = {
  failuresToOpen: 3,
  pauseMs: 5_000,
  pauseMaxMs: 300_000,
  deniedMs: 900_000,
  retryAfterMaxMs: 86_400_000,
}

/** Weight of the newest call in the running latency. */
const LATENCY_WEIGHT = 0.2

export const freshHealth = (source: string): SourceHealth => ({
  source,
  state: 'closed',
  failures: 0,
  openedAt: null,
  retryAt: null,
  lastOkAt: null,
  lastFailedAt: null,
  lastErrorKind: null,
  lastErrorMessage: null,
  latencyMs: null,
})

/** @param latencyMs null where nothing was measured. */
export function afterSuccess(health: SourceHealth, now: Micros, latencyMs: number | null): SourceHealth {
  const seen = { ...health, lastOkAt: now, latencyMs: averaged(health.latencyMs, latencyMs) }
  if (health.state === 'open') return seen
  return { ...seen, state: 'closed', failures: 0, openedAt: null, retryAt: null }
}

const averaged = (before: number | null, latencyMs: number | null): number | null => {
  if (latencyMs === null || before === null) return latencyMs ?? before
  return before + LATENCY_WEIGHT * (latencyMs - before)
}

export function afterFailure(
  health: SourceHealth,
  error: ProviderError,
  { now, policy = BREAKER_POLICY }: { now: Micros; policy?: BreakerPolicy },
): SourceHealth {
  const effect = effectOf(error)
  if (effect === 'nothing') return afterNothing(health)
  if (effect === 'answered') return afterSuccess(health, now, null)
  const late = health.state === 'open'
  const failed: SourceHealth = {
    ...health,
    failures: late ? health.failures : health.failures + 1,
    lastFailedAt: now,
    lastErrorKind: error.kind,
    lastErrorMessage: error.message,
  }
  const opens = effect !== 'counts' || health.state !== 'closed' || failed.failures >= policy.failuresToOpen
  if (!opens) return failed
  const retryAt = now + pauseMsOf(failed, error, policy) * 1000
  // A late failure of a call made before the opening may ask for more patience; it never shortens the pause.
  if (late && effect === 'counts') return failed
  if (late) return { ...failed, retryAt: Math.max(health.retryAt ?? 0, retryAt) }
  return { ...failed, state: 'open', openedAt: now, retryAt }
}

function pauseMsOf(failed: SourceHealth, error: ProviderError, policy: BreakerPolicy): number {
  const effect = effectOf(error)
  if (effect === 'denies') return policy.deniedMs
  if (effect === 'pauses' && error.retryAfterMs !== null)
    return Math.min(error.retryAfterMs, policy.retryAfterMaxMs)
  const doublings = effect === 'pauses' ? failed.failures - 1 : failed.failures - policy.failuresToOpen
  return Math.min(policy.pauseMs * 2 ** Math.max(0, Math.min(doublings, 30)), policy.pauseMaxMs)
}

/** The probe was taken. */
export const afterProbeTaken = (health: SourceHealth): SourceHealth =>
  health.state === 'closed' ? health : { ...health, state: 'half_open' }

/** A call that proved nothing: a probe's turn is given back. */
export const afterNothing = (health: SourceHealth): SourceHealth =>
  health.state === 'half_open' ? { ...health, state: 'open' } : health

export type Readiness =
  | { ready: true /** True where this would be the one probe. */; probe: boolean }
  | { ready: false; retryAt: Micros | null; message: string }

const READY: Readiness = { ready: true, probe: false }
const PROBE: Readiness = { ready: true, probe: true }

/** May a call go out? A half-open breaker says `probe` too: who asks for it learns whether it is still to be had. */
export function readinessOf(health: SourceHealth | undefined, now: Micros): Readiness {
  if (!health || health.state === 'closed') return READY
  if (health.retryAt === null || now >= health.retryAt) return PROBE
  return { ready: false, retryAt: health.retryAt, message: wordsOf(health) }
}

export const wordsOf = ({ failures, lastErrorMessage }: SourceHealth): string => {
  const times = failures > 1 ? `failed ${failures} times in a row` : 'failed'
  return `${times} and is left alone for a while${lastErrorMessage ? `: ${lastErrorMessage}` : ''}`
}
