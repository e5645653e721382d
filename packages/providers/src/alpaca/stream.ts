// Alpaca's prices as they happen: one connection for shares, one for crypto, as the symbols need them.
import type { SymbolRef } from '@onetape/market'
import type { DataTier, OpenSession, ProviderDeps, QuoteStream, StreamOptions } from '../contract.ts'
import { ProviderError } from '../errors.ts'
import { sessionsByGroup } from '../stream/by-group.ts'
import { superviseStream } from '../stream/supervise.ts'
import { cryptoFeed, type Feeds } from './feed.ts'
import { type Line, openLine } from './stream-session.ts'

export const STREAM_URL = 'wss://stream.data.alpaca.markets'

type Plan = Feeds & { tier: DataTier }
type Streamed = Line['assetClass']

const isStreamed = (name: string): name is Streamed => name === 'equity' || name === 'crypto'

export const createStream =
  (deps: ProviderDeps, plan: Plan) =>
  (refs: readonly SymbolRef[], options?: StreamOptions): QuoteStream =>
    superviseStream({ provider: 'alpaca', refs, options, deps, open: sessionOf(deps, plan) })

function sessionOf(deps: ProviderDeps, plan: Plan): OpenSession {
  const lines = sessionsByGroup({
    groupOf: (ref) => ref.assetClass,
    open: (group) => (isStreamed(group) ? (o) => openLine(lineOf(group, deps, plan), o) : refuseAll),
  })
  return async function* (o) {
    if (!o.subscriptions.current().some((ref) => isStreamed(ref.assetClass))) {
      throw new ProviderError('unsupported', 'Alpaca streams shares and crypto, none of these symbols', {
        provider: 'alpaca',
      })
    }
    yield* lines(o)
  }
}

/** The line of symbols that no line carries: it says so and stays silent. */
const refuseAll: OpenSession = async function* ({ subscriptions, signal }) {
  subscriptions.onChange(() => {})
  const refused = subscriptions
    .current()
    .map((ref) => ({ ref, reason: `Alpaca does not stream ${ref.assetClass}` }))
  yield { type: 'subscribed', refused }
  if (!signal.aborted) {
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
  }
}

function lineOf(assetClass: Streamed, deps: ProviderDeps, plan: Plan): Line {
  const base = (deps.baseUrls?.stream ?? STREAM_URL).replace(/\/+$/, '')
  const { keyId, secretKey } = deps.credentials
  return {
    assetClass,
    url: base + (assetClass === 'crypto' ? '/v1beta3/crypto/us' : `/v2/${plan.stream.name}`),
    feed: assetClass === 'crypto' ? cryptoFeed : plan.stream,
    keys: { keyId, secretKey },
    timeoutMs: deps.timeoutMs,
    symbolsMax: plan.tier.streamSymbolsMax ?? null,
    planName: plan.tier.name,
  }
}
