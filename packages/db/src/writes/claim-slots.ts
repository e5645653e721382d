import { type AssetClass, isoFromMicros, type Micros } from '@onetape/market'
import { plainArray } from '../array-text.ts'
import type { Db } from '../connect.ts'
import type { SlotKey } from '../slot.ts'

// The rows are offered in one order: of two daemons that want the same slots one gets all of them. The clock is read
// before the rows are waited for, so whoever waited finds the other's lease running.
const CLAIM = `with clock as (select clock_timestamp() as t),
wanted as (
  select * from unnest($2::text[], $3::int[], $4::timestamptz[]) as w (tier, frequency_s, slot_at)
),
claimed as (
  insert into sweep_slots as s (tier, asset_class, slot_at, frequency_s, claimed_by, claimed_at, lease_until)
  select tier, $1::asset_class, slot_at, frequency_s, $5, t, t + make_interval(secs => $6 / 1000.0)
  from wanted, clock order by tier, slot_at
  on conflict (tier, asset_class, slot_at) do update
  set claimed_by = excluded.claimed_by, claimed_at = excluded.claimed_at, lease_until = excluded.lease_until,
      attempts = least(s.attempts + 1, 32000), problem = null
  where s.served_at is null
    and (s.lease_until <= excluded.claimed_at or (s.claimed_by = excluded.claimed_by and s.problem is not null))
  returning s.tier, s.slot_at, s.attempts
)
select c.tier, c.slot_at as "slotAt", c.attempts, before.slot_at as "beforeAt", before.frequency_s as "beforeFrequencyS",
  before.served_at is not null as "beforeServed", before.problem as "beforeProblem", served.swept_at as "sweptBefore",
  lane.slot_at as "laneAt"
from claimed c
left join lateral (
  select p.slot_at, p.frequency_s, p.served_at, p.problem from sweep_slots p
  where p.tier = c.tier and p.asset_class = $1::asset_class and p.slot_at < c.slot_at
  order by p.slot_at desc limit 1
) before on true
left join lateral (
  select p.swept_at from sweep_slots p
  where p.tier = c.tier and p.asset_class = $1::asset_class and p.slot_at < c.slot_at and p.served_at is not null
  order by p.slot_at desc limit 1
) served on true
left join lateral (
  select max(newest.slot_at) as slot_at from universe_tiers t
  cross join lateral (
    select p.slot_at from sweep_slots p
    where p.tier = t.name and p.asset_class = $1::asset_class and p.slot_at < c.slot_at
    order by p.slot_at desc limit 1
  ) newest
) lane on true`

/** A slot that is ours now, and what came before it. */
export interface ClaimedSlot extends SlotKey {
  /** More than one when somebody tried before: a daemon that died, or no source that answered. */
  attempts: number
  /** The slot of this tier that was claimed before; null when there was none. */
  beforeAt: Micros | null
  beforeFrequencyS: number | null
  beforeServed: boolean
  beforeProblem: string | null
  /** When the last sweep that served the tier began. */
  sweptBefore: Micros | null
  /** The newest slot before this one that was claimed for any tier of the asset class: somebody looked then. */
  laneAt: Micros | null
}

/**
 * Claims slots that nobody served and nobody holds, for `ttlMs` on the server's clock; a slot of another frequency or
 * of a daemon that died is one like all others. @returns those that are the holder's now.
 */
export async function claimSlots(
  db: Db,
  o: {
    assetClass: AssetClass
    slots: readonly (SlotKey & { frequencyS: number })[]
    holder: string
    ttlMs: number
  },
): Promise<ClaimedSlot[]> {
  if (o.slots.length === 0) return []
  const { rows } = await db.pool.query<ClaimedSlot>(CLAIM, [
    o.assetClass,
    o.slots.map((s) => s.tier),
    plainArray(o.slots, (s) => s.frequencyS),
    o.slots.map((s) => isoFromMicros(s.slotAt)),
    o.holder,
    o.ttlMs,
  ])
  return rows
}
