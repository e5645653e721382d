import type { SymbolRef } from '@onetape/market'
import type { ProviderDeps } from '../contract.ts'
import { clockAt } from '../testing-server.ts'
import { polygon } from './index.ts'

/** A Wednesday, ten in the morning in New York. */
export const NOW = '2026-02-25T15:00:00Z'

export const refOf = (symbol: string, assetClass: SymbolRef['assetClass'] = 'equity'): SymbolRef => ({
  assetClass,
  symbol,
})

export const providerAt = (url: string, over: Partial<ProviderDeps> = {}) =>
  polygon.create({
    fetch,
    marketClock: clockAt(NOW),
    wallClock: { now: () => Date.now() * 1000 },
    random: () => 0.5,
    timeoutMs: 2000,
    baseUrls: { rest: url, stream: url },
    credentials: { apiKey: 'k-123456' },
    ...over,
  })
