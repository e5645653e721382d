// In demo nobody hands us index members or watchlists, so the tiers named after indices hold the most traded listings of
// the simulated market: what an index of large companies is, near enough; and the watchlists some that are not core.
import {
  type Db,
  type LatestView,
  readLatest,
  readMembers,
  setTierMembers,
  WATCHLIST_TIER as WATCHLIST,
} from '@onetape/db'
import { CORE } from './reference.ts'

/** Tier and how many of the most traded listings it holds. */
export const DEMO_TIERS = [
  { tier: 'sp500', size: 500 },
  { tier: 'russell3000', size: 3_000 },
] as const
const WATCHED = 20

/** Tiers that demo fills and that hold nothing yet. */
export const emptyDemoTiers = (tiers: readonly { name: string; members: number }[]): string[] =>
  tiers
    .filter(
      (t) => t.members === 0 && (t.name === WATCHLIST || DEMO_TIERS.some(({ tier }) => tier === t.name)),
    )
    .map((t) => t.name)

/** Instruments by dollar volume of their session, largest first; those that did not trade are left out. */
export function byDollarVolume(latest: readonly LatestView[]): number[] {
  return latest
    .filter((row) => row.assetClass === 'equity' && (row.volume ?? 0) > 0)
    .map((row) => ({ id: row.instrumentId, dollars: row.last * row.volume! }))
    .sort((a, b) => b.dollars - a.dollars || a.id - b.id)
    .map((row) => row.id)
}

/** Fills these tiers from the latest prices; does nothing until a good part of the market has traded. */
export async function fillDemoTiers(db: Db, empty: readonly string[]): Promise<boolean> {
  const ranked = byDollarVolume(await readLatest(db))
  if (ranked.length < DEMO_TIERS[1].size) return false
  for (const { tier, size } of DEMO_TIERS) {
    if (empty.includes(tier))
      await setTierMembers(db, { tier, instrumentIds: ranked.slice(0, size), replace: false })
  }
  if (empty.includes(WATCHLIST)) {
    const core = new Set((await readMembers(db)).filter((m) => m.tier === CORE).map((m) => m.instrumentId))
    const watched = ranked.filter((id) => !core.has(id)).slice(0, WATCHED)
    await setTierMembers(db, { tier: WATCHLIST, instrumentIds: watched, replace: false })
  }
  return true
}
