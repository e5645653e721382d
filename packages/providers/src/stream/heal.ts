/**
 * Heals a seam from REST: `healSeam(provider, seam, { marketClock, signal?, priority?, onCall? })`.
 *
 * Why nothing is lost or doubled: bars are asked for every minute that the seam touches, the ones it only touches in
 * part as well, and a whole minute of the vendor replaces whatever was made of that minute from the stream (bars are
 * keyed by instrument, timeframe, start and source). The newest price comes as a snapshot, whose event time decides
 * against the stream's own. A minute that is not over yet cannot be had whole: it comes back as `rest`, to be healed
 * again after `rest.healAt`.
 */
import {
  type Bar,
  type Clock,
  MINUTE_US,
  type Micros,
  type Quote,
  SECOND_US,
  type Snapshot,
  type SymbolRef,
} from '@onetape/market'
import type { CallOptions, DroppedRow, Fetched, IDataProvider } from '../contract.ts'
import { type ErrorKind, ProviderError } from '../errors.ts'
import { byAssetClass } from '../fetched.ts'
import { inPieces } from '../http/bounded.ts'

export interface SeamSpan {
  refs: readonly SymbolRef[]
  /** Half-open, market time. */
  from: Micros
  to: Micros
}

export interface HealOptions extends CallOptions {
  marketClock: Clock
}

export interface Healed {
  /** Whole minutes of the vendor, oldest first for each symbol. */
  bars: Bar[]
  snapshots: Snapshot[]
  /** Where the vendor has quotes but no snapshots. */
  quotes: Quote[]
  dropped: DroppedRow[]
  /** What could not be asked or answered; the seam of these symbols is still open. */
  failed: { ref: SymbolRef; error: ProviderError }[]
  /** The last minute of the seam, when it is not over yet; heal it again at `healAt` (market time). */
  rest: (SeamSpan & { healAt: Micros }) | null
  fetchedAt: Micros
}

/** Vendors close a minute a few seconds after it is over. */
const SETTLE_US = 5 * SECOND_US
const CALLS_AT_ONCE = 4
/** What one call is refused for, the next will be refused for too. */
const REFUSES_ALL: readonly ErrorKind[] = ['unauthorized', 'not_entitled', 'rate_limited']

export async function healSeam(
  provider: IDataProvider,
  seam: SeamSpan,
  { marketClock, ...call }: HealOptions,
): Promise<Healed> {
  const options: CallOptions = { priority: 'repair', ...call }
  const healed: Healed = {
    bars: [],
    snapshots: [],
    quotes: [],
    dropped: [],
    failed: [],
    rest: null,
    fetchedAt: marketClock.now(),
  }
  const from = seam.from - (seam.from % MINUTE_US)
  const wholeTo = Math.ceil(seam.to / MINUTE_US) * MINUTE_US
  const settled = marketClock.now() - SETTLE_US
  const to = Math.min(wholeTo, settled - (settled % MINUTE_US))
  if (to < wholeTo) {
    const rest = Math.max(from, to)
    healed.rest = { refs: seam.refs, from: rest, to: seam.to, healAt: wholeTo + SETTLE_US }
  }
  for (const { assetClass, refs } of byAssetClass(seam.refs)) {
    const capability = provider.getCapabilities().byAssetClass[assetClass]
    if (capability?.snapshots) {
      await take(healed, refs, healed.snapshots, () => provider.getSnapshots({ assetClass, refs }, options))
    } else if (capability?.quotes) {
      await take(healed, refs, healed.quotes, () => provider.getQuotes(refs, options))
    }
    if (to <= from || !capability?.bars.includes('1m')) continue
    await inPieces(refs, { limit: CALLS_AT_ONCE, signal: call.signal }, (ref) =>
      take(healed, [ref], healed.bars, () => provider.getBars({ ref, timeframe: '1m', from, to }, options)),
    )
  }
  healed.bars = healed.bars.filter((bar) => bar.final && bar.ts >= from && bar.ts < to)
  return healed
}

/** One symbol's failure is told and costs the others nothing; an aborted call ends the healing. */
async function take<T>(
  healed: Healed,
  refs: readonly SymbolRef[],
  rows: T[],
  ask: () => Promise<Fetched<T>>,
): Promise<void> {
  const refusal = healed.failed.find(({ error }) => REFUSES_ALL.includes(error.kind))
  if (refusal) {
    healed.failed.push(...refs.map((ref) => ({ ref, error: refusal.error })))
    return
  }
  try {
    const fetched = await ask()
    for (const row of fetched.rows) rows.push(row)
    healed.dropped.push(...fetched.dropped)
    healed.fetchedAt = Math.max(healed.fetchedAt, fetched.fetchedAt)
    if (fetched.failure) healed.failed.push(...refs.map((ref) => ({ ref, error: fetched.failure! })))
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error
    healed.failed.push(...refs.map((ref) => ({ ref, error })))
  }
}
