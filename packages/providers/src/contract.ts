import type {
  AssetClass,
  Bar,
  Basis,
  Clock,
  CorporateAction,
  InstrumentInfo,
  Micros,
  Quote,
  Snapshot,
  SymbolRef,
  Timeframe,
} from '@onetape/market'
import type { ProviderError } from './errors.ts'

/** A row that the wire carried and the payload schema or the mapper refused. */
export interface DroppedRow {
  /** The vendor's symbol where the row still names one, else the index in the vendor's list. */
  row: number | string
  reason: string
}

/** What a call brought back. A bad row never takes the batch with it. */
export interface Fetched<T> {
  rows: T[]
  dropped: DroppedRow[]
  /** Symbols asked for that the answer did not hold. */
  missing: SymbolRef[]
  /** Market time at which the answer was complete. */
  fetchedAt: Micros
  /** Calls that the vendor counted. */
  calls: number
  /**
   * Set when a list had to be asked in pieces and a piece failed: the rows are those of the pieces that came.
   * Symbols of the failed pieces are neither in `rows` nor in `missing`: nobody knows about them.
   */
  failure?: ProviderError
}

export interface CallOptions {
  /** Aborts the call; the provider adds its own timeout per request. */
  signal?: AbortSignal
}

export interface BarsRequest {
  ref: SymbolRef
  timeframe: Timeframe
  /** Half-open range of bar starts, [from, to). */
  from: Micros
  to: Micros
}

export type SnapshotsRequest = { assetClass: AssetClass; refs: readonly SymbolRef[] | 'all' }

export interface CorporateActionsRequest {
  /** `'all'` where the vendor lists the whole market; otherwise one call or more per symbol. */
  refs: readonly SymbolRef[] | 'all'
  /** Half-open range of ex-dates, [from, to), `YYYY-MM-DD`. */
  from: string
  to: string
}

export interface Capability {
  quotes: boolean
  /** `market`: one call answers for every symbol; `list`: one call for many; `single`: one call each. */
  snapshots: 'market' | 'list' | 'single' | null
  bars: readonly Timeframe[]
  /** Basis of the bars that this provider asks the vendor for. */
  barsBasis: Basis
  reference: boolean
  /** How many days back the vendor keeps bars of a timeframe; absent where there is no such limit. */
  barsDays?: Partial<Record<Timeframe, number>>
}

export interface Capabilities {
  byAssetClass: Partial<Record<AssetClass, Capability>>
  /** Credential fields that must be given; empty for a keyless vendor. */
  credentials: readonly string[]
  /** Most symbols that one snapshot call takes; null when unlimited. */
  snapshotSymbolsMax: number | null
}

/** A vendor's adapter. Errors are `ProviderError`, always. */
export interface IDataProvider {
  getName(): string
  getCapabilities(): Capabilities
  getQuotes(refs: readonly SymbolRef[], options?: CallOptions): Promise<Fetched<Quote>>
  /** With `refs: 'all'`, the whole market of `assetClass` where the capability says `market`. */
  getSnapshots(request: SnapshotsRequest, options?: CallOptions): Promise<Fetched<Snapshot>>
  /** Bars oldest first, complete over the vendor's pages. No bars in the range is an empty answer, not an error. */
  getBars(request: BarsRequest, options?: CallOptions): Promise<Fetched<Bar>>
  /** The daily bar of every symbol on one trading date in one call, where the vendor has it. */
  getMarketDay?(
    request: { assetClass: AssetClass; sessionDate: string },
    options?: CallOptions,
  ): Promise<Fetched<Bar>>
  /** The vendor's list of instruments, where it has one. */
  listInstruments?(assetClass: AssetClass, options?: CallOptions): Promise<Fetched<InstrumentInfo>>
  /** Splits and cash dividends, oldest first. */
  listCorporateActions?(
    request: CorporateActionsRequest,
    options?: CallOptions,
  ): Promise<Fetched<CorporateAction>>
}

/** Everything a provider may touch, injected: that is how simulator, recordings and tests reach it. */
export interface ProviderDeps {
  fetch: typeof fetch
  /** Stamps `fetchedAt` and judges which session a bar belongs to. */
  marketClock: Clock
  /** Milliseconds before one request, its retries included, is given up. */
  timeoutMs: number
  /** Overrides the vendor's own address, by the provider's endpoint name (most have just `rest`). */
  baseUrls?: Readonly<Record<string, string>>
  credentials: Readonly<Record<string, string>>
}

/** How a vendor's folder presents itself to the registry. */
export interface ProviderDefinition {
  name: string
  label: string
  capabilities: Capabilities
  /** Vendor hosts by endpoint name, e.g. `{ rest: 'https://api.massive.com' }`. */
  baseUrls: Readonly<Record<string, string>>
  create(deps: ProviderDeps): IDataProvider
  /** Endpoints of the recorded bodies that this adapter reads, for `conformance`. */
  recordings: readonly Recording[]
}

/** One recorded endpoint: how a body becomes nouns, or the error that the adapter would raise. */
export interface Recording {
  endpoint: string
  read(body: string, meta: RecordingMeta): RecordingResult
}

export interface RecordingMeta {
  status: number
  path: string
  query: Record<string, unknown>
  /** When the body was answered, as near as the recording knows. */
  receivedAt: Micros
}

export type RecordingResult =
  | { ok: true; nouns: unknown[]; dropped: DroppedRow[] }
  | { ok: false; error: { kind: string; message: string } }
