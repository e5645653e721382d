// What a provider declares is what it does, both ways: declared is reached, undeclared is refused before anything is sent.
import { ASSET_CLASSES, type AssetClass, type SymbolRef, TIMEFRAMES, type Timeframe } from '@onetape/market'
import { describe, expect, it } from 'vitest'
import type { AccessKind, Capability, IDataProvider } from './contract.ts'
import { ProviderError } from './errors.ts'
import { registry } from './registry.ts'
import { at, clockAt } from './testing-server.ts'

const NOW = '2026-02-25T15:00:00Z'
const SYMBOLS: Record<AssetClass, string> = {
  equity: 'AAPL',
  crypto: 'BTC-USD',
  fx: 'EUR-USD',
  index: 'SPX',
  option: 'AAPL:2026-03-20:C:95',
}
const refOf = (assetClass: AssetClass): SymbolRef => ({ assetClass, symbol: SYMBOLS[assetClass] })

type Ask = (provider: IDataProvider, ref: SymbolRef) => Promise<unknown>

const bars =
  (timeframe: Timeframe): Ask =>
  (p, ref) =>
    p.getBars({ ref, timeframe, from: at('2026-02-23'), to: at('2026-02-25') })

const QUESTIONS: { what: string; isDeclared: (c: Capability) => boolean; ask: Ask }[] = [
  {
    what: 'snapshots',
    isDeclared: (c) => c.snapshots !== null,
    ask: (p, ref) => p.getSnapshots({ assetClass: ref.assetClass, refs: [ref] }),
  },
  {
    what: 'the whole market',
    isDeclared: (c) => c.snapshots === 'market',
    ask: (p, ref) => p.getSnapshots({ assetClass: ref.assetClass, refs: 'all' }),
  },
  { what: 'quotes', isDeclared: (c) => c.quotes, ask: (p, ref) => p.getQuotes([ref]) },
  ...TIMEFRAMES.map((timeframe) => ({
    what: `${timeframe} bars`,
    isDeclared: (c: Capability) => c.bars.includes(timeframe),
    ask: bars(timeframe),
  })),
  {
    what: 'fundamentals',
    isDeclared: (c) => c.fundamentals,
    ask: async (p, ref) => p.getFundamentals?.({ ref }) ?? Promise.reject(absent()),
  },
  {
    what: 'options',
    isDeclared: (c) => c.options,
    ask: async (p, ref) => p.getOptionsChain?.({ ref }) ?? Promise.reject(absent()),
  },
  {
    what: 'reference',
    isDeclared: (c) => c.reference,
    ask: async (p, ref) => p.listInstruments?.(ref.assetClass) ?? Promise.reject(absent()),
  },
]

const absent = () => new ProviderError('unsupported', 'has no such method', { provider: 'test' })

const GRANTS: Record<AccessKind, (c: Capability) => boolean> = {
  quotes: (c) => c.quotes || c.snapshots !== null,
  charts: (c) => c.bars.length > 0,
  fundamentals: (c) => c.fundamentals,
  options: (c) => c.options,
  stream: (c) => c.stream,
}

for (const definition of registry.definitions) {
  const { name, capabilities } = definition
  let sent = 0
  const provider = () =>
    definition.create({
      fetch: () => {
        sent++
        return Promise.reject(Object.assign(new Error('no network here'), { code: 'ENOTFOUND' }))
      },
      marketClock: clockAt(NOW),
      wallClock: clockAt(NOW),
      random: () => 0.5,
      timeoutMs: 500,
      baseUrls: Object.fromEntries(
        Object.entries(definition.baseUrls).map(([endpoint, url]) => [
          endpoint,
          url.replace(/^(\w+:\/\/)[^/]+/, '$1127.0.0.1:9'),
        ]),
      ),
      credentials: Object.fromEntries(capabilities.credentials.map((field) => [field, '7'])),
    })

  describe(name, () => {
    for (const { what, isDeclared, ask } of QUESTIONS) {
      it(`${what}: declared is asked, undeclared is refused for nothing`, async () => {
        for (const assetClass of ASSET_CLASSES) {
          const capability = capabilities.byAssetClass[assetClass]
          const declared = capability !== undefined && isDeclared(capability)
          sent = 0
          const p = provider()
          const error = await ask(p, refOf(assetClass)).then(
            () => null,
            (e: unknown) => e,
          )
          await p.close?.()
          expect(error, `${assetClass}: something was answered without a vendor`).toBeInstanceOf(
            ProviderError,
          )
          const { kind, message } = error as ProviderError
          if (declared) expect(kind, `${what} of ${assetClass}: ${message}`).not.toBe('unsupported')
          else expect([kind, sent], `${what} of ${assetClass}: ${message}`).toEqual(['unsupported', 0])
        }
      })
    }

    it('tiers grant what is implemented and nothing else; all of it is granted by the best', () => {
      expect(new Set(capabilities.tiers.map((t) => t.name)).size).toBe(capabilities.tiers.length)
      expect(capabilities.tiers.map((t) => t.name)).toContain(capabilities.defaultTier)
      for (const [index, tier] of capabilities.tiers.entries()) {
        for (const assetClass of ASSET_CLASSES) {
          const capability = capabilities.byAssetClass[assetClass]
          for (const [kind, isThere] of Object.entries(GRANTS) as [
            AccessKind,
            (c: Capability) => boolean,
          ][]) {
            const granted = tier.access[assetClass]?.[kind] !== undefined
            const implemented = capability !== undefined && isThere(capability)
            const words = `${tier.name}: ${kind} of ${assetClass}`
            if (granted) expect(implemented, `${words} is granted, not implemented`).toBe(true)
            if (implemented && index === 0) expect(granted, `${words} is implemented, not granted`).toBe(true)
          }
        }
      }
    })

    it('methods are there exactly where some asset class declares them', () => {
      const some = (has: (c: Capability) => boolean) => Object.values(capabilities.byAssetClass).some(has)
      const p = provider()
      expect(p.getFundamentals !== undefined).toBe(some((c) => c.fundamentals))
      expect(p.getOptionsChain !== undefined).toBe(some((c) => c.options))
      expect(p.streamQuotes !== undefined).toBe(some((c) => c.stream))
      expect(p.listInstruments !== undefined).toBe(some((c) => c.reference))
      expect(p.listCorporateActions !== undefined).toBe(some((c) => c.corporateActions !== null))
    })
  })
}
