// In demo nobody hands us index members, so the tiers named after indices hold the most traded listings of the
// simulated market: what an index of large companies is, near enough. Pure ranking, and the one write.
import { type Db, type LatestView, readLatest, setTierMembers } from '@onetape/db'

/** Tier and how many of the most traded listings it holds. */
export const DEMO_TIERS = [
  { tier: 'sp500', size: 500 },
  { tier: 'russell3000', size: 3_000 },
] as const

/** Instruments by dollar volume of their session, largest first; those that did not trade are left out. */
export function byDollarVolume(latest: readonly LatestView[]): number[] {
  return latest
    .filter((row) => row.assetClass === 'equity' && (row.volume ?? 0) > 0)
    .map((row) => ({ id: row.instrumentId, dollars: row.last * row.volume! }))
    .sort((a, b) => b.dollars - a.dollars || a.id - b.id)
    .map((row) => row.id)
}

/** Fills the demo tiers from the latest prices; does nothing until a good part of the market has traded. */
export async function fillDemoTiers(db: Db): Promise<boolean> {
  const ranked = byDollarVolume(await readLatest(db))
  if (ranked.length < DEMO_TIERS[1].size) return false
  for (const { tier, size } of DEMO_TIERS) {
    await setTierMembers(db, { tier, instrumentIds: ranked.slice(0, size), replace: true })
  }
  return true
}
