import type { AssetClass, Bar, Basis, Clock, InstrumentInfo, Micros, Quote, Snapshot, SymbolRef, Timeframe } from '@onetape/market'

/** A row that the wire carried and the payload schema or the mapper refused. */
export interface DroppedRow {
  /** Index in the vendor's list, or the vendor's symbol in a map. */
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

export interface Capability {
  quotes: boolean
  /** `market`: one call answers for every symbol; `list`: one call for many; `single`: one call each. */
  snapshots: 'market' | 'list' | 'single' | null
  bars: readonly Timeframe[]
  /** Basis of the bars that this provider asks the vendor for. */
  barsBasis: Basis
  reference: boolean
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
  /** @param refs `'all'` asks for the whole market of `assetClass` where the capability says `market`. */
  getSnapshots(request: SnapshotsRequest, options?: CallOptions): Promise<Fetched<Snapshot>>
  /** Bars oldest first, complete over the vendor's pages. */
  getBars(request: BarsRequest, options?: CallOptions): Promise<Fetched<Bar>>
  /** The vendor's list of instruments, where it has one. */
  listInstruments?(assetClass: AssetClass, options?: CallOptions): Promise<Fetched<InstrumentInfo>>
}

export type SnapshotsRequest = { assetClass: AssetClass; refs: readonly SymbolRef[] | 'all' }

/** Everything a provider may touch, injected: that is how simulator, recordings and tests reach it. */
export interface ProviderDeps {
  fetch: typeof fetch
  /** Stamps `fetchedAt` and judges which session a bar belongs to. */
  marketClock: Clock
  /** Milliseconds before one request is given up. */
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
  read(body: string, meta: { status: number; path: string; query: Record<string, unknown> }): RecordingResult
}
export type RecordingResult =
  | { ok: true; nouns: unknown[]; dropped: DroppedRow[] }
  | { ok: false; error: { kind: string; message: string } }
