// What kept a slot from being served, as far as this process saw it: asked when the slot turns out to have been missed.
import type { MissedReason } from '@onetape/db'
import { type AssetClass, type Micros, SECOND_US } from '@onetape/market'

export interface Obstacles {
  /** Something was due and could not be begun now, market time. */
  met(assetClass: AssetClass, reason: MissedReason, now: Micros): void
  /** What stood in the way in a span; `down` where nothing that this process saw did. */
  between(assetClass: AssetClass, from: Micros, to: Micros): MissedReason
}

interface Stretch {
  reason: MissedReason
  from: Micros
  to: Micros
}

/** Looks come every second; a longer silence is another stretch. */
const SAME_STRETCH_US = 15 * SECOND_US
const KEPT = 50

export function createObstacles(): Obstacles {
  const stretches = new Map<AssetClass, Stretch[]>()
  return {
    met(assetClass, reason, now) {
      const known = stretches.get(assetClass) ?? []
      const last = known.at(-1)
      if (last && last.reason === reason && now - last.to <= SAME_STRETCH_US) last.to = now
      else stretches.set(assetClass, [...known, { reason, from: now, to: now }].slice(-KEPT))
    },
    between: (assetClass, from, to) =>
      stretches.get(assetClass)?.findLast((s) => s.from < to && s.to >= from)?.reason ?? 'down',
  }
}
