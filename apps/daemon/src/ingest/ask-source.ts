// One call of one source, as the daemon makes all of them: let through by its breaker, paid from its budget with the
// right priority, recorded, and its outcome told to the breaker. A vendor's error never leaves: null comes back.
import type { AssetClass, Clock, DataKind } from '@onetape/market'
import {
  type AccessKind,
  type CallOptions,
  type Fetched,
  type HealthBoard,
  healthScopeOf,
  type IDataProvider,
  type Priority,
  ProviderError,
  tierOf,
} from '@onetape/providers'
import type { AbsentSymbols } from './absent-symbols.ts'
import type { AttemptTrail, OpenCall } from './attempt-trail.ts'
import type { CallLog } from './call-log.ts'
import type { SourceStates } from './source-states.ts'

/** A provider with the house's credentials. */
export interface Source {
  name: string
  provider: IDataProvider
  tier: string
}

export interface House {
  /** By name; those that are not connected are not here, but among the states. */
  sources: ReadonlyMap<string, Source>
  health: HealthBoard
  states: SourceStates
  calls: CallLog
  absent: AbsentSymbols
  /** Times the calls, as their receipts tell them. */
  wall: Clock
}

/** What the source's plan sees of a kind of data: null when nothing; a plan that says nothing sees all, live. */
export function accessOf(
  { provider, tier }: Source,
  assetClass: AssetClass,
  kind: AccessKind,
): { delayedMinutes: number } | null {
  const { access } = tierOf(provider.getCapabilities(), tier)
  if (Object.keys(access).length === 0) return { delayedMinutes: 0 }
  return access[assetClass]?.[kind] ?? null
}

export interface Asking {
  /** What a refusal as not in the plan is about; the other kinds go on. */
  kind: DataKind
  assetClass: AssetClass
  priority: Priority
  signal: AbortSignal
  /** Hears why null came back, where the source was asked or the budget said no. */
  onError?(error: ProviderError): void
}

/** Whether the breaker lets a call through now; a look that changes nothing. */
export const isReady = (house: House, name: string, o: Pick<Asking, 'kind' | 'assetClass'>): boolean =>
  house.health.ready(name, healthScopeOf(o.kind, o.assetClass)).ready

export interface SourceCall<T> extends Asking {
  call(options: CallOptions): Promise<T>
  /** What the call is for, so that the receipt of its batch can tell of it. */
  noted?: { trail: AttemptTrail /** Symbols. */; asked: number; served(answer: T): number }
}

/** @returns null when the source is left alone or failed. @throws the signal's reason. */
export async function askSource<T extends Pick<Fetched<unknown>, 'failure'>>(
  house: House,
  source: Source,
  o: SourceCall<T>,
): Promise<T | null> {
  const { name } = source
  const scope = healthScopeOf(o.kind, o.assetClass)
  const admitted = await house.health.admit(name, scope)
  if (!admitted.ready) {
    const { retryAt, message } = admitted
    o.noted?.trail.skip(name, { reason: 'breaker_open', message: `${name} ${message}`, retryAt })
    return null
  }
  if (o.signal.aborted) house.health.abandoned(name, scope)
  o.signal.throwIfAborted()
  const noted = o.noted?.trail.begin(name, o.noted.asked)
  const timed = timedOptions(house, source, { ...o, noted })
  try {
    const answer = await o.call(timed.options)
    noted?.answered(o.noted!.served(answer), answer.failure)
    if (answer.failure) {
      report(house, name, { error: answer.failure, scope })
      o.onError?.(answer.failure)
    } else {
      house.health.succeeded(name, timed.latencyMs(), scope)
      house.states.succeeded(name)
    }
    return answer
  } catch (error) {
    if (o.signal.aborted) house.health.abandoned(name, scope)
    o.signal.throwIfAborted()
    const known = asProviderError(error, name)
    noted?.failed(known)
    report(house, name, { error: known, scope })
    o.onError?.(known)
    return null
  }
}

/** Every request is recorded, noted for the receipt, and the last good one timed. */
function timedOptions(
  house: House,
  { name }: Source,
  o: { priority: Priority; signal: AbortSignal; noted: OpenCall | undefined },
): { options: CallOptions; latencyMs(): number | null } {
  let latencyMs: number | null = null
  const options = house.calls.options({ source: name, priority: o.priority, signal: o.signal })
  const onCall: CallOptions['onCall'] = (call) => {
    if (call.outcome === 'ok') latencyMs = call.latencyMs
    o.noted?.sent(call)
    options.onCall?.(call)
  }
  return { options: { ...options, onCall }, latencyMs: () => latencyMs }
}

function report(house: House, name: string, o: { error: ProviderError; scope: string }): void {
  house.health.failed(name, o.error, o.scope)
  house.states.failed(name, o.error)
}

/** Anything else that leaves an adapter is a fault of ours; it costs that source's answer, not the daemon. */
export const asProviderError = (error: unknown, provider: string): ProviderError =>
  error instanceof ProviderError
    ? error
    : new ProviderError(
        'malformed',
        `${provider}: ${error instanceof Error ? error.message : String(error)}`,
        { provider, cause: error },
      )
