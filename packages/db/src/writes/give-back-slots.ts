import type { AssetClass } from '@onetape/market'
import { microsArray } from '../array-text.ts'
import type { Db } from '../connect.ts'
import type { SlotKey } from '../slot.ts'

const GIVE_BACK = `update sweep_slots s
set lease_until = clock_timestamp() + make_interval(secs => $6 / 1000.0), problem = $5
from unnest($2::text[], $3::timestamptz[]) as w (tier, slot_at)
where s.tier = w.tier and s.asset_class = $1::asset_class and s.slot_at = w.slot_at
  and s.claimed_by = $4 and s.served_at is null
returning s.tier`

/** Gives slots back that could not be served: others may have them after `restMs`, the holder whenever it likes. */
export async function giveBackSlots(
  db: Db,
  o: {
    assetClass: AssetClass
    slots: readonly SlotKey[]
    holder: string
    /** Why; null when the holder merely stops. */
    problem: string | null
    restMs: number
  },
): Promise<void> {
  if (o.slots.length === 0) return
  await db.pool.query(GIVE_BACK, [
    o.assetClass,
    o.slots.map((s) => s.tier),
    microsArray(o.slots, (s) => s.slotAt),
    o.holder,
    o.problem,
    o.restMs,
  ])
}
