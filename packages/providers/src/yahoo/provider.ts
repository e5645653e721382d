// Yahoo as an IDataProvider: which call answers which question.
import type { Quote } from '@onetape/market'
import type { CallOptions, IDataProvider, ProviderDeps, SnapshotsRequest } from '../contract.ts'
import { byAssetClass, joinFetched } from '../fetched.ts'
import { httpFor } from '../http/provider-http.ts'
import { capabilities } from './capabilities.ts'
import { fetchActions, fetchBars } from './charts.ts'
import { createYahooClient } from './client.ts'
import { fetchFundamentals, fetchOptionsChain } from './company.ts'
import { explain } from './payload.ts'
import { fetchSnapshots } from './snapshots.ts'
import { STREAM_URL, streamYahoo } from './stream.ts'

const NAME = 'yahoo'

export const BASE_URLS = {
  query: 'https://query2.finance.yahoo.com',
  cookie: 'https://finance.yahoo.com',
  stream: STREAM_URL,
}

export function createYahoo(deps: ProviderDeps): IDataProvider {
  const http = httpFor(deps, { provider: NAME, explain })
  const client = createYahooClient({ http, baseUrls: { ...BASE_URLS, ...deps.baseUrls } })
  const now = () => deps.marketClock.now()
  const getSnapshots = (request: SnapshotsRequest, options?: CallOptions) =>
    fetchSnapshots(client, request, now, options)

  return {
    getName: () => NAME,
    getCapabilities: () => capabilities,
    getSnapshots,
    getBars: (request, options) => fetchBars(client, request, now, options),
    getFundamentals: (request, options) => fetchFundamentals(client, request, now, options),
    getOptionsChain: (request, options) => fetchOptionsChain(client, request, now, options),
    listCorporateActions: (request, options) => fetchActions(client, request, now, options),
    streamQuotes: (refs, options) => streamYahoo(deps, refs, options),

    async getQuotes(refs, options) {
      const parts = await Promise.all(byAssetClass(refs).map((group) => getSnapshots(group, options)))
      const snapshots = joinFetched(parts, now())
      return { ...snapshots, rows: snapshots.rows.map((s): Quote => s.quote) }
    },
  }
}
