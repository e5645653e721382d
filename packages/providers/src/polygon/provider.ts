// Polygon as an IDataProvider: which call answers which question.
import { tierOf } from '../capability.ts'
import type { IDataProvider, ProviderDeps } from '../contract.ts'
import { httpFor } from '../http/provider-http.ts'
import { fetchBars, fetchMarketDay } from './bars.ts'
import { capabilities } from './capabilities.ts'
import { createPolygonClient } from './client.ts'
import { fetchFundamentals } from './company.ts'
import { NAME, type PolygonContext } from './context.ts'
import { fetchOptionsChain } from './options.ts'
import { explain } from './payload.ts'
import { createPolygonReference } from './reference.ts'
import { fetchQuotes, fetchSnapshots } from './snapshots.ts'
import { LIVE_URL, streamPolygon } from './stream.ts'

export const BASE_URLS = { rest: 'https://api.massive.com', stream: LIVE_URL }

export function createPolygon(deps: ProviderDeps): IDataProvider {
  const apiKey = deps.credentials.apiKey
  const http = httpFor(deps, { provider: NAME, secrets: apiKey ? [apiKey] : [], explain })
  const client = createPolygonClient({ http, baseUrl: deps.baseUrls?.rest ?? BASE_URLS.rest, apiKey })
  const context: PolygonContext = {
    client,
    tier: tierOf(capabilities, deps.tier),
    now: () => deps.marketClock.now(),
  }
  return {
    getName: () => NAME,
    getCapabilities: () => capabilities,
    getQuotes: (refs, options) => fetchQuotes(context, refs, options),
    getSnapshots: (request, options) => fetchSnapshots(context, request, options),
    getBars: (request, options) => fetchBars(context, request, options),
    getMarketDay: (request, options) => fetchMarketDay(context, request, options),
    getFundamentals: (request, options) => fetchFundamentals(context, request, options),
    getOptionsChain: (request, options) => fetchOptionsChain(context, request, options),
    streamQuotes: (refs, options) => streamPolygon(deps, refs, options),
    ...createPolygonReference(client, context.now),
  }
}
