import { type AssetClass, isoFromMicros, type Micros } from '@onetape/market'
import type { Db } from '../connect.ts'

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
