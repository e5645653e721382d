import { type AssetClass, isoFromMicros, type Micros } from '@onetape/market'
import type { Db } from '../connect.ts'

/** The cadence that a tier and asset class had in an hour of market time. */
export interface CadenceHour {
  tier: string
  assetClass: AssetClass
  hourAt: Micros
  frequencyS: number
  /** Slots that it should have had, `served + missed`. */
  due: number
  served: number
  /** Of those served: some instruments found no answer. */
  partial: number
  missed: number
  /** Between the beginnings of two sweeps; null while there were no two. */
  intervalMedianMs: number | null
  intervalMaxMs: number | null
  /** From the beginning of the slot until its rows were on the tape. */
  lateMedianMs: number | null
  lateMaxMs: number | null
}

/** Hours that begin in [from, to), oldest first; of each hour the most urgent tier first. */
export async function readCadence(db: Db, o: { from: Micros; to: Micros }): Promise<CadenceHour[]> {
  const { rows } = await db.pool.query<CadenceHour>(
    `select c.tier, c.asset_class as "assetClass", c.hour_at as "hourAt", c.frequency_s as "frequencyS",
       c.served + c.missed as due, c.served, c.partial, c.missed, c.interval_median_ms as "intervalMedianMs",
       c.interval_max_ms as "intervalMaxMs", c.late_median_ms as "lateMedianMs", c.late_max_ms as "lateMaxMs"
     from tier_cadence c left join universe_tiers t on t.name = c.tier
     where c.hour_at >= $1 and c.hour_at < $2
     order by c.hour_at, t.priority, c.tier, c.asset_class`,
    [isoFromMicros(o.from), isoFromMicros(o.to)],
  )
  return rows
}
