// What the routed procedures answer: values with their receipts, and what is known of every source.
import type {
  AssetClass,
  Bar,
  Basis,
  DataKind,
  Fundamentals,
  Micros,
  Quote,
  Snapshot,
  Timeframe,
} from '@onetape/market'
import type { AccessKind, Decision, OptionsChainValue, Priority, Receipt } from '@onetape/providers'
import type { StoredReceipt } from '../mine/reports.ts'
import type { TapeQuotes } from './tape-quotes.ts'

export interface QuoteAnswer {
  quote: Quote | null
  receipt: Receipt
}

export interface SnapshotAnswer {
  /** One row for each key, in that order. */
  rows: { key: string; snapshot: Snapshot | null; receipt: Receipt }[]
}

export interface BarsAnswer {
  /** Oldest first; of one source, feed and basis, which the receipt names. */
  bars: Bar[]
  receipt: Receipt
}

export interface FundamentalsAnswer {
  fundamentals: Fundamentals | null
  receipt: Receipt
}

export interface OptionsChainAnswer {
  chain: OptionsChainValue | null
  receipt: Receipt
}

export interface RoutedBarsQuery {
  key: string
  timeframe: Timeframe
  from?: Micros
  to?: Micros
  basis?: Basis
  /** The newest so many. */
  limit: number
}

export interface ExplainQuery {
  key: string
  kind: DataKind
  timeframe?: Timeframe
  from?: Micros
  to?: Micros
  basis?: Basis
}

/** Questions that are asked of somebody's sources, in their order. `null`: no such instrument. */
export interface RoutedQuestions {
  quote(key: string, signal?: AbortSignal): Promise<QuoteAnswer | null>
  snapshot(keys: readonly string[], signal?: AbortSignal): Promise<SnapshotAnswer>
  bars(query: RoutedBarsQuery, signal?: AbortSignal): Promise<BarsAnswer | null>
  fundamentals(key: string, signal?: AbortSignal): Promise<FundamentalsAnswer | null>
  optionsChain(
    query: { key: string; expiry?: string },
    signal?: AbortSignal,
  ): Promise<OptionsChainAnswer | null>
  /** Spends no call. */
  explain(query: ExplainQuery): Promise<Decision | null>
  /** Of the sources that are asked for them; nobody else's calls stand in it. */
  providers(): Promise<ProvidersReport>
}

/** The house's own questions, and what the tape itself tells. */
export interface RoutedReads extends RoutedQuestions {
  forUser(userId: string): RoutedQuestions
  /** Of the tape's own latest price; spends no call. */
  receipt(key: string): Promise<Receipt | null>
  /** Of the prices of one instrument on the tape, newest first; spends no call. `null`: no such instrument. */
  receipts(o: { key: string; limit: number }): Promise<StoredReceipt[] | null>
  /** The tape's own latest prices, each with its receipt, from memory; spends no call. */
  held: TapeQuotes
}

export interface ProvidersReport {
  wallNow: Micros
  marketNow: Micros
  /** Who is asked first, by asset class, where a user has no order of their own. */
  order: Record<AssetClass, string[]>
  sources: SourceReport[]
}

export interface MatrixCell {
  /** `none`: the vendor does not have it here; `not_entitled`: it has, this plan does not. */
  state: 'live' | 'delayed' | 'none' | 'not_entitled'
  delayedMinutes: number | null
  feed: string | null
  historyDays: number | null
}

export interface SourceReport {
  name: string
  provider: string
  label: string
  owner: 'house' | 'user'
  state: 'connected' | 'not_connected' | 'paused' | 'expired'
  /** One line for people when it is not connected. */
  message: string | null
  tier: string
  tierLabel: string
  /** Wall time at which a person has to sign in again. */
  authExpiresAt: Micros | null
  matrix: Partial<Record<AssetClass, Record<AccessKind, MatrixCell>>>
  timeframes: Partial<Record<AssetClass, Timeframe[]>>
  /** Null before the first call. Instants are wall time. */
  health: SourceHealthReport | null
  budgets: BudgetReport[]
  /** Newest first. */
  lastCalls: CallReport[]
  stream: StreamReport | null
}

export interface SourceHealthReport {
  state: 'closed' | 'open' | 'half_open'
  failures: number
  retryAt: Micros | null
  lastOkAt: Micros | null
  lastFailedAt: Micros | null
  lastErrorKind: string | null
  lastErrorMessage: string | null
  latencyMs: number | null
}

export interface BudgetReport {
  scope: string
  kind: 'window' | 'concurrent'
  windowMs: number
  calls: number
  used: number
  room: Record<Priority, number>
  blockedUntil: Micros | null
  freesAt: Micros | null
  learned: boolean
  refused: number
}

export interface CallReport {
  /** Wall time. */
  at: Micros
  what: string
  outcome: string
  status: number | null
  latencyMs: number
  priority: string
  scope: string
}

/** What the daemon's heartbeat says of the stream of a source. */
export interface StreamReport {
  up: boolean
  symbols: number
  connects: number
  received: number
  conflated: number
  dropped: number
  /** Market time. */
  lastEventAt: Micros | null
}
