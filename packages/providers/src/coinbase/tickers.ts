// A few quotes of Coinbase, one ticker each: the only answer that carries the event time, bid and ask.
import type { Micros, Quote, SymbolRef } from '@onetape/market'
import type { CallOptions, Fetched } from '../contract.ts'
import { inPieces } from '../http/bounded.ts'
import { answeredAt } from '../http/retry-after.ts'
import { requireCapability } from '../require-capability.ts'
import { capabilities } from './capabilities.ts'
import type { CoinbaseClient } from './client.ts'
import { normalizeTicker } from './normalize.ts'
import { parseTicker } from './payload.ts'

export const NAME = 'coinbase'
export const IN_FLIGHT = 4
/** Up to this many quotes are asked by ticker, one call each; more come as products, in one call. */
export const TICKERS_MAX = 8

/** Market time. */
export type Now = () => Micros

/** House symbols are the vendor's product ids. */
export const productId = (ref: SymbolRef): string => ref.symbol

export async function fetchTickers(
  client: CoinbaseClient,
  refs: readonly SymbolRef[],
  now: Now,
  options: CallOptions = {},
): Promise<Fetched<Quote>> {
  requireCapability(NAME, capabilities, { assetClass: refs[0]!.assetClass, need: 'snapshots', refs })
  const { done, failure } = await inPieces(
    refs,
    { limit: IN_FLIGHT, signal: options.signal },
    async (ref) => {
      const answer = await client.fetchTicker(productId(ref), options)
      const none = answer.status === 404
      const quote = none
        ? null
        : normalizeTicker(parseTicker(answer.text), ref, answeredAt(answer.headers) ?? now())
      return { ref, quote, calls: answer.calls }
    },
  )
  return {
    rows: done.flatMap(({ quote }) => (quote && typeof quote !== 'string' ? [quote] : [])),
    dropped: done.flatMap(({ ref, quote }) =>
      typeof quote === 'string' ? [{ row: ref.symbol, reason: quote }] : [],
    ),
    missing: done.flatMap(({ ref, quote }) => (quote === null ? [ref] : [])),
    fetchedAt: now(),
    calls: done.reduce((sum, d) => sum + d.calls, 0),
    ...(failure ? { failure } : {}),
  }
}
