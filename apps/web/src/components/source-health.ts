// How a source is, in words: its connection, its breaker, its stream, its latency. Pure; instants are wall time.
import type { ProvidersReport, SourceReport, StreamReport } from '@onetape/api/router'
import type { Micros } from '@onetape/market'
import { formatSpan, formatSpanExact, formatWallClock } from './time-format.ts'

export type HealthTone = 'good' | 'warn' | 'bad' | 'idle'

export interface HealthView {
  tone: HealthTone
  word: string
  detail: string | null
}

type Subject = Pick<SourceReport, 'state' | 'health'>

const UNCONNECTED: Record<Exclude<SourceReport['state'], 'connected'>, HealthView> = {
  not_connected: { tone: 'idle', word: 'Not connected', detail: null },
  paused: { tone: 'idle', word: 'Switched off', detail: null },
  expired: { tone: 'bad', word: 'Sign-in expired', detail: null },
}

export function healthView({ state, health }: Subject, now: Micros | null): HealthView {
  if (state !== 'connected') return UNCONNECTED[state]
  if (!health) return { tone: 'idle', word: 'Not asked yet', detail: null }
  const failures = failureWords(health.failures)
  if (health.state === 'half_open') return { tone: 'warn', word: 'Trying', detail: 'one call tests it' }
  if (health.state === 'closed') {
    return failures === null
      ? { tone: 'good', word: 'Answering', detail: null }
      : { tone: 'warn', word: 'Failing', detail: failures }
  }
  if (health.retryAt === null) return { tone: 'bad', word: 'Open', detail: failures }
  if (now !== null && now >= health.retryAt)
    return { tone: 'warn', word: 'Open, due for a try', detail: failures }
  return {
    tone: 'bad',
    word: `Open until ${formatWallClock(health.retryAt)}`,
    detail: now === null ? failures : `tried again in ${formatSpanExact(health.retryAt - now)}`,
  }
}

const failureWords = (failures: number): string | null =>
  failures === 0 ? null : failures === 1 ? '1 failure' : `${failures} failures in a row`

/** The breaker's own word and what it means. */
export const BREAKER_WORDS = {
  closed: 'closed: it is asked as usual',
  open: 'open: it failed lately and is left alone',
  half_open: 'half open: one call sees whether it is back',
} as const

export const streamWords = (stream: StreamReport, marketNow: Micros | null): string => {
  if (!stream.up) return 'down'
  if (stream.lastEventAt === null || marketNow === null) return 'up, silent so far'
  return `up, last event ${formatSpan(marketNow - stream.lastEventAt)} ago`
}

/** Where a latency stands on a scale of a millisecond to ten seconds, 0 to 1: each tenfold is a quarter. */
export const latencyPlace = (ms: number): number => Math.min(1, Math.max(0, Math.log10(Math.max(1, ms)) / 4))

/** `7 ms`, `1.2 s`. */
export const formatLatency = (ms: number): string =>
  ms < 999.5
    ? `${ms < 9.95 && ms > 0 ? Number(ms.toFixed(1)) : Math.round(ms)} ms`
    : `${(ms / 1_000).toFixed(1)} s`

/** An outcome or reason of the contract, as a person says it: `rate limited`. */
export const plainWord = (word: string): string => word.replaceAll('_', ' ')

/** What was asked, without the host: `/v2/aggs/ticker/AAPL`. A message of a socket has none. */
export const pathOf = (what: string): string => {
  const slash = what.indexOf('/')
  return slash > 0 ? what.slice(slash) : what
}

export function headline({ sources }: Pick<ProvidersReport, 'sources'>): string {
  const connected = sources.filter((s) => s.state === 'connected')
  const failing = connected.filter((s) => s.health && s.health.state !== 'closed')
  const parts = [`${connected.length} of ${sources.length} sources connected`]
  if (failing.length > 0) parts.push(`${failing.map((s) => s.name).join(', ')} left alone`)
  return parts.join(' · ')
}
