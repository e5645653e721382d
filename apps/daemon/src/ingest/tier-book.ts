// How each tier's sweeps went: the sync state to write with a batch, and what the heartbeat tells the operator.
import type { BoardSlot, SyncRow } from '@onetape/db'
import { type AssetClass, type Micros, SECOND_US } from '@onetape/market'
import { nextSweepAt } from '../schedule/slots.ts'

export interface SweepOutcome {
  tier: string
  assetClass: AssetClass
  frequencyS: number
  /** Market time at which the sweep began. */
  at: Micros
  /** False when no source answered at all. */
  answered: boolean
  /** Names of the sources whose rows were taken. */
  sources: readonly string[]
  /** Instruments asked for, rows accepted, instruments that nobody answered for. */
  asked: number
  accepted: number
  missing: number
  /** Rows that the gate refused, rows that the adapter could not read, findings stored. */
  refused: number
  dropped: number
  findings: number
  /** Minutes by which the slowest accepted row runs behind the venue. */
  delayedMinutes: number
}

/** With what the write and the clock said of it. */
export interface SweepNote extends SweepOutcome {
  ticks: number
  ms: number
}

export interface TierBook {
  /** The tier's state after this outcome, over all its asset classes; null while it was never answered for. */
  syncOf(outcome: SweepOutcome): SyncRow | null
  record(note: SweepNote): void
  /** What other daemons made of their slots: a tier's state is that of all its asset classes, whoever sweeps them. */
  learn(slots: readonly BoardSlot[]): void
  /** Last sweep of each tier and asset class. */
  notes(): SweepNote[]
  /** The longest delay seen in the last sweeps of an asset class, in minutes. */
  delayedMinutes(assetClass: AssetClass): number
}

/**
 * @param lastSyncs when each tier was last in sync, from the tape: a restart forgets nothing.
 * @param instanceId this daemon, whose own slots it need not learn.
 */
export function createTierBook(lastSyncs: ReadonlyMap<string, Micros>, instanceId = ''): TierBook {
  const outcomes = new Map<string, SweepOutcome>()
  const notes = new Map<string, SweepNote>()
  const answeredAt = new Map<string, Micros>()
  const delays = new Map<string, number>()
  const keyOf = (o: { tier: string; assetClass: AssetClass }) => `${o.tier} ${o.assetClass}`

  return {
    syncOf(outcome) {
      outcomes.set(keyOf(outcome), outcome)
      if (isServed(outcome)) answeredAt.set(keyOf(outcome), outcome.at)
      const all = [...outcomes.values()].filter((o) => o.tier === outcome.tier)
      const since = all.map((o) => answeredAt.get(keyOf(o)) ?? lastSyncs.get(o.tier) ?? null)
      const known = since.filter((at) => at !== null)
      if (known.length === 0) return null
      const behind = all.map((o, i) => (isServed(o) || since[i] == null ? 0 : outcome.at - since[i]!))
      return {
        scope: `tier:${outcome.tier}`,
        lastSync: Math.max(...known),
        nextSync: Math.min(...all.map((o) => nextSweepAt(o.assetClass, outcome.at, o.frequencyS))),
        status: statusOf(all),
        rowsBehind: all.reduce((sum, o) => sum + o.missing, 0),
        secondsBehind: Math.round(Math.max(...behind) / SECOND_US),
        detail: { sources: [...new Set(all.flatMap((o) => o.sources))] },
      }
    },
    record: (note) => void notes.set(keyOf(note), note),
    learn(slots) {
      for (const slot of slots) {
        const key = keyOf(slot)
        delays.set(key, slot.delayedMinutes ?? 0)
        if (slot.claimedBy === instanceId) continue
        // What this daemon knew of it was before the other took it over.
        notes.delete(key)
        outcomes.set(key, outcomeOf(slot))
        if (slot.sweptAt !== null) answeredAt.set(key, slot.sweptAt)
      }
    },
    notes: () => [...notes.values()],
    delayedMinutes: (assetClass) =>
      Math.max(
        0,
        ...[...notes.values()].filter((n) => n.assetClass === assetClass).map((n) => n.delayedMinutes),
        ...[...delays].filter(([key]) => key.endsWith(` ${assetClass}`)).map(([, minutes]) => minutes),
      ),
  }
}

/** A tier that got nothing of an answer is no more in sync than before. */
const isServed = ({ answered, asked, missing }: SweepOutcome): boolean =>
  answered && (asked === 0 || missing < asked)

const outcomeOf = (slot: BoardSlot): SweepOutcome => ({
  tier: slot.tier,
  assetClass: slot.assetClass,
  frequencyS: slot.frequencyS,
  at: slot.sweptAt ?? slot.slotAt,
  // A slot that is worked on says nothing yet.
  answered: slot.problem === null || slot.served,
  sources: [],
  asked: slot.asked ?? 0,
  accepted: slot.accepted ?? 0,
  missing: slot.missing ?? 0,
  refused: 0,
  dropped: 0,
  findings: 0,
  delayedMinutes: slot.delayedMinutes ?? 0,
})

const statusOf = (outcomes: readonly SweepOutcome[]): string => {
  if (outcomes.some((o) => !o.answered)) return 'failing'
  return outcomes.some((o) => o.missing > 0) ? 'partial' : 'ok'
}
