/**
 * What is known of each source: `ok`, `failing` (answers, wrongly), `unreachable` (does not answer) or `unconfigured`
 * (credentials missing). A source that failed is left alone for a while, twice as long each time, or for as long as
 * it asked. Speaks up once per change of state, never once per failure. Pauses run on the wall clock.
 */
import type { Clock, Micros } from '@onetape/market'
import type { ProviderError } from '@onetape/providers'

export type SourceStatus = 'ok' | 'failing' | 'unreachable' | 'unconfigured'

export interface SourceState {
  name: string
  status: SourceStatus
  /** One line for people, or null when all is well. */
  message: string | null
  /** Market time at which the status last changed; null before the first call. */
  at: Micros | null
}

export interface SourceBoard {
  succeeded(name: string): void
  failed(name: string, error: ProviderError): void
  /** Whether the source may be asked now. */
  ready(name: string): boolean
  states(): SourceState[]
}

export interface SourceBoardOptions {
  /** Providers by name; `missing` lists credential fields that were not given. */
  sources: readonly { name: string; missing: readonly string[] }[]
  wall: Clock
  market: Clock
  onChange(state: SourceState, before: SourceStatus | null): void
}

interface Entry {
  state: SourceState
  failures: number
  pausedUntil: Micros
}

const PAUSE_FIRST_MS = 2_000
const PAUSE_MAX_MS = 120_000
/** Nothing changes by itself while a key or a plan is wrong; still, people fix keys. */
const PAUSE_REFUSED_MS = 300_000

/** How long to leave a source alone after its n-th failure in a row, in milliseconds. */
export function pauseMs(error: Pick<ProviderError, 'kind' | 'retryAfterMs'>, failures: number): number {
  if (error.kind === 'unauthorized' || error.kind === 'not_entitled') return PAUSE_REFUSED_MS
  const doubled = Math.min(PAUSE_FIRST_MS * 2 ** Math.min(failures - 1, 10), PAUSE_MAX_MS)
  return Math.max(doubled, error.retryAfterMs ?? 0)
}

export function createSourceBoard(o: SourceBoardOptions): SourceBoard {
  const entries = new Map<string, Entry>(o.sources.map((s) => [s.name, entryOf(s)]))

  const change = (entry: Entry, status: SourceStatus, message: string | null) => {
    const before = entry.state.at === null ? null : entry.state.status
    const moved = before !== status
    entry.state = { ...entry.state, status, message, at: moved ? o.market.now() : entry.state.at }
    if (moved) o.onChange(entry.state, before)
  }

  return {
    succeeded(name) {
      const entry = entries.get(name)
      if (!entry) return
      entry.failures = 0
      entry.pausedUntil = 0
      change(entry, 'ok', null)
    },
    failed(name, error) {
      const entry = entries.get(name)
      // A question that the vendor cannot answer says nothing about the vendor.
      if (!entry || isAboutTheQuestion(error)) return
      entry.failures += 1
      entry.pausedUntil = o.wall.now() + pauseMs(error, entry.failures) * 1000
      change(entry, isUnreachable(error) ? 'unreachable' : 'failing', error.message)
    },
    ready(name) {
      const entry = entries.get(name)
      return entry !== undefined && entry.state.status !== 'unconfigured' && o.wall.now() >= entry.pausedUntil
    },
    states: () => [...entries.values()].map((e) => ({ ...e.state })),
  }
}

function entryOf({ name, missing }: { name: string; missing: readonly string[] }): Entry {
  const message = missing.length > 0 ? `needs ${missing.join(' and ')}` : null
  const status: SourceStatus = missing.length > 0 ? 'unconfigured' : 'ok'
  return { state: { name, status, message, at: null }, failures: 0, pausedUntil: 0 }
}

const isAboutTheQuestion = ({ kind }: ProviderError): boolean =>
  kind === 'not_found' || kind === 'unsupported' || kind === 'invalid_request'

/** No HTTP status means that no answer came at all. */
const isUnreachable = ({ kind, status }: ProviderError): boolean => kind === 'unavailable' && status === null
