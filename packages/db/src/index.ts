// The tape's functions, signatures first; each moves to a file of its own in reads/ and writes/.
import type {
  AssetClass,
  Basis,
  IntradayTimeframe,
  Micros,
  Ohlcv,
  SymbolRef,
  Timeframe,
  Venue,
} from '@onetape/market'
import type { NodePgDatabase } from 'drizzle-orm/node-postgres'
import type { Pool } from 'pg'

export type Mode = 'demo' | 'live'

/** The message is one clear line for a person; it never holds a password. */
export declare class DatabaseProblem extends Error {}

export interface Db {
  drizzle: NodePgDatabase
  pool: Pool
  end(): Promise<void>
}
export declare function connect(o: { url: string; applicationName: string; poolMax?: number }): Db
export declare function prepareDatabase(o: {
  url: string
  mode: Mode
  createIfMissing?: boolean
}): Promise<void>
export declare function readEnvironment(
  db: Db,
): Promise<{ mode: Mode; environmentId: string; shiftUs: number }>
export declare function readServerVersion(db: Db): Promise<string>
export declare function writeMarketShift(
  db: Db,
  o: { shiftUs: number; from: Micros; to: Micros },
): Promise<void>
export declare function marketSpansSkipped(db: Db): Promise<{ from: Micros; to: Micros }[]>

export interface Instrument {
  id: number
  key: string
  assetClass: AssetClass
  /** The current house symbol. */
  symbol: string
  name: string | null
  currency: string
  listingType: string | null
}
export interface FoundInstrument extends Instrument {
  pastSymbols: string[]
}
export interface InstrumentToMint {
  ref: SymbolRef
  /** Default: `instrumentKey(ref)`. */
  key?: string
  name?: string | null
  currency?: string
  listingType?: string | null
  listedOn?: string | null
  validFrom?: string | null
  validTo?: string | null
}
/** `validTo` is the last day, inclusive; null is open. */
export interface SymbolSpan {
  symbol: string
  validFrom: string | null
  validTo: string | null
}
export interface SymbolResolver {
  resolve(ref: SymbolRef, sessionDate: string): Instrument | null
  refresh(): Promise<void>
}
export declare function readInstruments(db: Db, o?: { assetClass?: AssetClass }): Promise<Instrument[]>
export declare function readInstrument(db: Db, keyOrSymbol: string): Promise<Instrument | null>
export declare function searchInstruments(
  db: Db,
  o: { text: string; limit: number },
): Promise<FoundInstrument[]>
/** In the order given. */
export declare function mintInstruments(db: Db, infos: readonly InstrumentToMint[]): Promise<Instrument[]>
export declare function renameInstrument(
  db: Db,
  o: { instrumentId: number; symbols: readonly SymbolSpan[] },
): Promise<void>
export declare function readSymbols(db: Db, instrumentId: number): Promise<SymbolSpan[]>
export declare function symbolResolver(db: Db): Promise<SymbolResolver>
export declare function sourceIds(db: Db, names: readonly string[]): Promise<Map<string, number>>

