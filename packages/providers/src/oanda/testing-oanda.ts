// An OANDA provider for tests, aimed at a vendor on loopback.
import type { SymbolRef } from '@onetape/market'
import type { IDataProvider, ProviderDeps } from '../contract.ts'
import { clockAt } from '../testing-server.ts'
import { oanda } from './index.ts'

export const fx = (symbol: string): SymbolRef => ({ assetClass: 'fx', symbol })
export const EURUSD = fx('EUR-USD')

export const providerAt = (url: string, over: Partial<ProviderDeps> = {}): IDataProvider =>
  oanda.create({
    fetch,
    marketClock: clockAt('2026-02-25T15:00:30Z'),
    wallClock: { now: () => Date.now() * 1000 },
    random: () => 0.5,
    timeoutMs: 2000,
    baseUrls: { rest: url, stream: url },
    credentials: { token: 'secret-token', accountId: '101-001-7' },
    ...over,
  })
