// An Alpaca provider for tests, aimed at a vendor on loopback.
import type { SymbolRef } from '@onetape/market'
import type { IDataProvider, ProviderDeps } from '../contract.ts'
import { clockAt } from '../testing-server.ts'
import { alpaca } from './index.ts'

export const NOW = '2026-02-25T15:00:30Z'

export const stock = (symbol: string): SymbolRef => ({ assetClass: 'equity', symbol })
export const pair = (symbol: string): SymbolRef => ({ assetClass: 'crypto', symbol })
export const contract = (symbol: string): SymbolRef => ({ assetClass: 'option', symbol })

export const providerAt = (url: string, over: Partial<ProviderDeps> = {}): IDataProvider =>
  alpaca.create({
    fetch,
    marketClock: clockAt(NOW),
    wallClock: { now: () => Date.now() * 1000 },
    random: () => 0.5,
    timeoutMs: 2000,
    baseUrls: { rest: url, stream: url.replace(/^http/, 'ws') },
    credentials: { keyId: 'PKTEST', secretKey: 'very-secret' },
    tier: 'sip_paid',
    ...over,
  })
