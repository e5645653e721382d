/**
 * What a universe costs in calls a day: asked in bulk as the daemon does it, all tiers of a moment together, beside one
 * call for each symbol of each slot. From the calendar's hours and what a provider declares of itself. Pure.
 */

import type { Span } from '@onetape/db'
import type { AssetClass, Micros } from '@onetape/market'
import type { Capabilities } from '@onetape/providers'
import { LIST_MAX } from '../ingest/ask-house.ts'
import { nextSlotAt, slotStart } from '../schedule/slots.ts'

export interface PlannedTier {
  tier: string
  frequencyS: number
  /** Symbols of which this is the fastest tier. */
  symbols: number
}

export interface PlanCost {
  /** Moments at which something is due. */
  sweeps: number
  bulkCalls: number
  singleCalls: number
}

/** Calls that one sweep of so many symbols takes; null where the provider has no snapshots of the class. */
export function callsPerSweep(
  capabilities: Capabilities,
  assetClass: AssetClass,
  symbols: number,
): number | null {
  const { snapshots = null } = capabilities.byAssetClass[assetClass] ?? {}
  if (snapshots === null) return null
  if (symbols === 0) return 0
  if (snapshots === 'market' && symbols > LIST_MAX) return 1
  const listMax = snapshots === 'single' ? 1 : Math.min(capabilities.snapshotSymbolsMax ?? LIST_MAX, LIST_MAX)
  return Math.ceil(symbols / listMax)
}

/** @param hours in which slots are counted, e.g. those of the regular session. */
export function planCost(
  tiers: readonly PlannedTier[],
  { hours, callsOf }: { hours: Span; callsOf(symbols: number): number },
): PlanCost {
  const dueAt = new Map<Micros, number>()
  let singleCalls = 0
  for (const { frequencyS, symbols } of tiers) {
    if (symbols === 0) continue
    const first = slotStart(hours.from, frequencyS)
    const begin = first < hours.from ? nextSlotAt(first, frequencyS) : first
    for (let at = begin; at < hours.to; at = nextSlotAt(at, frequencyS)) {
      dueAt.set(at, (dueAt.get(at) ?? 0) + symbols)
      singleCalls += symbols
    }
  }
  const bulkCalls = [...dueAt.values()].reduce((sum, symbols) => sum + callsOf(symbols), 0)
  return { sweeps: dueAt.size, bulkCalls, singleCalls }
}

/** Plans that people ask about; each symbol in its fastest tier alone. */
export const KNOWN_PLANS: readonly { plan: string; tiers: readonly PlannedTier[] }[] = [
  { plan: '100 symbols at 1 min', tiers: [{ tier: 'core', frequencyS: 60, symbols: 100 }] },
  { plan: '3,000 symbols at 15 min', tiers: [{ tier: 'russell3000', frequencyS: 900, symbols: 3_000 }] },
  {
    plan: 'five tiers, 8,000 symbols',
    tiers: [
      { tier: 'user_watchlist', frequencyS: 60, symbols: 50 },
      { tier: 'core', frequencyS: 60, symbols: 100 },
      { tier: 'sp500', frequencyS: 300, symbols: 400 },
      { tier: 'russell3000', frequencyS: 900, symbols: 2_450 },
      { tier: 'full_universe', frequencyS: 3_600, symbols: 5_000 },
    ],
  },
  { plan: '8,000 symbols at 1 min', tiers: [{ tier: 'full_universe', frequencyS: 60, symbols: 8_000 }] },
]
