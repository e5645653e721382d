import { microsFromIso } from '@onetape/market'
import { describe, expect, it } from 'vitest'
import { Cadence } from './cadence.ts'

const apple = { instrumentId: 1, assetClass: 'equity' as const }
const stranger = { instrumentId: 9, assetClass: 'equity' as const }
const bitcoin = { instrumentId: 2, assetClass: 'crypto' as const }

async function cadence() {
  const it = new Cadence()
  await it.refresh({
    tiers: async () => [
      { name: 'core', frequencyS: 60, enabled: true },
      { name: 'full_universe', frequencyS: 3_600, enabled: true },
    ],
    members: async () => [
      { instrumentId: 1, tier: 'core' },
      { instrumentId: 2, tier: 'core' },
    ],
  })
  return it
}
const at = (iso: string) => microsFromIso(iso)!

describe('the age from which a quote is stale', () => {
  it('is twice the cadence of its tier while the venue is open, and of the slowest tier for a non-member', async () => {
    const rule = (await cadence()).at(at('2026-11-18T15:30:00Z'))
    expect(rule.staleAfterUs(apple)).toBe(120_000_000)
    expect(rule.staleAfterUs(stranger)).toBe(7_200_000_000)
  })

  it.each(['2026-11-21T15:30:00Z', '2026-11-18T12:00:00Z', '2026-11-18T22:30:00Z', '2026-11-26T16:00:00Z'])(
    'is none at %s, when equities are not in session; crypto always is',
    async (iso) => {
      const rule = (await cadence()).at(at(iso))
      expect(rule.staleAfterUs(apple)).toBeNull()
      expect(rule.staleAfterUs(bitcoin)).toBe(120_000_000)
    },
  )
})
