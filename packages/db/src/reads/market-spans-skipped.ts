import type { Micros } from '@onetape/market'
import type { Db } from '../connect.ts'
import { marketClockShifts } from '../schema/index.ts'

/** Spans of market time that the clock jumped over: no data there is no gap. Oldest first. */
export async function marketSpansSkipped(db: Db): Promise<{ from: Micros; to: Micros }[]> {
  return await db.drizzle
    .select({ from: marketClockShifts.fromTs, to: marketClockShifts.toTs })
    .from(marketClockShifts)
    .orderBy(marketClockShifts.id)
}
