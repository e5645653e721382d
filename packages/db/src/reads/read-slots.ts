import { type AssetClass, isoFromMicros, type Micros } from '@onetape/market'
import type { Db } from '../connect.ts'
import type { MissedSlots } from '../slot.ts'

/** A slot that was served, market time. */
export interface SlotServed {
  tier: string
  assetClass: AssetClass
  slotAt: Micros
  frequencyS: number
  claimedBy: string
  sweptAt: Micros
  servedAt: Micros
  asked: number
  accepted: number
  missing: number
}

interface SlotRange {
  tier: string
  assetClass: AssetClass
  /** Half-open range of beginnings, [from, to). */
  from: Micros
  to: Micros
}

/** Slots of a tier and asset class that were served, oldest first. Rows are kept for some days (`trimSlots`). */
export async function readServedSlots(db: Db, o: SlotRange): Promise<SlotServed[]> {
  const { rows } = await db.pool.query<SlotServed>(
    `select tier, asset_class as "assetClass", slot_at as "slotAt", frequency_s as "frequencyS",
       claimed_by as "claimedBy", swept_at as "sweptAt", served_at as "servedAt", asked, accepted, missing
     from sweep_slots
     where tier = $1 and asset_class = $2 and slot_at >= $3 and slot_at < $4 and served_at is not null
     order by slot_at`,
    [o.tier, o.assetClass, isoFromMicros(o.from), isoFromMicros(o.to)],
  )
  return rows
}

/** Runs of slots that nobody served and that touch [from, to), oldest first, of every tier. */
export async function readMissedSlots(
  db: Db,
  o: { from: Micros; to: Micros },
): Promise<(MissedSlots & { notedAt: Micros })[]> {
  const { rows } = await db.pool.query(
    `select tier, asset_class as "assetClass", from_at as "fromAt", to_at as "toAt", frequency_s as "frequencyS",
       slots, reason, noted_at as "notedAt"
     from missed_slots where to_at >= $1 and from_at < $2 order by from_at, tier, asset_class`,
    [isoFromMicros(o.from), isoFromMicros(o.to)],
  )
  return rows
}
