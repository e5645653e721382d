// Alpaca's prices as they happen: one connection for shares, one for crypto, as the symbols need them.
import type { SymbolRef } from '@onetape/market'
import type { DataTier, OpenSession, ProviderDeps, QuoteStream, StreamOptions } from '../contract.ts'
import { ProviderError } from '../errors.ts'
import { superviseStream } from '../stream/supervise.ts'
import { cryptoFeed, type Feeds } from './feed.ts'
import { togetherOf } from './stream-lines.ts'
import { type Line, openLine } from './stream-session.ts'

export const STREAM_URL = 'wss://stream.data.alpaca.markets'

type Plan = Feeds & { tier: DataTier }
type Streamed = Line['assetClass']
const STREAMED: readonly Streamed[] = ['equity', 'crypto']

export const createStream =
  (deps: ProviderDeps, plan: Plan) =>
  (refs: readonly SymbolRef[], options?: StreamOptions): QuoteStream =>
    superviseStream({ provider: 'alpaca', refs, options, deps, open: sessionOf(deps, plan) })

function sessionOf(deps: ProviderDeps, plan: Plan): OpenSession {
  return async function* ({ subscriptions, signal }) {
    const current = subscriptions.current()
    const classes = classesOf(current)
    if (classes.length === 0) {
      throw new ProviderError('unsupported', 'Alpaca streams shares and crypto, none of these symbols', {
        provider: 'alpaca',
      })
    }
    const refused = current
      .filter((ref) => !STREAMED.some((assetClass) => assetClass === ref.assetClass))
      .map((ref) => ({ ref, reason: `Alpaca does not stream ${ref.assetClass}` }))
    const stop = new AbortController()
    // Each line hears of changes by itself; only a change that needs another set of lines ends the session.
    const forget = subscriptions.onChange(() => {
      if (classesOf(subscriptions.current()).join() !== classes.join()) stop.abort()
    })
    const lines = classes.map((assetClass) =>
      openLine(lineOf(assetClass, deps, plan), {
        subscriptions,
        signal: AbortSignal.any([signal, stop.signal]),
      }),
    )
    try {
      yield* togetherOf(lines, refused)
    } finally {
      forget()
      stop.abort()
    }
  }
}

const classesOf = (refs: readonly SymbolRef[]): Streamed[] =>
  STREAMED.filter((assetClass) => refs.some((ref) => ref.assetClass === assetClass))

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
