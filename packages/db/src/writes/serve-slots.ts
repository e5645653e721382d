import { type AssetClass, isoFromMicros, type Micros } from '@onetape/market'
import { microsArray, plainArray } from '../array-text.ts'
import type { Db } from '../connect.ts'
import type { SlotKey } from '../slot.ts'

// What was left over of a slot and came later adds to it; when it was served stays what it was.
const SERVE = `update sweep_slots s
set swept_at = coalesce(s.swept_at, $4), served_at = coalesce(s.served_at, $5),
    interval_us = coalesce(s.interval_us, w.interval_us), asked = greatest(s.asked, w.asked),
    accepted = s.accepted + w.accepted, missing = w.missing, delayed_minutes = w.delayed_minutes, problem = w.problem
from unnest($6::text[], $7::timestamptz[], $8::bigint[], $9::int[], $10::int[], $11::int[], $12::int[], $13::text[])
  as w (tier, slot_at, interval_us, asked, accepted, missing, delayed_minutes, problem)
where s.tier = w.tier and s.asset_class = $1::asset_class and s.slot_at = w.slot_at and s.claimed_by = $2
  and (s.served_at is null or $3)
returning s.tier, s.slot_at as "slotAt"`

/** The hours are worked out again from their slots: running it twice changes nothing. */
const MEASURE = `insert into tier_cadence as c (tier, asset_class, hour_at, frequency_s, served, partial,
  interval_median_ms, interval_max_ms, late_median_ms, late_max_ms)
select h.tier, $1::asset_class, h.hour_at, max(s.frequency_s), count(*), count(*) filter (where s.missing > 0),
  percentile_cont(0.5) within group (order by s.interval_us) / 1000.0, max(s.interval_us) / 1000.0,
  percentile_cont(0.5) within group (order by extract(epoch from s.served_at - s.slot_at)::double precision) * 1000,
  max(extract(epoch from s.served_at - s.slot_at)::double precision) * 1000
from (select distinct tier, date_trunc('hour', slot_at) as hour_at
      from unnest($2::text[], $3::timestamptz[]) as w (tier, slot_at)) h
join sweep_slots s on s.tier = h.tier and s.asset_class = $1::asset_class
  and s.slot_at >= h.hour_at and s.slot_at < h.hour_at + interval '1 hour' and s.served_at is not null
group by h.tier, h.hour_at
on conflict (tier, asset_class, hour_at) do update
set frequency_s = excluded.frequency_s, served = excluded.served, partial = excluded.partial,
    interval_median_ms = excluded.interval_median_ms, interval_max_ms = excluded.interval_max_ms,
    late_median_ms = excluded.late_median_ms, late_max_ms = excluded.late_max_ms`

export interface ServedSlot extends SlotKey {
  /** Since the sweep before, where the venue did not close in between. */
  intervalUs: number | null
  asked: number
  accepted: number
  missing: number
  delayedMinutes: number
  /** Why some are missing. */
  problem: string | null
}

/**
 * Notes slots as served by the holder, and the cadence that the tiers had in those hours. A slot that another daemon
 * has taken over meanwhile is that one's to note.
 * @param o.more what was left over of slots that are served already.
 */
export async function serveSlots(
  db: Db,
  o: {
    assetClass: AssetClass
    holder: string
    sweptAt: Micros
    servedAt: Micros
    slots: readonly ServedSlot[]
    more?: boolean
  },
): Promise<SlotKey[]> {
  const { slots } = o
  if (slots.length === 0) return []
  const { rows } = await db.pool.query<SlotKey>(SERVE, [
    o.assetClass,
    o.holder,
    o.more ?? false,
    isoFromMicros(o.sweptAt),
    isoFromMicros(o.servedAt),
    slots.map((s) => s.tier),
    microsArray(slots, (s) => s.slotAt),
    plainArray(slots, (s) => s.intervalUs),
    plainArray(slots, (s) => s.asked),
    plainArray(slots, (s) => s.accepted),
    plainArray(slots, (s) => s.missing),
    plainArray(slots, (s) => s.delayedMinutes),
    slots.map((s) => s.problem),
  ])
  if (rows.length === 0) return []
  await db.pool.query(MEASURE, [o.assetClass, rows.map((s) => s.tier), microsArray(rows, (s) => s.slotAt)])
  return rows
}
