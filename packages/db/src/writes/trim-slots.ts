import { isoFromMicros, type Micros } from '@onetape/market'
import type { Db } from '../connect.ts'

const TRIM = `with gone as (
  delete from sweep_slots s where s.slot_at < $1
    and exists (select from sweep_slots n where n.tier = s.tier and n.asset_class = s.asset_class
                and n.slot_at > s.slot_at and n.served_at is not null)
  returning 1
),
hours as (delete from tier_cadence where hour_at < $2 returning 1),
missed as (delete from missed_slots where to_at < $2 returning 1)
select count(*) as slots from gone`

/**
 * Forgets slots before `before`, and what they came to (cadence, missed slots) before `sumsBefore`. The last one that
 * was served of each tier stays, however old: from it one knows what an outage missed. @returns slots forgotten.
 */
export async function trimSlots(db: Db, o: { before: Micros; sumsBefore: Micros }): Promise<number> {
  const { rows } = await db.pool.query(TRIM, [isoFromMicros(o.before), isoFromMicros(o.sumsBefore)])
  return rows[0].slots
}
