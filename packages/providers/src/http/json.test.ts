// A body that is no JSON is one vendor's fault, and the error says whose by the name that everybody else knows.
import { type AssetClass, DAY_US } from '@onetape/market'
import { describe, expect, it } from 'vitest'
import { parseFrame as coinbaseFrame } from '../coinbase/payload-stream.ts'
import type { IDataProvider, ProviderDefinition } from '../contract.ts'
import { ProviderError } from '../errors.ts'
import { registry } from '../registry.ts'
import { at, clockAt } from '../testing-server.ts'
import { parseJson } from './json.ts'

const NOW = at('2026-02-25T15:00:00Z')
const SYMBOLS: Partial<Record<AssetClass, string>> = { equity: 'AAPL', crypto: 'BTC-USD', fx: 'EUR-USD' }

const errorOf = (read: () => unknown): ProviderError => {
  try {
    read()
  } catch (error) {
    return error as ProviderError
  }
  throw new Error('was read')
}

/** Every answer of its vendor is a web page. */
function behindAPortal({ create, capabilities }: ProviderDefinition): IDataProvider {
  return create({
    fetch: async () =>
      new Response('<html>Sign in to the Wi-Fi</html>', { headers: { 'set-cookie': 'A=1' } }),
    marketClock: { now: () => NOW },
    wallClock: clockAt('2026-02-25T15:00:00Z'),
    random: () => 0.5,
    timeoutMs: 500,
    credentials: Object.fromEntries(capabilities.credentials.map((field) => [field, '7'])),
  })
}

describe('a body that is no JSON', () => {
  it('bears the registered name, whatever the vendor is called in words', () => {
    const cases = [
      ['OANDA', 'oanda'],
      ["Schwab's stream", 'schwab'],
      [{ name: 'ibkr', label: 'TWS' }, 'ibkr'],
    ] as const
    for (const [who, provider] of cases) {
      const label = typeof who === 'string' ? who : who.label
      expect(errorOf(() => parseJson('<html>', who))).toMatchObject({
        kind: 'malformed',
        provider,
        message: `${label} answered with a web page, not JSON`,
      })
    }
    expect(errorOf(() => coinbaseFrame('not a frame')).provider).toBe('coinbase')
  })

  it.each(
    registry.definitions
      .filter((d) => d.name !== 'ibkr') // speaks no HTTP
      .map((d) => [d.name, d] as const),
  )('%s: the error is its own', async (name, definition) => {
    const provider = behindAPortal(definition)
    const assetClass = (Object.keys(SYMBOLS) as AssetClass[]).find(
      (c) => definition.capabilities.byAssetClass[c],
    )!
    const ref = { assetClass, symbol: SYMBOLS[assetClass]! }
    const range = { timeframe: '1d', from: NOW - 5 * DAY_US, to: NOW } as const
    const error = await provider.getBars({ ref, ...range }).catch((reason) => reason)
    expect(error).toBeInstanceOf(ProviderError)
    expect([error.kind, error.provider]).toEqual(['malformed', name])
  })
})
