import type { AssetClass, Micros } from '@onetape/market'
import type { Db } from '../connect.ts'

// Two probes of the key for each tier and asset class, whatever lies in the table.
const READ = `select now.server_now as "serverNow", now.shift_us as "shiftUs", now.crew, now.tiers, b.tier,
  b.asset_class as "assetClass", b.slot_at as "slotAt", b.claimed_by as "claimedBy", b.served, b.held,
  b.problem, b.swept_at as "sweptAt", b.accepted, b.missing, b.asked, b.delayed_minutes as "delayedMinutes",
  b.frequency_s as "frequencyS"
from (
  select clock_timestamp() as server_now,
    coalesce((select shift_us from market_clock_shifts order by id desc limit 1), 0) as shift_us,
    (select coalesce(array_agg(substring(name from 8) order by name), '{}') from leases
     where name like 'daemon:%' and expires_at > clock_timestamp()) as crew,
    (select string_agg(concat_ws(' ', name, frequency_s, priority, enabled), ',' order by name) from universe_tiers) as tiers
) now
left join lateral (
  select t.name as tier, c.asset_class, newest.slot_at, newest.claimed_by, newest.served_at is not null as served,
    newest.lease_until > now.server_now as held, newest.problem, last.swept_at, last.accepted, last.missing, last.asked,
    last.delayed_minutes, newest.frequency_s
  from universe_tiers t
  cross join unnest(enum_range(null::asset_class)) as c (asset_class)
  cross join lateral (
    select s.* from sweep_slots s where s.tier = t.name and s.asset_class = c.asset_class
    order by s.slot_at desc limit 1
  ) newest
  left join lateral (
    select s.swept_at, s.accepted, s.missing, s.asked, s.delayed_minutes from sweep_slots s
    where s.tier = t.name and s.asset_class = c.asset_class and s.served_at is not null
    order by s.slot_at desc limit 1
  ) last on true
) b on true`

/** The newest slot of a tier and asset class that anybody claimed. */
export interface BoardSlot {
  tier: string
  assetClass: AssetClass
  slotAt: Micros
  frequencyS: number
  claimedBy: string
  served: boolean
  /** Its lease runs; of no meaning once it is served. */
  held: boolean
  problem: string | null
  /** Of the newest slot that was served; null while none was. */
  sweptAt: Micros | null
  asked: number | null
  accepted: number | null
  missing: number | null
  delayedMinutes: number | null
}

export interface SlotBoard {
  /** The server's clock, in wall time. */
  serverNow: Micros
  /** How far market time runs ahead of it. */
  shiftUs: number
  /** Daemons that are alive, by instance id, in order. */
  crew: string[]
  /** Changes when a tier's row does. */
  tiersMark: string
  slots: BoardSlot[]
}

/** Everything that says what is due and whose it is, in one query. */
export async function readSlotBoard(db: Db): Promise<SlotBoard> {
  const { rows } = await db.pool.query(READ)
  const { serverNow, shiftUs, crew, tiers } = rows[0]
  const slots = rows
    .filter((row) => row.tier !== null)
    .map(({ serverNow: _, shiftUs: __, crew: ___, tiers: ____, ...slot }): BoardSlot => slot)
  return { serverNow, shiftUs, crew, tiersMark: tiers ?? '', slots }
}
