// A vendor in memory: an `IDataProvider` whose answers a test sets, and which remembers what it was asked.
import type {
  AssetClass,
  Bar,
  Clock,
  CorporateAction,
  InstrumentInfo,
  Micros,
  Quote,
  Snapshot,
  SymbolRef,
} from '@onetape/market'
import { microsFromMillis, sessionDateOf, venueOf } from '@onetape/market'
import {
  type CallOptions,
  type Capability,
  type CorporateActionsRequest,
  type Fetched,
  type IDataProvider,
  ProviderError,
  type QuoteStream,
  type SnapshotsRequest,
  type StreamOptions,
} from '@onetape/providers'
import { FakeStream } from './fake-stream.ts'

export interface FakeVendorOptions {
  name: string
  market: Clock
  assetClasses?: readonly AssetClass[]
  snapshots?: Capability['snapshots']
  delayedMinutes?: number
  corporateActions?: Capability['corporateActions']
  /** Streams; at most so many symbols. */
  streams?: { symbolsMax: number | null }
}

export class FakeVendor implements IDataProvider {
  /** Price by house symbol; a symbol that is not here is missing from every answer. */
  readonly prices = new Map<string, number>()
  /** Changes a snapshot before it is handed out. */
  readonly edits = new Map<string, (s: Snapshot) => Snapshot>()
  readonly asked: SnapshotsRequest[] = []
  readonly barsAsked: string[] = []
  readonly rangesAsked: { from: Micros; to: Micros }[] = []
  /** Minute bars by house symbol. */
  readonly minutes = new Map<string, Bar[]>()
  /** House symbols whose bars are said not to be there. */
  readonly missingBars = new Set<string>()
  /** How many days back minutes are kept; null for ever. */
  minuteDays: number | null = null
  listing: InstrumentInfo[] = []
  /** Thrown by every call while set. */
  error: ProviderError | null = null
  /** Settled before an answer is given. */
  gate: Promise<void> = Promise.resolve()
  readonly #options: FakeVendorOptions

  /** Every stream that was opened. */
  readonly opened: FakeStream[] = []
  streamQuotes?: (refs: readonly SymbolRef[], options?: StreamOptions) => QuoteStream

  constructor(options: FakeVendorOptions) {
    this.#options = options
    if (!options.streams) return
    this.streamQuotes = (refs, o) => {
      const stream = new FakeStream(refs, o)
      this.opened.push(stream)
      return stream
    }
  }

  getName() {
    return this.#options.name
  }

  getCapabilities() {
    const capability: Capability = {
      quotes: true,
      snapshots: this.#options.snapshots ?? 'list',
      bars: ['1m', '1d'],
      barsBasis: 'split',
      ...(this.minuteDays === null ? {} : { barsDays: { '1m': this.minuteDays } }),
      reference: this.listing.length > 0,
      corporateActions: this.#options.corporateActions ?? null,
      fundamentals: false,
      options: false,
      stream: this.#options.streams !== undefined,
    }
    const classes = this.#options.assetClasses ?? ['equity']
    const byAssetClass = Object.fromEntries(classes.map((c) => [c, capability]))
    const streamSymbolsMax = this.#options.streams?.symbolsMax ?? null
    const tier = { name: 'all', label: 'All', access: {}, limits: [], streamSymbolsMax }
    return { byAssetClass, credentials: [], snapshotSymbolsMax: 100, tiers: [tier], defaultTier: 'all' }
  }

  async getQuotes(_refs: readonly SymbolRef[], options?: CallOptions): Promise<Fetched<Quote>> {
    await this.#ready(options)
    return this.#answer([], [])
  }

  async getSnapshots(request: SnapshotsRequest, options?: CallOptions): Promise<Fetched<Snapshot>> {
    this.asked.push(request)
    await this.#ready(options)
    const refs = request.refs === 'all' ? this.#refs(request.assetClass) : request.refs
    const rows = refs.flatMap((ref) => this.#snapshot(ref) ?? [])
    return this.#answer(
      rows,
      refs.filter((ref) => !this.prices.has(ref.symbol)),
    )
  }

