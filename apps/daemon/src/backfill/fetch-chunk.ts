// Asks the sources of an asset class for one chunk, in house order, and falls back from one to the next. What a
// source answers decides how it is treated: one that limits us rests, one that refuses us is not asked again.
import { setTimeout as pause } from 'node:timers/promises'
import type { Chunk } from '@onetape/db'
import type { AssetClass, Bar, Clock, Micros, SymbolRef, Timeframe } from '@onetape/market'
import {
  type BarsRequest,
  type CallOptions,
  type Fetched,
  type IDataProvider,
  ProviderError,
} from '@onetape/providers'
import { HOUSE_ORDER } from '../ingest/house-order.ts'

export interface BarSources {
  /** Sources that can be asked, by name. */
  sources: ReadonlyMap<string, { provider: IDataProvider }>
  /** Which are asked first; the house's own order unless said otherwise. */
  houseOrder?: Readonly<Record<AssetClass, readonly string[]>>
  wallClock: Clock
  /** Priority and record of the calls; those of a backfill, unrecorded, unless told. */
  optionsOf?(source: string, signal: AbortSignal): CallOptions
}

export interface ChunkAnswer {
  source: string
  fetched: Fetched<Bar>
}

/** No source could answer; `retry` says whether another attempt may. */
export class ChunkFailure extends Error {
  override name = 'ChunkFailure'
  readonly retry: boolean
  constructor(message: string, retry: boolean) {
    super(message)
    this.retry = retry
  }
}

const REST_MS = 10_000
const REST_MAX_MS = 120_000
const REST_MIN_MS = 50
const ROUNDS_MAX = 6

/** Remembers across chunks which source rests until when, and which is out for this run. */
const asBackfill = (_source: string, signal: AbortSignal): CallOptions => ({ signal, priority: 'backfill' })

export function openBarDesk({
  sources,
  houseOrder = HOUSE_ORDER,
  wallClock,
  optionsOf = asBackfill,
}: BarSources) {
  const restsUntil = new Map<string, Micros>()
  const out = new Map<string, string>()

  const candidates = (assetClass: AssetClass, timeframe: Timeframe): Candidate[] =>
    houseOrder[assetClass].flatMap((name) => {
      const provider = sources.get(name)?.provider
      const can = provider?.getCapabilities().byAssetClass[assetClass]?.bars.includes(timeframe)
      return provider && can ? [{ name, provider }] : []
    })

  /** What an error means for the source; true when this source may answer later. */
  const noteError = (name: string, assetClass: AssetClass, error: ProviderError): boolean => {
    if (error.kind === 'unauthorized' || error.kind === 'not_entitled')
      out.set(`${name} ${assetClass}`, error.message)
    if (error.kind === 'rate_limited') {
      const restMs = Math.min(error.retryAfterMs ?? REST_MS, REST_MAX_MS)
      restsUntil.set(name, wallClock.now() + restMs * 1000)
    }
    return error.kind === 'rate_limited' || error.kind === 'unavailable'
  }

  const rests = (name: string): boolean => (restsUntil.get(name) ?? 0) > wallClock.now()

  /** Asks each able source once. */
  const askRound = async (able: readonly Candidate[], o: Ask): Promise<Round> => {
    const round: Round = { answer: null, reasons: [], later: false, resting: [] }
    const { ref, signal } = o
    for (const candidate of able) {
      const { name, provider } = candidate
      const refused = out.get(`${name} ${ref.assetClass}`)
      if (refused || rests(name)) {
        round.reasons.push(refused ?? `${name} limits our calls`)
        if (!refused) round.resting.push(candidate)
        continue
      }
      try {
        const fetched = await provider.getBars(o, optionsOf(name, signal))
        if (fetched.rows.length > 0) return { ...round, answer: { source: name, fetched } }
        round.answer ??= { source: name, fetched }
      } catch (error) {
        signal.throwIfAborted()
        if (!(error instanceof ProviderError)) throw error
        round.later = noteError(name, ref.assetClass, error) || round.later
        if (error.kind === 'rate_limited') round.resting.push(candidate)
        round.reasons.push(error.message)
      }
    }
    return round
  }

  return {
    /**
     * Nobody has rows, and somebody says so: that too is an answer, and deletes nothing.
     * @throws ChunkFailure when nobody answers, and the signal's reason when it is aborted.
     */
    async fetch(
      ref: SymbolRef,
      range: Pick<Chunk, 'timeframe' | 'from' | 'to'>,
      signal: AbortSignal,
    ): Promise<ChunkAnswer> {
      const { timeframe, from, to } = range
      let able = candidates(ref.assetClass, timeframe)
      if (able.length === 0)
        throw new ChunkFailure(`no source has ${timeframe} bars of ${ref.assetClass}`, false)
      const reasons = new Set<string>()
      let later = false
      for (let round = 1; ; round++) {
        const found = await askRound(able, { ref, timeframe, from, to, signal })
        if (found.answer) return found.answer
        for (const reason of found.reasons) reasons.add(reason)
        later ||= found.later
        if (found.resting.length === 0 || round >= ROUNDS_MAX)
          throw new ChunkFailure([...reasons].join('; '), later)
        // Whoever has said no is not asked again; those who rest are waited for.
        able = found.resting
        const wakeAt = Math.min(...able.map(({ name }) => restsUntil.get(name)!))
        await pause(Math.max(REST_MIN_MS, Math.ceil((wakeAt - wallClock.now()) / 1000) + 1), undefined, {
          signal,
        })
      }
    },
  }
}
export type BarDesk = ReturnType<typeof openBarDesk>

interface Candidate {
  name: string
  provider: IDataProvider
}
type Ask = BarsRequest & { signal: AbortSignal }
interface Round {
  answer: ChunkAnswer | null
  reasons: string[]
  /** Whether another attempt, later, may succeed. */
  later: boolean
  /** Sources that limit our calls now. */
  resting: Candidate[]
}
