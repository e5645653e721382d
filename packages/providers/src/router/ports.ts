// What the router needs from outside, met by packages/db and wired in each app's compose.ts.
import type {
  AssetClass,
  Bar,
  Basis,
  CorporateAction,
  DataKind,
  Micros,
  Quote,
  Snapshot,
  SymbolRef,
  Timeframe,
} from '@onetape/market'
import type { Priority } from '../call.ts'
import type { IDataProvider } from '../contract.ts'
import type { ErrorKind } from '../errors.ts'

/** A provider with one owner's credentials and tier. */
export interface RoutedSource {
  /** `polygon`, `alpaca:2`; unique for one user. */
  name: string
  /** What its owner calls it; `name` where absent. */
  label?: string
  /** Null: not connected, for the reason given. */
  provider: IDataProvider | null
  providerName: string
  tier: string
  owner: 'house' | 'user'
  state: 'connected' | 'not_connected' | 'paused' | 'expired'
  /** One line for people when it is not connected. */
  message: string | null
  /** Names the budget: all sources that share a credential share it. */
  credentialId: string
}

/** A port that has it in memory answers at once: planning then waits for nothing. */
export type Awaitable<T> = T | Promise<T>

export interface SourcesPort {
  /** @param userId null for the house. */
  forUser(userId: string | null): Awaitable<readonly RoutedSource[]>
}

export interface PreferencesPort {
  /** The user's own order for this kind, or null when the house default applies. */
  order(
    userId: string | null,
    kind: DataKind,
    assetClass: AssetClass,
  ): Awaitable<{ primary: string; fallbacks: readonly string[] } | null>
  /** The source that a user wants asked first for this one symbol, or null. */
  pin?(userId: string | null, kind: DataKind, ref: SymbolRef): Awaitable<string | null>
}

/** State of one source's breaker, as shared by all processes. All times are wall time. */
export interface SourceHealth {
  /**
   * Names the breaker (`healthKeyOf`): `polygon` of the house, `alpaca@CREDENTIAL` of a user; `polygon/options/equity`
   * where the vendor refused only this kind as not in the plan.
   */
  source: string
  state: 'closed' | 'open' | 'half_open'
  /** Failures in a row. */
  failures: number
  openedAt: Micros | null
  /** When a probe may be made; null while closed. */
  retryAt: Micros | null
  lastOkAt: Micros | null
  lastFailedAt: Micros | null
  lastErrorKind: ErrorKind | null
  lastErrorMessage: string | null
  /** Exponentially weighted, of calls that were answered; null before the first. */
  latencyMs: number | null
}

/** As it lies in a store, whose words are text. */
export type StoredHealth = Omit<SourceHealth, 'lastErrorKind'> & { lastErrorKind: string | null }

/** Persistence of the breakers; the state machine is the router's. */
export interface HealthPort {
  read(): Promise<readonly StoredHealth[]>
  /**
   * Upserts by `source`. With `details` a row that exists keeps its state, failures, openedAt and retryAt: another
   * process may have moved them meanwhile, and only times, latency and the last error are news.
   */
  write(health: SourceHealth, what: 'all' | 'details'): Promise<void>
  /** True for exactly one caller of all processes until `leaseMs` has passed, or another state than half_open is written. */
  claimProbe(source: string, leaseMs: number): Promise<boolean>
}

/** A look at a budget that spends nothing. */
export interface BudgetPort {
  peek(
    credentialId: string,
    o: { scope?: string; priority: Priority },
  ): { free: boolean; retryAt: Micros | null }
}

/** What the tape itself can answer. */
export interface TapePort {
  snapshots(refs: readonly SymbolRef[]): Promise<readonly TapeSnapshot[]>
  /** One source and one basis, oldest first; null when the tape has nothing of it. */
  bars(request: { ref: SymbolRef; timeframe: Timeframe; from: Micros; to: Micros; basis?: Basis }): Promise<{
    source: string
    basis: Basis
    feed: string
    currency: string
    bars: Bar[]
    fetchedAt: Micros
    /** The newest bar of the range is missing by more than its session allows. */
    stale?: boolean
  } | null>
  /** Actions with ex-dates in [from, to), of one source that is named; null when the tape knows of none being kept. */
  actions(
    ref: SymbolRef,
    from: string,
    to: string,
  ): Promise<{ source: string; actions: CorporateAction[] } | null>
}

export interface TapeSnapshot {
  snapshot: Snapshot
  source: string
  fetchedAt: Micros
  /** Older than its session allows. */
  stale: boolean
}

export type { Quote }
