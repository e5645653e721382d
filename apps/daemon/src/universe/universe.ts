// Who is swept how often, as the tape's rows say it: tiers, members and instruments, read again now and then so that
// rows edited while the daemon runs take effect.
import { type Db, type Instrument, readInstruments, readMembers, readTiers, type Tier } from '@onetape/db'
import type { AssetClass } from '@onetape/market'
import type { SweepTarget } from '../ingest/sweep.ts'
import type { TierCadence } from '../schedule/slots.ts'

export interface Universe {
  reload(): Promise<void>
  tiers(): readonly Tier[]
  /** What to sweep when these tiers are due: instruments whose fastest tier they are, in the tiers' order. */
  targets(assetClass: AssetClass, tiers: readonly TierCadence[]): SweepTarget[]
  /** Instruments whose fastest tier this is. */
  members(tier: string, assetClass?: AssetClass): readonly Instrument[]
}

export async function loadUniverse(db: Db): Promise<Universe> {
  let tiers: Tier[] = []
  let byTier = new Map<string, Instrument[]>()

  const reload = async () => {
    const [tierRows, members, instruments] = await Promise.all([
      readTiers(db),
      readMembers(db),
      readInstruments(db),
    ])
    const byId = new Map(instruments.map((i) => [i.id, i]))
    const next = new Map<string, Instrument[]>(tierRows.map((t) => [t.name, []]))
    for (const { tier, instrumentId } of members) {
      const instrument = byId.get(instrumentId)
      if (instrument) next.get(tier)?.push(instrument)
    }
    tiers = tierRows
    byTier = next
  }
  const members = (tier: string, assetClass?: AssetClass) =>
    (byTier.get(tier) ?? []).filter((i) => assetClass === undefined || i.assetClass === assetClass)

  await reload()
  return {
    reload,
    tiers: () => tiers,
    members,
    targets: (assetClass, due) =>
      due
        .map((t) => ({ tier: t.name, frequencyS: t.frequencyS, instruments: members(t.name, assetClass) }))
        .filter((t) => t.instruments.length > 0),
  }
}
