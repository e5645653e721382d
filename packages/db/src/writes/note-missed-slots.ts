import { isoFromMicros, type Micros } from '@onetape/market'
import { microsArray, plainArray } from '../array-text.ts'
import type { Db } from '../connect.ts'
import type { MissedSlots } from '../slot.ts'
import { inTransaction } from '../transaction.ts'

// A run that goes on for the same reason is one row that grows.
const EXTEND = `update missed_slots m
set to_at = $4, slots = m.slots + $6, noted_at = $8
where m.tier = $1 and m.asset_class = $2::asset_class and m.reason = $7 and m.frequency_s = $5
  and m.to_at >= $3::timestamptz - make_interval(secs => $5) and m.to_at < $3
  and not exists (select from missed_slots n where n.tier = $1 and n.asset_class = $2::asset_class
                  and n.from_at <= $3 and n.to_at >= $4)
returning m.tier`

const INSERT = `insert into missed_slots (tier, asset_class, from_at, to_at, frequency_s, slots, reason, noted_at)
select $1, $2::asset_class, $3::timestamptz, $4::timestamptz, $5, $6, $7, $8
where not exists (select from missed_slots n where n.tier = $1 and n.asset_class = $2::asset_class
                  and n.from_at <= $3 and n.to_at >= $4)
on conflict do nothing
returning tier`

const COUNT = `insert into tier_cadence as c (tier, asset_class, hour_at, frequency_s, missed)
select $1, $2::asset_class, w.hour_at, $3, w.slots
from unnest($4::timestamptz[], $5::int[]) as w (hour_at, slots) order by w.hour_at
on conflict (tier, asset_class, hour_at) do update set missed = c.missed + excluded.missed`

/** Notes a run of slots that nobody served, once: whoever says so again changes nothing. */
export async function noteMissedSlots(
  db: Db,
  o: MissedSlots & { notedAt: Micros /** How many in which hour. */; hours: readonly HourOfSlots[] },
): Promise<boolean> {
  const row = [
    o.tier,
    o.assetClass,
    isoFromMicros(o.fromAt),
    isoFromMicros(o.toAt),
    o.frequencyS,
    o.slots,
    o.reason,
    isoFromMicros(o.notedAt),
  ]
  return await inTransaction(db, async (client) => {
    const extended = await client.query(EXTEND, row)
    const noted = extended.rows.length > 0 ? extended : await client.query(INSERT, row)
    if (noted.rows.length === 0) return false
    await client.query(COUNT, [
      o.tier,
      o.assetClass,
      o.frequencyS,
      microsArray(o.hours, (h) => h.hourAt),
      plainArray(o.hours, (h) => h.slots),
    ])
    return true
  })
}

export interface HourOfSlots {
  hourAt: Micros
  slots: number
}
