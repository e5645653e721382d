import { isoFromMicros, type Micros } from '@onetape/market'
import type { Db } from '../connect.ts'
import type { MissedSlots } from '../slot.ts'

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
