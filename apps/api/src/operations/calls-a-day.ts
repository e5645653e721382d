// What the tiers cost in calls on a regular trading day, asked in bulk as the daemon asks, beside one call for each
// symbol of each slot. Pure.
import type { TierCalls } from './report.ts'

export interface PlannedTier {
  tier: string
  frequencyS: number
  symbols: number
}

export interface DayPlan {
  sessionS: number
  /** Symbols that one call may name; null where one call brings the whole market. */
  symbolsPerCall: number | null
}

export function callsADay(
  tiers: readonly PlannedTier[],
  { sessionS, symbolsPerCall }: DayPlan,
): { tiers: TierCalls[]; inBulk: number; oneByOne: number } {
  const dueAt = new Map<number, number>()
  const each = tiers
    .filter(({ symbols }) => symbols > 0)
    .map(({ tier, frequencyS, symbols }): TierCalls => {
      let slots = 0
      for (let at = 0; at < sessionS; at += frequencyS, slots++) dueAt.set(at, (dueAt.get(at) ?? 0) + symbols)
      return { tier, symbols, slots, oneByOne: slots * symbols }
    })
  let inBulk = 0
  for (const symbols of dueAt.values())
    inBulk += symbolsPerCall === null ? 1 : Math.ceil(symbols / symbolsPerCall)
  return { tiers: each, inBulk, oneByOne: each.reduce((sum, { oneByOne }) => sum + oneByOne, 0) }
}
