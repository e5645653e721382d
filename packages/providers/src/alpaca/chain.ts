// Options chains: the vendor lists every contract of an underlying, page by page; one expiry is picked from them.
import { dateInZone, type Micros, type OptionQuote } from '@onetape/market'
import { NEW_YORK } from '../bar-time.ts'
import type { CallOptions, OptionsChain, OptionsChainRequest } from '../contract.ts'
import { ProviderError } from '../errors.ts'
import type { Rows } from '../wire-rows.ts'
import { capabilities } from './capabilities.ts'
import type { AlpacaClient } from './client.ts'
import type { Feed, Feeds } from './feed.ts'
import { expiryOf, normalizeContract } from './normalize-options.ts'
import { type BySymbol, optionSchema, readMap } from './payload.ts'
import { spell } from './symbols.ts'

export const createChain =
  (client: AlpacaClient, feeds: Feeds, now: () => Micros) =>
  async ({ ref, expiry: wanted }: OptionsChainRequest, options?: CallOptions): Promise<OptionsChain> => {
    if (!capabilities.byAssetClass[ref.assetClass]?.options) {
      throw new ProviderError('unsupported', `alpaca has no options on ${ref.assetClass} here`, {
        provider: 'alpaca',
      })
    }
    const underlying = spell(ref)
    const { pages, calls } = underlying
      ? await client.fetchChain(underlying, feeds.options.name, options)
      : { pages: [], calls: 0 }
    const fetchedAt = now()
    const map: BySymbol = Object.assign({}, ...pages)
    const expirations = [...new Set(Object.keys(map).flatMap((occ) => expiryOf(occ) ?? []))].sort()
    const today = dateInZone(fetchedAt, NEW_YORK)
    const expiry = wanted ?? expirations.find((date) => date >= today) ?? null
    const { rows, dropped } = readChain(
      Object.fromEntries(Object.entries(map).filter(([occ]) => (expiryOf(occ) ?? expiry) === expiry)),
      feeds.options,
    )
    return {
      underlying: ref,
      underlyingLast: null, // not in the answer
      expirations,
      expiry: expiry !== null && expirations.includes(expiry) ? expiry : null,
      rows: rows.sort((a, b) => a.strike - b.strike || (a.right < b.right ? -1 : 1)),
      dropped,
      missing: expirations.length === 0 ? [ref] : [],
      fetchedAt,
      calls,
    }
  }

export const readChain = (map: BySymbol, feed: Feed): Rows<OptionQuote> =>
  readMap(map, { schema: optionSchema, normalize: (row, occ) => normalizeContract(row, occ, feed) })
