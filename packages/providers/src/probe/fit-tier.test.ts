import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { alpaca } from '../alpaca/index.ts'
import { polygon } from '../polygon/index.ts'
import { registry } from '../registry.ts'
import { schwab } from '../schwab/index.ts'
import { type Evidence, fitTier } from './fit-tier.ts'

const fit = ({ capabilities }: typeof polygon, ...evidence: Evidence[]) =>
  fitTier(capabilities.tiers, evidence).name
const quotes = { assetClass: 'equity', kind: 'quotes' } as const
const charts = { assetClass: 'equity', kind: 'charts' } as const

describe('the plan that fits', () => {
  it('is the best one as long as nothing speaks against it', () => {
    expect(fit(polygon)).toBe('advanced')
    expect(fit(polygon, { ...quotes, saw: 'granted', delayedMinutes: 0 })).toBe('advanced')
  })

  it('is one without what was refused', () => {
    expect(fit(polygon, { ...quotes, saw: 'refused' })).toBe('free')
    expect(fit(polygon, { ...quotes, saw: 'refused', feed: 'sip' })).toBe('developer')
    expect(fit(alpaca, { ...quotes, saw: 'refused', feed: 'sip' })).toBe('iex_free')
  })

  it('is one that runs as late as the answers', () => {
    expect(fit(schwab, { ...quotes, saw: 'granted', delayedMinutes: 15 })).toBe('delayed')
    expect(fit(polygon, { ...quotes, saw: 'granted', delayedMinutes: 15 })).toBe('developer')
  })

  it('is one that reaches as far back as the answers, and no further than it was refused', () => {
    const late = { ...quotes, saw: 'granted', delayedMinutes: 15 } as const
    expect(fit(polygon, late, { ...charts, saw: 'refused', depthDays: 3_600 })).toBe('starter')
    expect(fit(polygon, late, { ...charts, saw: 'granted', depthDays: 3_600 })).toBe('developer')
  })

  it('with what the plan itself has and does not have, it is always that plan or one that looks the same', () => {
    const plans = registry.definitions.flatMap((definition) =>
      definition.capabilities.tiers.map((tier) => ({ definition, tier })),
    )
    fc.assert(
      fc.property(fc.constantFrom(...plans), ({ definition, tier }) => {
        const { tiers, byAssetClass } = definition.capabilities
        const evidence = Object.keys(byAssetClass).flatMap((name) => {
          const assetClass = name as Evidence['assetClass']
          return (['quotes', 'charts', 'fundamentals', 'options'] as const).map((kind): Evidence => {
            const access = tier.access[assetClass]?.[kind]
            if (!access) return { assetClass, kind, saw: 'refused' }
            const depth = access.historyDays === undefined ? {} : { depthDays: access.historyDays }
            return { assetClass, kind, saw: 'granted', delayedMinutes: access.delayedMinutes, ...depth }
          })
        })
        const found = fitTier(tiers, evidence)
        const seen = ({ access }: typeof tier) =>
          Object.entries(access).map(([c, kinds]) => [
            c,
            Object.entries(kinds ?? {})
              .filter(([kind]) => kind !== 'stream')
              .map(([k, a]) => [k, a.delayedMinutes]),
          ])
        expect(seen(found)).toEqual(seen(tier))
      }),
    )
  })
})
