// What the Operations page shows: everything that an operator asks of a running tape, in one answer.
import type { AssetClass, Micros, Timeframe } from '@onetape/market'

export interface OperationsReads {
  read(): Promise<OperationsReport>
}

export interface OperationsReport {
  wallNow: Micros
  marketNow: Micros
  tiers: TierOperations[]
  /** Runs of slots of the last day of market time that nobody served, newest first. */
  missed: MissedRun[]
  gaps: { counts: Record<GapState, number>; wanted: GapOperations[]; over: GapOperations[] }
  ledger: LedgerOperations
  daemons: DaemonOperations[]
  tables: TableOperations[]
  calls: CallsOperations
}

export interface TierOperations {
  name: string
  frequencyS: number
  priority: number
  enabled: boolean
  members: number
  lastSync: Micros | null
  nextSync: Micros | null
  status: string | null
  classes: ClassCadence[]
}

/** The cadence that a tier came to with an asset class over the last day of market time. */
export interface ClassCadence {
  assetClass: AssetClass
  members: number
  due: number
  served: number
  /** Of those served: some instruments found no answer. */
  partial: number
  missed: number
  /** Between the beginnings of two sweeps: the median of the hours' medians, and the longest. */
  intervalMedianMs: number | null
  intervalMaxMs: number | null
  /** From the beginning of a slot until its rows were on the tape. */
  lateMedianMs: number | null
  /** The hours that something was due in, oldest first. */
  hours: { at: Micros; due: number; served: number }[]
}

/** From the first to the last slot of a run. */
export interface MissedRun {
  tier: string
  assetClass: AssetClass
  fromAt: Micros
  toAt: Micros
  frequencyS: number
  slots: number
  reason: 'down' | 'vendor' | 'budget' | 'busy' | 'tape'
}

export type GapState = 'open' | 'filling' | 'filled' | 'unfillable' | 'no_data'

export interface GapOperations {
  id: number
  /** Null: of all tiers. */
  tier: string | null
  /** Of a gap of one instrument. */
  symbol: string | null
  assetClass: AssetClass
  timeframe: Timeframe
  from: Micros
  to: Micros
  why: 'daemon_down' | 'restart' | 'vendor_failing' | 'budget' | 'mute' | 'clock_jump'
  state: GapState
  /** Why it cannot be filled, or what of it could not. */
  reason: string | null
  /** Expected slots that were missed. */
  slots: number
  piecesTotal: number
  piecesDone: number
  piecesFailed: number
  rowsWritten: number
  calls: number
  /** Until it will be filled at the pace so far; null while that is unknown. */
  etaSeconds: number | null
  lastError: string | null
}

export interface LedgerOperations {
  /** The newest ledger id. */
  batchId: number
  newestAt: Micros | null
  followers: { name: string; batchId: number; behind: number; skipped: number }[]
}

export interface DaemonOperations {
  instanceId: string
  pid: number
  alive: boolean
  startedAt: Micros
  beatAgeMs: number
  busyWith: string | null
  /** Asset classes that it goes first with, and those that it sweeps this moment. */
  lanes: string[]
  sweeping: string[]
  /** Other shared work that it holds: `minutes`, `actions`. */
  leases: string[]
  slots: { tier: string; assetClass: string; slotAt: Micros; served: boolean }[]
  streams: { source: string; state: string; symbols: number; received: number }[]
}

export interface TableOperations {
  table: string
  rows: number
  bytes: number
  indexBytes: number
  partitions: PartitionOperations[]
}

export interface PartitionOperations {
  name: string
  from: Micros
  to: Micros
  /** The statistics' estimate. */
  rows: number
  /** Without indexes. */
  bytes: number
  indexBytes: number
  packed: boolean
  attached: boolean
}

export interface CallsOperations {
  /** What the tiers cost on a regular trading day of US equities, asked of the house's first source. */
  plan: { source: string; tiers: TierCalls[]; inBulk: number; oneByOne: number }
  /** Requests that went out in the last 24 hours of real time. */
  lastDay: { source: string; calls: number; failed: number }[]
}

export interface TierCalls {
  tier: string
  symbols: number
  slots: number
  oneByOne: number
}
