/**
 * Slots as this daemon has them: claimed for a sweep, kept while it runs, then noted as served or given back. A daemon
 * that dies keeps nothing: its leases run out within seconds and another has the slot. One that merely was away too long
 * hears that it lost the slot and ends its sweep.
 */
import {
  type ClaimedSlot,
  claimSlots,
  type Db,
  giveBackSlots,
  type MissedReason,
  noteMissedSlots,
  renewSlots,
  type ServedSlot,
  type Span,
  serveSlots,
} from '@onetape/db'
import { type AssetClass, type Micros, SECOND_US } from '@onetape/market'
import type { Complaints } from '../complaints.ts'
import { missedBefore } from './missed-before.ts'
import type { Obstacles } from './obstacles.ts'
import { slotStart, type TierCadence, tradesThrough } from './slots.ts'

export interface SlotKeeper {
  /** Claims the slots that `now` lies in. What was missed before them is noted on the way. */
  claim(assetClass: AssetClass, tiers: readonly TierCadence[], now: Micros): Promise<SlotClaim>
  /** Adds what was left over of slots that were served. */
  addTo(assetClass: AssetClass, slots: readonly ServedSlot[], at: SweptSpan): Promise<void>
}

export interface SweptSpan {
  /** When the sweep began and when its rows were on the tape, market time. */
  sweptAt: Micros
  servedAt: Micros
}

export interface SlotClaim extends AsyncDisposable {
  tiers: readonly TierCadence[]
  /** Aborted when another daemon has taken the slots over. */
  signal: AbortSignal
  served(outcomes: readonly Omit<ServedSlot, 'slotAt' | 'intervalUs'>[], at: SweptSpan): Promise<void>
  /** Others may try after `restMs`; this daemon when it likes. */
  failed(tiers: readonly string[], problem: MissedReason, restMs: number): Promise<void>
}

export interface SlotKeeperDeps {
  db: Db
  instanceId: string
  complaints: Complaints
  obstacles: Obstacles
  /** What the market clock jumped over. */
  skipped(): Promise<readonly Span[]>
  ttlMs?: number
}

/** A daemon that is killed costs its slots this and the next look of another. */
const TTL_MS = 5_000
const RENEWALS_PER_TTL = 3

export function createSlotKeeper(deps: SlotKeeperDeps): SlotKeeper {
  const { db, instanceId: holder, ttlMs = TTL_MS } = deps
  return {
    async claim(assetClass, tiers, now) {
      const slots = tiers.map((t) => ({
        tier: t.name,
        frequencyS: t.frequencyS,
        slotAt: slotStart(now, t.frequencyS),
      }))
      const claimed = await claimSlots(db, { assetClass, slots, holder, ttlMs })
      const won = new Map(claimed.map((slot) => [slot.tier, slot]))
      const ours = tiers.filter((t) => won.has(t.name))
      return openClaim(deps, { assetClass, tiers: ours, won, now, ttlMs })
    },
    async addTo(assetClass, slots, at) {
      await serveSlots(db, { assetClass, holder, ...at, slots, more: true })
    },
  }
}

interface Won {
  assetClass: AssetClass
  tiers: readonly TierCadence[]
  won: ReadonlyMap<string, ClaimedSlot>
  now: Micros
  ttlMs: number
}

function openClaim(deps: SlotKeeperDeps, o: Won): SlotClaim {
  const { db, instanceId: holder, complaints } = deps
  const { assetClass, won, tiers } = o
  const open = new Map(won)
  const lost = new AbortController()
  const renew = async () => {
    const slots = [...open.values()]
    if (slots.length === 0) return
    const kept = await renewSlots(db, { assetClass, slots, holder, ttlMs: o.ttlMs })
    const isLost = slots.some((slot) => open.has(slot.tier) && !kept.some((k) => k.tier === slot.tier))
    if (isLost) lost.abort(new Error(`another daemon has taken over the slots of ${assetClass}`))
  }
  const timer = setInterval(
    () => void complaints.guard('keeping slots', renew),
    o.ttlMs / RENEWALS_PER_TTL,
  ).unref()
  const noting = complaints.guard('noting missed slots', () => noteMissed(deps, o))

  return {
    tiers,
    signal: lost.signal,
    async served(outcomes, at) {
      const slots = outcomes.flatMap((outcome): ServedSlot[] => {
        const slot = won.get(outcome.tier)
        if (!slot) return []
        const before = slot.sweptBefore
        const isSteady = before !== null && tradesThrough(assetClass, { from: before, to: at.sweptAt })
        return [{ ...outcome, slotAt: slot.slotAt, intervalUs: isSteady ? at.sweptAt - before : null }]
      })
      await serveSlots(db, { assetClass, holder, ...at, slots })
      for (const { tier } of slots) open.delete(tier)
    },
    async failed(names, problem, restMs) {
      const slots = names.flatMap((name) => open.get(name) ?? [])
      for (const { tier } of slots) open.delete(tier)
      await giveBackSlots(db, { assetClass, slots, holder, problem, restMs })
    },
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      await noting
      const slots = [...open.values()]
      open.clear()
      if (slots.length === 0) return
      // Whatever ended the sweep, nobody waits for the lease of a slot that is not worked on.
      await giveBackSlots(db, { assetClass, slots, holder, problem: null, restMs: 0 }).catch(() => {})
    },
  }
}

async function noteMissed(deps: SlotKeeperDeps, { assetClass, tiers, won, now }: Won): Promise<void> {
  let skipped: readonly Span[] | null = null
  for (const { name, frequencyS } of tiers) {
    const slot = won.get(name)!
    if (slot.beforeAt === null) continue
    const isNext = slot.beforeAt + frequencyS * SECOND_US >= slot.slotAt
    if (isNext && slot.beforeServed) continue
    skipped ??= await deps.skipped()
    for (const missed of missedBefore(slot, { assetClass, frequencyS, skipped, obstacles: deps.obstacles }))
      await noteMissedSlots(deps.db, { tier: name, assetClass, frequencyS, notedAt: now, ...missed })
  }
}
