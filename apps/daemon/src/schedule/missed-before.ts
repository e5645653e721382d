/**
 * Which slots went by unserved before one that has now been claimed, and why: the one that was claimed before and came
 * to nothing, and those that nobody claimed. Nobody claims a slot of a tier that is off or empty; while the lane was
 * looked at for other tiers, such slots are not missed. Pure.
 */
import { type ClaimedSlot, MISSED_REASONS, type MissedReason, type Span } from '@onetape/db'
import { type AssetClass, SECOND_US } from '@onetape/market'
import type { Obstacles } from './obstacles.ts'
import { type SlotRun, slotsIn } from './slots.ts'

export interface MissedRun extends SlotRun {
  reason: MissedReason
}

export function missedBefore(
  slot: ClaimedSlot,
  o: {
    assetClass: AssetClass
    frequencyS: number
    skipped: readonly Span[]
    obstacles: Pick<Obstacles, 'between'>
  },
): MissedRun[] {
  const { beforeAt, beforeFrequencyS, slotAt } = slot
  if (beforeAt === null || beforeFrequencyS === null) return []
  const { assetClass, frequencyS, skipped, obstacles } = o
  const runs: MissedRun[] = []
  const add = (span: Span, reasonOf: (run: SlotRun) => MissedReason) => {
    const run = span.from < span.to ? slotsIn({ ...span, assetClass, frequencyS, skipped }) : null
    if (run) runs.push({ ...run, reason: reasonOf(run) })
  }
  const untouched = beforeAt + beforeFrequencyS * SECOND_US
  if (!slot.beforeServed)
    add({ from: beforeAt, to: Math.min(beforeAt + 1, slotAt) }, () => reasonOf(slot.beforeProblem))
  const from = Math.max(untouched, (slot.laneAt ?? beforeAt) + 1)
  add({ from, to: slotAt }, (run) => obstacles.between(assetClass, run.fromAt, slotAt))
  return runs
}

const reasonOf = (problem: string | null): MissedReason =>
  MISSED_REASONS.find((reason) => reason === problem) ?? 'down'
