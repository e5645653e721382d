// One instrument's span asked from the sources that can give it, in house order, as repair: paid from the budget, let
// through by the breakers, recorded. What it comes to decides whether the piece is done, tried later, or refused.
import type { Chunk, Instrument } from '@onetape/db'
import type { Bar, Clock } from '@onetape/market'
import type { Fetched, ProviderError } from '@onetape/providers'
import { askSource, type House } from '../ingest/ask-source.ts'
import { type AttemptTrail, createAttemptTrail } from '../ingest/attempt-trail.ts'
import { spanSources } from './span-sources.ts'

export type SpanAnswer =
  | { kind: 'bars'; source: string; fetched: Fetched<Bar>; trail: AttemptTrail }
  /** Nobody can be asked now; after so long it is worth looking again. */
  | { kind: 'later'; restMs: number; reason: string }
  /** Every source that could have given it says no. */
  | { kind: 'refused'; reason: string }

/** A source whose budget is spent for longer gives way to the next. */
const WAIT_MAX_MS = 60_000
const REST_MS = 5_000

export async function askSpan(
  deps: { house: House; market: Clock },
  o: { instrument: Instrument; piece: Pick<Chunk, 'timeframe' | 'from' | 'to'>; signal: AbortSignal },
): Promise<SpanAnswer> {
  const { assetClass, symbol } = o.instrument
  const { timeframe, from, to } = o.piece
  const { house } = deps
  const trail = createAttemptTrail(house.wall)
  const sources = spanSources(house, {
    assetClass,
    timeframe,
    span: { from, to },
    now: deps.market.now(),
    trail,
  })
  const reasons: string[] = [...sources.reasons]
  let later = sources.later
  let restMs = REST_MS
  for (const { source, reachesFrom } of sources.ready) {
    let failure: ProviderError | null = null
    const fetched = await askSource(house, source, {
      kind: 'charts',
      assetClass,
      priority: 'repair',
      signal: o.signal,
      call: (options) =>
        source.provider.getBars(
          { ref: { assetClass, symbol }, timeframe, from: Math.max(from, reachesFrom), to },
          options,
        ),
      noted: { trail, asked: 1, served: () => 1 },
      onError: (error) => {
        failure = error
      },
    })
    // A span without a trade has no bars: that too is an answer, and closes it.
    if (fetched && !fetched.failure) return { kind: 'bars', source: source.name, fetched, trail }
    const error = failure as ProviderError | null
    reasons.push(error?.message ?? `${source.name} does not answer`)
    if (error && isFinal(error)) continue
    later = true
    restMs = Math.min(WAIT_MAX_MS, error?.retryAfterMs ?? REST_MS)
    if (error?.kind === 'rate_limited' && (error.retryAfterMs ?? 0) <= WAIT_MAX_MS) break
  }
  const reason = [...new Set(reasons)].join('; ') || `no source has ${timeframe} bars of ${assetClass}`
  return later ? { kind: 'later', restMs, reason } : { kind: 'refused', reason }
}

/** It would say the same again. */
const isFinal = ({ kind }: ProviderError): boolean =>
  kind === 'not_found' ||
  kind === 'unsupported' ||
  kind === 'invalid_request' ||
  kind === 'not_entitled' ||
  kind === 'malformed'
