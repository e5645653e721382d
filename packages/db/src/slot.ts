// Slots as the tape's readers and writers speak of them. All instants are market time unless said otherwise.
import type { AssetClass, Micros } from '@onetape/market'

export interface SlotKey {
  tier: string
  /** Its beginning. */
  slotAt: Micros
}

export const MISSED_REASONS = ['down', 'vendor', 'budget', 'busy', 'tape'] as const
export type MissedReason = (typeof MISSED_REASONS)[number]

/** A run of slots that nobody served, the first and the last of them. */
export interface MissedSlots {
  tier: string
  assetClass: AssetClass
  fromAt: Micros
  toAt: Micros
  frequencyS: number
  slots: number
  reason: MissedReason
}
