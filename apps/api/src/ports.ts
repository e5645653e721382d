// What the procedures need, as interfaces: `compose.ts` meets them with the hub and with packages/db. They are all
// that the web's type checker has to read of this app.
import type { AssetClass, Basis, Micros, Timeframe } from '@onetape/market'
import type { Health } from './health.ts'
import type { QuoteDelta, QuoteRow } from './quote-row.ts'

/** The newest quote of every instrument, in memory. */
export interface LiveQuotes {
  /** The moment of the tape that memory is level with, as an event id. */
  cursor(): string
  latest(keys?: readonly string[]): { cursor: string; rows: QuoteRow[] }
  quote(key: string): QuoteRow | null
  /** Replays what changed since `lastEventId`, then goes on; ids strictly increase within one call. */
  follow(request: FollowRequest): AsyncGenerator<{ id: string; delta: QuoteDelta }, void>
}

export interface FollowRequest {
  lastEventId: string | null
  keys: readonly string[] | null
  signal: AbortSignal
  /** Cuts the connection of a reader that does not read. */
  disconnect: () => void
}

export interface HealthReports {
  read(): Promise<Health>
  /** A report when something but the clock changed, looked at every two seconds; at least every ten seconds. */
  watch(signal: AbortSignal): AsyncGenerator<Health, void>
}

/** What is read from the database per call. `null`: no such instrument. */
export interface TapeReads {
  bars(request: BarsQuery): Promise<BarSeries | null>
  search(request: { text: string; limit: number }): Promise<FoundInstrument[]>
  instrument(key: string): Promise<InstrumentPage | null>
}

export interface BarsQuery {
  key: string
  timeframe: Timeframe
  from?: Micros
  to?: Micros
  limit: number
  /** The whole range in so many bars or fewer, none shorter than `timeframe`; `limit` does not count then. */
  points?: number
  source?: string
  /** Which of the source's stored series; left out, the fullest. */
  stored?: Basis
  /** What the answer is to stand on, whatever is stored; left out, as it is stored. */
  basis?: Basis
}

/** One source and one basis per series, named; oldest bar first. */
export interface BarSeries {
  key: string
  timeframe: Timeframe
  source: string | null
  basis: Basis | null
  feed: string | null
  /** Sources that hold bars of this timeframe, for a reader who prefers another. */
  sources: string[]
  /** How long the bars are; `lengthUs` is null where they are counted in session dates. */
  resolution: { name: string; lengthUs: number | null }
  /** The basis that these bars are stored on; `basis` says what they stand on here. */
  stored: Basis | null
  /** By whose corporate actions they were put on another basis; null where they are as they are stored. */
  converted: { from: Basis; actions: string | null } | null
  /** Why they do not stand on the basis that was asked for. */
  refused: { basis: Basis; why: string } | null
  /** Why older bars are left out: they cannot be put on this basis. */
  cut: string | null
  bars: SeriesBar[]
}

export interface SeriesBar {
  ts: Micros
  open: number
  high: number
  low: number
  close: number
  volume: number | null
  final: boolean
}

export interface FoundInstrument {
  key: string
  symbol: string
  assetClass: AssetClass
  name: string | null
  pastSymbols?: string[]
}

export interface InstrumentPage {
  key: string
  symbol: string
  assetClass: AssetClass
  name: string | null
  currency: string
  venue: string
  /** Names over time; `validTo` is inclusive, null means still. */
  symbols: { symbol: string; validFrom: string | null; validTo: string | null }[]
  actions: { kind: string; exDate: string; ratio: number | null; amount: number | null; source: string }[]
  quote: QuoteRow | null
}