  async getBars(
    { ref, timeframe, from, to }: Parameters<IDataProvider['getBars']>[0],
    options?: CallOptions,
  ) {
    this.barsAsked.push(`${ref.symbol} ${timeframe}`)
    this.rangesAsked.push({ from, to })
    await this.#ready(options)
    if (this.missingBars.has(ref.symbol))
      throw new ProviderError('not_found', `no ${ref.symbol}`, { provider: this.getName() })
    if (timeframe === '1m') {
      const bars = this.minutes.get(ref.symbol) ?? []
      return this.#answer(
        bars.filter((b) => b.ts >= from && b.ts < to),
        [],
      )
    }
    const price = this.prices.get(ref.symbol)
    const sessionDate = new Date((to - 1) / 1000).toISOString().slice(0, 10)
    if (price === undefined || timeframe !== '1d') return this.#answer<Bar>([], [])
    const bar: Bar = {
      ...ref,
      timeframe,
      ...flat(price),
      ts: from,
      sessionDate,
      ...this.#basis(),
      final: true,
    }
    return this.#answer([bar], [])
  }

  async listInstruments(assetClass: AssetClass): Promise<Fetched<InstrumentInfo>> {
    if (this.error) throw this.error
    return this.#answer(
      this.listing.filter((i) => i.assetClass === assetClass),
      [],
    )
  }

  /** What `listCorporateActions` tells. */
  actions: CorporateAction[] = []
  readonly actionsAsked: CorporateActionsRequest[] = []

  async listCorporateActions(request: CorporateActionsRequest, options?: CallOptions) {
    this.actionsAsked.push(request)
    await this.#ready(options)
    const { refs, from, to } = request
    const isAsked = ({ symbol, exDate }: CorporateAction) =>
      exDate >= from && exDate < to && (refs === 'all' || refs.some((ref) => ref.symbol === symbol))
    return this.#answer(this.actions.filter(isAsked), [])
  }

  async #ready(options?: CallOptions): Promise<void> {
    const aborted = new Promise<never>((_, reject) =>
      options?.signal?.addEventListener('abort', () => reject(options.signal!.reason), { once: true }),
    )
    await Promise.race([this.gate, aborted])
    if (this.error) throw this.error
  }

  #refs = (assetClass: AssetClass): SymbolRef[] =>
    [...this.prices.keys()].map((symbol) => ({ assetClass, symbol }))

  #basis = () => ({ basis: 'split' as const, feed: `${this.#options.name}-feed` })

  #snapshot(ref: SymbolRef): Snapshot | null {
    const last = this.prices.get(ref.symbol)
    if (last === undefined) return null
    const ts = this.#options.market.now() - microsFromMillis(500)
    const sessionDate = sessionDateOf(venueOf(ref.assetClass), ts)
    const quote: Quote = {
      ...ref,
      ts,
      tsOrigin: 'vendor',
      last,
      bid: last - 0.01,
      ask: last + 0.01,
      bidSize: 100,
      askSize: 100,
      volume: 1_000,
      feed: `${this.#options.name}-feed`,
      delayedMinutes: this.#options.delayedMinutes ?? 0,
      currency: ref.assetClass === 'fx' ? ref.symbol.split('-')[1]! : 'USD',
    }
    const day = { open: last, high: last * 1.1, low: last * 0.9, close: last, volume: 1_000 }
    const snapshot = { quote, minuteBar: null, day, sessionDate, previousClose: last }
    return this.edits.get(ref.symbol)?.(snapshot) ?? snapshot
  }

  #answer<T>(rows: T[], missing: SymbolRef[]): Fetched<T> {
    return { rows, dropped: [], missing, fetchedAt: this.#options.market.now(), calls: 1 }
  }
}

const flat = (price: number) => ({ open: price, high: price, low: price, close: price, volume: 500 })
