// Schwab as an IDataProvider: one sign-in, one client, and what each question asks of them.
import type { Micros } from '@onetape/market'
import { tierOf } from '../capability.ts'
import type { DataTier, IDataProvider, ProviderDeps } from '../contract.ts'
import { byAssetClass, joinFetched } from '../fetched.ts'
import { httpFor } from '../http/provider-http.ts'
import { fetchBars } from './bars.ts'
import { BASE_URLS } from './base-urls.ts'
import { capabilities } from './capabilities.ts'
import { createSchwabClient, type SchwabClient } from './client.ts'
import { fetchFundamentals, fetchOptionsChain } from './options.ts'
import { explain, NAME } from './payload.ts'
import { fetchSnapshots } from './snapshots.ts'
import { createStream } from './stream.ts'
import { createTokenStore, type TokenStore } from './token.ts'

/** What every question needs. */
export interface SchwabContext {
  deps: ProviderDeps
  client: SchwabClient
  tokens: TokenStore
  tier: DataTier
  /** Credentials and tokens that no message may show. */
  secrets: readonly string[]
  now(): Micros
}

export function createSchwab(deps: ProviderDeps): IDataProvider {
  const { clientId, clientSecret, refreshToken } = deps.credentials
  const secrets = [clientId, clientSecret, refreshToken].map((text) => text ?? '')
  const baseUrl = deps.baseUrls?.rest ?? BASE_URLS.rest
  const tokens = createTokenStore(deps, baseUrl, secrets)
  const http = httpFor(deps, { provider: NAME, secrets, explain })
  const context: SchwabContext = {
    deps,
    client: createSchwabClient({ http, baseUrl, tokens }),
    tokens,
    tier: tierOf(capabilities, deps.tier),
    secrets,
    now: () => deps.marketClock.now(),
  }
  return {
    getName: () => NAME,
    getCapabilities: () => capabilities,
    getSnapshots: (request, options) => fetchSnapshots(context, request, options),
    getBars: (request, options) => fetchBars(context, request, options),
    getFundamentals: (request, options) => fetchFundamentals(context, request, options),
    getOptionsChain: (request, options) => fetchOptionsChain(context, request, options),
    streamQuotes: createStream(context),
    authExpiresAt: () => tokens.authExpiresAt(),

    async getQuotes(refs, options) {
      const groups = byAssetClass(refs)
      const parts = await Promise.all(groups.map((group) => fetchSnapshots(context, group, options)))
      const snapshots = joinFetched(parts, context.now())
      return { ...snapshots, rows: snapshots.rows.map((s) => s.quote) }
    },
  }
}
