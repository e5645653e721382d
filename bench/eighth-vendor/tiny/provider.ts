// Tiny as an IDataProvider: it has prices of equities and nothing else.
import type { Quote, SymbolRef } from '@onetape/market'
import type { CallOptions, Capabilities, Fetched, IDataProvider, ProviderDeps } from '../contract.ts'
import { ProviderError } from '../errors.ts'
import { httpFor } from '../http/provider-http.ts'
import { readRows, textField } from '../wire-rows.ts'
import { createTinyClient } from './client.ts'
import { FEED, normalizePrice } from './normalize.ts'
import { parsePrices, priceSchema } from './payload.ts'

const NAME = 'tiny'
export const BASE_URLS = { rest: 'https://api.tiny.example' }

export const capabilities: Capabilities = {
  byAssetClass: {
    equity: {
      quotes: true,
      snapshots: null,
      bars: [],
      barsBasis: 'raw',
      reference: false,
      corporateActions: null,
      fundamentals: false,
      options: false,
      stream: false,
    },
  },
  credentials: ['apiKey'],
  snapshotSymbolsMax: null,
  tiers: [
    {
      name: 'paid',
      label: 'Paid',
      access: { equity: { quotes: { delayedMinutes: 0, feed: FEED } } },
      limits: [{ scope: 'rest', kind: 'window', calls: 60, windowMs: 60_000 }],
    },
  ],
  defaultTier: 'paid',
}

export function createTiny(deps: ProviderDeps): IDataProvider {
  const apiKey = deps.credentials.apiKey ?? ''
  const http = httpFor(deps, { provider: NAME, secrets: [apiKey] })
  const client = createTinyClient({ http, baseUrl: deps.baseUrls?.rest ?? BASE_URLS.rest, apiKey })

  const getQuotes = async (refs: readonly SymbolRef[], options?: CallOptions): Promise<Fetched<Quote>> => {
    const symbols = refs.map((ref) => ref.symbol)
    const { text, calls } = await client.fetchPrices(symbols, options)
    const { rows, dropped } = readRows(parsePrices(text), {
      schema: priceSchema,
      nameOf: (raw) => textField(raw, 's'),
      normalize: normalizePrice,
    })
    const came = new Set([...rows.map((row) => row.symbol), ...dropped.map(({ row }) => row)])
    const missing = refs.filter((ref) => !came.has(ref.symbol))
    return { rows, dropped, missing, fetchedAt: deps.marketClock.now(), calls }
  }
  const lacks = async (what: string) => {
    throw new ProviderError('unsupported', `${NAME} has no ${what}`, { provider: NAME })
  }
  return {
    getName: () => NAME,
    getCapabilities: () => capabilities,
    getQuotes,
    getSnapshots: () => lacks('snapshots'),
    getBars: () => lacks('bars'),
  }
}
