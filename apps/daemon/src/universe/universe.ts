// Who is swept how often, as the tape's rows say it: tiers, members and instruments, read again when they change, so
// that rows edited while the daemon runs take effect. An instrument is a member of its fastest enabled tier alone.
import {
  type Db,
  type Instrument,
  readInstruments,
  readMembers,
  readTiers,
  readUniverseMark,
  type Tier,
  WATCHLIST_TIER,
} from '@onetape/db'
import type { AssetClass } from '@onetape/market'

export interface Universe {
  /** Reads everything again. */
  reload(): Promise<void>
  /** Reads again if anything changed since; a look that costs little. */
  refresh(): Promise<void>
  tiers(): readonly Tier[]
  /** Instruments whose fastest tier this is. */
  members(tier: string, assetClass?: AssetClass): readonly Instrument[]
}

/**
 * @param onNewcomers hears of members that were in no tier when the universe was read before, and of those that somebody
 * watches now and that were asked for less often before.
 */
export async function loadUniverse(
  db: Db,
  { onNewcomers }: { onNewcomers?(tier: string, newcomers: readonly Instrument[]): void } = {},
): Promise<Universe> {
  let tiers: Tier[] = []
  let byTier: ReadonlyMap<string, TierMembers> = new Map()
  let known: ReadonlyMap<number, string> | null = null
  let mark = ''

  const reload = async () => {
    const markBefore = await readUniverseMark(db)
    const [tierRows, members, instruments] = await Promise.all([
      readTiers(db),
      readMembers(db),
      readInstruments(db),
    ])
    const byId = new Map(instruments.map((i) => [i.id, i]))
    const next = new Map(tierRows.map((t) => [t.name, createTierMembers()]))
    for (const { tier, instrumentId } of members) {
      const instrument = byId.get(instrumentId)
      if (instrument) next.get(tier)?.add(instrument)
    }
    tiers = tierRows
    byTier = next
    mark = markBefore
    const before = known
    known = new Map(members.map((m) => [m.instrumentId, m.tier]))
    if (before === null || !onNewcomers) return
    const frequencyS = new Map(tierRows.map((t) => [t.name, t.frequencyS]))
    const isFaster = (tier: string, was: string) =>
      (frequencyS.get(tier) ?? 0) < (frequencyS.get(was) ?? Number.POSITIVE_INFINITY)
    for (const [tier, { all }] of next) {
      const newcomers = all.filter(({ id }) => {
        const was = before.get(id)
        return was === undefined || (tier === WATCHLIST_TIER && isFaster(tier, was))
      })
      if (newcomers.length > 0) onNewcomers(tier, newcomers)
    }
  }
  await reload()
  return {
    reload,
    async refresh() {
      if ((await readUniverseMark(db)) !== mark) await reload()
    },
    tiers: () => tiers,
    members(tier, assetClass) {
      const members = byTier.get(tier)
      if (!members) return []
      return assetClass === undefined ? members.all : (members.byClass.get(assetClass) ?? [])
    },
  }
}

interface TierMembers {
  all: Instrument[]
  byClass: Map<AssetClass, Instrument[]>
  add(instrument: Instrument): void
}

function createTierMembers(): TierMembers {
  const all: Instrument[] = []
  const byClass = new Map<AssetClass, Instrument[]>()
  return {
    all,
    byClass,
    add(instrument) {
      all.push(instrument)
      const list = byClass.get(instrument.assetClass)
      if (list) list.push(instrument)
      else byClass.set(instrument.assetClass, [instrument])
    },
  }
}
