/**
 * What a person is told of each source: `ok`, `failing` (answers, wrongly), `unreachable` (does not answer) or
 * `unconfigured` (not connected). It follows from the breakers, which all processes share, and speaks up once per
 * change of state, never once per failure.
 */
import type { Clock, Micros } from '@onetape/market'
import { type HealthBoard, healthKeyOf, type ProviderError, type RoutedSource } from '@onetape/providers'

export type SourceStatus = 'ok' | 'failing' | 'unreachable' | 'unconfigured'

export interface SourceState {
  name: string
  status: SourceStatus
  /** One line for people, or null when all is well. */
  message: string | null
  /** Market time at which the status last changed; null before the first call. */
  at: Micros | null
}

export interface SourceStates {
  /** A call of ours was answered. */
  succeeded(name: string): void
  /** A call of ours failed. */
  failed(name: string, error: ProviderError): void
  list(): SourceState[]
}

export interface SourceStatesOptions {
  routed: readonly RoutedSource[]
  health: HealthBoard
  market: Clock
  onChange(state: SourceState, before: SourceStatus | null): void
}

export function createSourceStates(o: SourceStatesOptions): SourceStates {
  const states = new Map<string, SourceState>(
    o.routed.map(({ name, state, message }) => {
      const status: SourceStatus = state === 'connected' ? 'ok' : 'unconfigured'
      return [name, { name, status, message, at: null }]
    }),
  )
  const answered = new Set<string>()
  const names = new Map(o.routed.map((source) => [healthKeyOf(source), source.name]))
  const change = (name: string, status: SourceStatus, message: string | null) => {
    const state = states.get(name)
    if (!state || state.status === 'unconfigured') return
    const before = state.at === null ? null : state.status
    const moved = before !== status
    const next = { ...state, status, message, at: moved ? o.market.now() : state.at }
    states.set(name, next)
    if (moved) o.onChange(next, before)
  }
  o.health.onChange((health) => {
    const name = names.get(health.source)
    if (name === undefined) return
    // Whoever opened it, nobody asks it now.
    if (health.state === 'closed') change(name, 'ok', null)
    else if (states.get(name)?.status === 'ok') {
      const status = health.lastErrorKind === 'unavailable' ? 'unreachable' : 'failing'
      change(name, status, health.lastErrorMessage)
    }
  })
  return {
    succeeded(name) {
      answered.add(name)
      change(name, 'ok', null)
    },
    failed(name, error) {
      // A plan without one kind of data is no failing vendor, as long as it serves others.
      if (saysNothing(error) || (error.kind === 'not_entitled' && answered.has(name))) return
      change(name, isUnreachable(error) ? 'unreachable' : 'failing', error.message)
    },
    list: () => [...states.values()].map((state) => ({ ...state })),
  }
}

/** A question that the vendor cannot answer, or that we did not ask, says nothing about the vendor. */
const saysNothing = ({ kind, origin }: ProviderError): boolean =>
  origin === 'budget' || kind === 'not_found' || kind === 'unsupported' || kind === 'invalid_request'

/** No HTTP status means that no answer came at all. */
const isUnreachable = ({ kind, status }: ProviderError): boolean => kind === 'unavailable' && status === null