export interface TickRow {
  instrumentId: number
  ts: Micros
  price: number
  /** Cumulative volume of the session at `ts`. */
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
/** Sources best first; `default` serves the classes that are not named. */
export type SourceOrder = Partial<Record<AssetClass | 'default', readonly string[]>>
export interface Batch {
  kind: BatchKind
  source: string
  feed: string
  fetchedAt: Micros
  marketNow: Micros
  latest?: { rows: readonly LatestRow[]; sourceOrder: SourceOrder; cadenceUs: number }
  ticks?: readonly TickRow[]
  bars?: readonly BarRow[]
  daily?: readonly DailyRow[]
  actions?: readonly CorporateActionRow[]
  findings?: readonly FindingRow[]
  sync?: SyncRow
}
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
export declare function writeBatch(db: Db, batch: Batch): Promise<BatchResult>
/** @returns names of the partitions made. */
export declare function ensurePartitions(
  db: Db,
  o: { marketNow: Micros; monthsAhead?: number },
): Promise<string[]>
export declare function writeFindings(db: Db, source: string, rows: readonly FindingRow[]): Promise<void>

export interface LedgerBatch {
  id: number
  writeId: number
  kind: BatchKind
  source: string
  feed: string
  fetchedAt: Micros
  minTs: Micros | null
  maxTs: Micros | null
  rowsOffered: number
  rowsWritten: number
}
export declare function readBatchesAfter(
  db: Db,
  o: { afterId: number; limit: number },
): Promise<LedgerBatch[]>
export declare function lastBatchId(db: Db): Promise<number>
export declare function rollUpDaily(
  db: Db,
  o: { limit: number },
): Promise<{ batches: number; days: number; cursor: number }>
export interface Listener extends AsyncDisposable {
  close(): Promise<void>
}
/** `onReconnect` runs after every connect, the first included: catch up there. */
export declare function listen(o: {
  url: string
  channels: readonly string[]
  onMessage(channel: string, payload: string): void
  onReconnect(): void
  applicationName?: string
}): Listener
export declare const BATCH_CHANNEL: 'onetape_batch'
export declare const CLOCK_CHANNEL: 'onetape_clock'

export interface LatestView {
  instrumentId: number
  key: string
  symbol: string
  assetClass: AssetClass
  name: string | null
  currency: string
  batchId: number
  ts: Micros
  fetchedAt: Micros
  source: string
  feed: string
  delayedMinutes: number
  tsOrigin: 'vendor' | 'response'
  last: number
  bid: number | null
  ask: number | null
  bidSize: number | null
  askSize: number | null
  dayOpen: number | null
  dayHigh: number | null
  dayLow: number | null
  dayClose: number | null
  volume: number | null
  previousClose: number | null
  sessionDate: string
}
/** `afterBatchId`: rows whose last write closed after that ledger id (write ids are no cursor: they are taken first). */
export declare function readLatest(
  db: Db,
  o?: { afterBatchId?: number; instrumentIds?: readonly number[] },
): Promise<LatestView[]>
export interface SeriesBar extends Ohlcv {
  ts: Micros
  final: boolean
}
export interface BarSeries {
  source: string | null
  basis: Basis | null
  feed: string | null
  /** Every source that has bars in the range, the chosen one included. */
  sources: string[]
  bars: SeriesBar[]
}
export declare function readBars(
  db: Db,
  o: {
    instrumentId: number
    timeframe: Timeframe
    from: Micros
    to: Micros
    limit: number
    venue: Venue
    source?: string
    basis?: Basis
    /** House order, best first: decides between sources whose newest bar is the same. */
    sourceOrder?: readonly string[]
  },
): Promise<BarSeries>
export interface CorporateActionView extends CorporateActionRow {
  source: string
}
export declare function readCorporateActions(db: Db, instrumentId: number): Promise<CorporateActionView[]>

export interface Tier {
  name: string
  frequencyS: number
  priority: number
  enabled: boolean
  members: number
}
export declare function readTiers(db: Db): Promise<Tier[]>
/** The fastest enabled tier of each instrument. */
export declare function readMembers(db: Db): Promise<{ instrumentId: number; tier: string }[]>
/** @returns how many members were added. */
export declare function setTierMembers(
  db: Db,
  o: { tier: string; instrumentIds: readonly number[]; replace: boolean },
): Promise<number>
export interface Heartbeat {
  instanceId: string
  pid: number
  startedAt: Micros
  /** Wall clock. */
  beatAt: Micros
  marketAt: Micros
  detail: unknown
}
export declare function beatHeart(
  db: Db,
  o: {
    instanceId: string
    pid: number
    startedAt: Micros
    wallNow: Micros
    marketNow: Micros
    detail: unknown
  },
): Promise<void>
/** Newest beat first. */
export declare function readHeartbeats(db: Db): Promise<Heartbeat[]>
export interface SyncView {
  environment: string
  scope: string
  lastSync: Micros | null
  nextSync: Micros | null
  status: string
  rowsBehind: number | null
  secondsBehind: number | null
  detail: unknown
}
export declare function readSync(db: Db): Promise<SyncView[]>
export declare function recordEvent(db: Db, kind: string, detail: unknown, at: Micros): Promise<void>
/** `ticks`, `bars` and `days` are the planner's estimates. */
export declare function readTapeCounts(
  db: Db,
): Promise<{ instruments: number; ticks: number; bars: number; days: number; bytes: number }>

export interface PlannedChunk {
  instrumentId: number
  timeframe: Timeframe
  from: Micros
  to: Micros
}
export interface Chunk extends PlannedChunk {
  runId: number
  seq: number
  /** This attempt included. */
  attempts: number
}
/** The same request (days and symbols) still unfinished is resumed with its own chunks. */
export declare function planBackfill(
  db: Db,
  o: {
    from: Micros
    to: Micros
    days: number
    symbols: readonly string[] | null
    chunks: readonly PlannedChunk[]
  },
): Promise<{ runId: number; resumed: boolean }>
export declare function claimChunk(
  db: Db,
  o: { runId: number; worker: string; wallNow: Micros; leaseMs: number },
): Promise<Chunk | null>
export declare function finishChunk(
  db: Db,
  o: { runId: number; seq: number; source: string | null; rowsOffered: number; rowsWritten: number },
): Promise<void>
export declare function failChunk(
  db: Db,
  o: { runId: number; seq: number; error: string; retry: boolean },
): Promise<void>
export interface BackfillState {
  runId: number
  total: number
  done: number
  failed: number
  rowsOffered: number
  rowsWritten: number
  status: 'running' | 'done' | 'failed'
}
export declare function readBackfill(db: Db, runId: number): Promise<BackfillState>
