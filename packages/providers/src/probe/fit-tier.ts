// Which of a vendor's plans explains what was seen: the one that the answers contradict least, the best of equals. Pure.
import type { AssetClass } from '@onetape/market'
import type { AccessKind, DataTier } from '../capability.ts'

/** What one answer said about the plan behind the credentials. */
export interface Evidence {
  assetClass: AssetClass
  kind: AccessKind
  saw: 'granted' | 'refused'
  /** The tape that was asked for: a plan that reads another one was not refused. */
  feed?: string
  /** Minutes that the answer was behind, where it told. */
  delayedMinutes?: number
  /** How far back the answer reached, or was refused to reach. */
  depthDays?: number
}

export function contradictions(tier: DataTier, evidence: readonly Evidence[]): number {
  return evidence.filter((seen) => contradicts(tier, seen)).length
}

function contradicts(tier: DataTier, { assetClass, kind, saw, ...seen }: Evidence): boolean {
  const access = tier.access[assetClass]?.[kind]
  if (!access) return saw === 'granted'
  const { delayedMinutes, depthDays, feed } = seen
  const reaches = depthDays === undefined || depthDays <= (access.historyDays ?? Number.POSITIVE_INFINITY)
  if (saw === 'refused') return reaches && (feed === undefined || feed === access.feed)
  return !reaches || (delayedMinutes !== undefined && delayedMinutes !== access.delayedMinutes)
}

/** @param tiers best first. */
export function fitTier(tiers: readonly DataTier[], evidence: readonly Evidence[]): DataTier {
  const counted = tiers.map((tier) => ({ tier, wrong: contradictions(tier, evidence) }))
  return counted.reduce((best, each) => (each.wrong < best.wrong ? each : best)).tier
}
