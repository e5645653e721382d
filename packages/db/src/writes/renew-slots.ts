import type { AssetClass } from '@onetape/market'
import { microsArray } from '../array-text.ts'
import type { Db } from '../connect.ts'
import type { SlotKey } from '../slot.ts'

const RENEW = `update sweep_slots s
set lease_until = clock_timestamp() + make_interval(secs => $5 / 1000.0)
from unnest($2::text[], $3::timestamptz[]) as w (tier, slot_at)
where s.tier = w.tier and s.asset_class = $1::asset_class and s.slot_at = w.slot_at
  and s.claimed_by = $4 and s.served_at is null
returning s.tier, s.slot_at as "slotAt"`

/** Keeps claimed slots while they are worked on. @returns those that are still the holder's. */
export async function renewSlots(
  db: Db,
  o: { assetClass: AssetClass; slots: readonly SlotKey[]; holder: string; ttlMs: number },
): Promise<SlotKey[]> {
  const { rows } = await db.pool.query<SlotKey>(RENEW, [
    o.assetClass,
    o.slots.map((s) => s.tier),
    microsArray(o.slots, (s) => s.slotAt),
    o.holder,
    o.ttlMs,
  ])
  return rows
}
