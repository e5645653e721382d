import type {
  AssetClass,
  Bar,
  Clock,
  CorporateAction,
  Fundamentals,
  InstrumentInfo,
  Micros,
  OptionQuote,
  Quote,
  Snapshot,
  SymbolRef,
  Timeframe,
} from '@onetape/market'
import type { CallBudget, CallOptions } from './call.ts'
import type { Capabilities } from './capability.ts'
import type { ProviderError } from './errors.ts'
import type { ProbeHints } from './probe/hints.ts'
import type { Recording } from './recording-contract.ts'
import type { OAuthSignIn } from './sign-in.ts'
import type { QuoteStream, StreamOptions } from './stream/contract.ts'

export type * from './call.ts'
export type * from './capability.ts'
export type * from './recording-contract.ts'
export type * from './sign-in.ts'
export type * from './stream/contract.ts'

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
  /** Currency of rows that name none themselves (bars), where the vendor says it; otherwise the instrument's own. */
  currency?: string
  /**
   * Set when a list had to be asked in pieces and a piece failed: the rows are those of the pieces that came.
   * Symbols of the failed pieces are neither in `rows` nor in `missing`: nobody knows about them.
   */
  failure?: ProviderError
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

export interface FundamentalsRequest {
  ref: SymbolRef
}

export interface OptionsChainRequest {
  /** The underlying. */
  ref: SymbolRef
  /** `YYYY-MM-DD`; absent for the nearest expiry that the vendor lists. */
  expiry?: string
}

/** The contracts of one expiry, calls and puts, by strike; and which expiries there are. */
export interface OptionsChain extends Fetched<OptionQuote> {
  underlying: SymbolRef
  underlyingLast: number | null
  /** Every expiry that the vendor lists, oldest first. */
  expirations: string[]
  /** The expiry that `rows` belong to; null when there is none. */
  expiry: string | null
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
  /** One row, or none with the symbol in `missing`. */
  getFundamentals?(request: FundamentalsRequest, options?: CallOptions): Promise<Fetched<Fundamentals>>
  getOptionsChain?(request: OptionsChainRequest, options?: CallOptions): Promise<OptionsChain>
  /** Prices as they happen; see stream/contract.ts for what an iteration yields and how it ends. */
  streamQuotes?(refs: readonly SymbolRef[], options?: StreamOptions): QuoteStream
  /** Wall time at which a person has to sign in again; null where credentials do not expire by themselves. */
  authExpiresAt?(): Micros | null
  /** Ends sessions and sockets that the provider keeps open between calls. */
  close?(): Promise<void>
}

/** Everything a provider may touch, injected: that is how simulator, recordings and tests reach it. */
export interface ProviderDeps {
  fetch: typeof fetch
  /** Stamps `fetchedAt` and judges which session a bar belongs to. */
  marketClock: Clock
  /** Token expiry, latencies, watchdogs. */
  wallClock: Clock
  /** Numbers in [0, 1), for jitter. */
  random: () => number
  /** Milliseconds before one request, its retries included, is given up. */
  timeoutMs: number
  /** Overrides the vendor's own address, by the provider's endpoint name (most have just `rest`). */
  baseUrls?: Readonly<Record<string, string>>
  credentials: Readonly<Record<string, string>>
  /** Name of the plan that the credentials have; the vendor's default tier when absent. */
  tier?: string
  /** Asked before every request; without one nothing is metered. */
  budget?: CallBudget
}

/** A setting of the house that a provider reads: the name of an environment variable and what it fills. */
export interface ProviderSetting {
  env: string
  role: 'credential' | 'baseUrl' | 'tier'
  /** Credential field or endpoint name; `tier` for the tier. */
  field: string
  label: string
  secret?: boolean
  /** For an address that no vendor has for everybody, such as a terminal's: without it the source is not connected. */
  required?: boolean
}

/** How a vendor's folder presents itself to the registry. */
export interface ProviderDefinition {
  name: string
  label: string
  capabilities: Capabilities
  /** Vendor hosts by endpoint name, e.g. `{ rest: 'https://api.massive.com' }`. */
  baseUrls: Readonly<Record<string, string>>
  settings: readonly ProviderSetting[]
  create(deps: ProviderDeps): IDataProvider
  /** Where a person signs in at the vendor's page instead of pasting a key. */
  signIn?: OAuthSignIn
  /** What a probe of credentials has to know about this vendor. */
  probe?: ProbeHints
  /** Endpoints of the recorded bodies that this adapter reads, for `conformance`. */
  recordings: readonly Recording[]
  /** Recordings of these sources are this adapter's too: an older API of the same house. */
  recordingsAlso?: readonly string[]
}
