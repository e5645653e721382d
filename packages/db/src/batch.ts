// What a batch of the tape is made of, and what became of it.
import type { AssetClass, Basis, IntradayTimeframe, Micros, Ohlcv } from '@onetape/market'

export interface TickRow {
  instrumentId: number
  ts: Micros
  price: number
  /** Cumulative volume of the session at `ts`; null if unknown. */
  volume: number | null
}

export interface LatestRow {
  instrumentId: number
  ts: Micros
  last: number
  bid: number | null
  ask: number | null
  bidSize: number | null
  askSize: number | null
  day: Ohlcv | null
  /** Cumulative volume of the session; `day.volume` where it is left out. */
  volume?: number | null
  previousClose: number | null
  sessionDate: string
  feed: string
  delayedMinutes: number
  tsOrigin: 'vendor' | 'response'
}

export interface BarRow extends Ohlcv {
  instrumentId: number
  /** Bars of a session and longer are `DailyRow`s. */
  timeframe: IntradayTimeframe
  ts: Micros
  basis: Basis
  final: boolean
}

export interface DailyRow extends Ohlcv {
  instrumentId: number
  sessionDate: string
  basis: Basis
  /** True for the vendor's official bar after the session. */
  settled: boolean
}

export interface CorporateActionRow {
  instrumentId: number
  kind: 'split' | 'dividend'
  exDate: string
  ratio: number | null
  amount: number | null
  currency: string | null
}

export interface FindingRow {
  kind: string
  instrumentId: number | null
  symbol: string
  ts: Micros | null
  evidence: unknown
}

export interface SyncRow {
  scope: string
  lastSync: Micros
  nextSync: Micros | null
  status: string
  rowsBehind?: number | null
  secondsBehind?: number | null
  detail?: unknown
}

export type BatchKind = 'ticks' | 'bars' | 'daily' | 'import'

/** Source names, best first; `default` serves the classes that are not named. */
export type SourceOrder = Partial<Record<AssetClass | 'default', readonly string[]>>

export interface LatestBatch {
  rows: readonly LatestRow[]
  sourceOrder: SourceOrder
  /** A source that has been silent for two of these may be replaced by any other. */
  cadenceUs: number
}

/** One answer of one source. */
export interface Batch {
  kind: BatchKind
  source: string
  feed: string
  /** Market time at which the answer was complete. */
  fetchedAt: Micros
  marketNow: Micros
  latest?: LatestBatch
  ticks?: readonly TickRow[]
  bars?: readonly BarRow[]
  daily?: readonly DailyRow[]
  actions?: readonly CorporateActionRow[]
  findings?: readonly FindingRow[]
  sync?: SyncRow
  /** Sources asked before this answer came, each with its outcome; kept in the ledger for receipts. */
  attempts?: unknown
}

/** `offered = inserted + updated + duplicate`; a tick that contradicts the first one counts as a duplicate. */
export interface WriteCount {
  offered: number
  inserted: number
  updated: number
  duplicate: number
}

export interface BatchResult {
  /** The ledger id, or null when nothing changed. */
  batchId: number | null
  writeId: number
  ticks: WriteCount
  bars: WriteCount
  daily: WriteCount
  actions: WriteCount
  /** Instruments whose latest row moved. */
  latest: number
}

/** What every writer of a batch needs to know about it. */
export interface WriteContext {
  writeId: number
  sourceId: number
  fetchedAt: Micros
}

/** What one writer did: its count, and the span of `ts` of the rows that it changed. */
export interface Written {
  count: WriteCount
  restated: number
  minTs: Micros | null
  maxTs: Micros | null
}

export const nothingWritten = (offered = 0): Written => ({
  count: { offered, inserted: 0, updated: 0, duplicate: offered },
  restated: 0,
  minTs: null,
  maxTs: null,
})

export interface Change {
  inserted?: number
  updated?: number
  restated?: number
  minTs: Micros | null
  maxTs: Micros | null
}

/** Adds one statement's outcome. */
export function tally(written: Written, change: Change): void {
  const { inserted = 0, updated = 0, restated = 0, minTs, maxTs } = change
  written.count.inserted += inserted
  written.count.updated += updated
  written.count.duplicate -= inserted + updated
  written.restated += restated
  if (minTs !== null) written.minTs = Math.min(minTs, written.minTs ?? minTs)
  if (maxTs !== null) written.maxTs = Math.max(maxTs, written.maxTs ?? maxTs)
}
