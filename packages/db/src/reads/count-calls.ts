import { isoFromMicros, type Micros } from '@onetape/market'
import type { Db } from '../connect.ts'

export interface CallCount {
  source: string
  calls: number
  /** Of them: those that did not end well, those that the vendor refused for their number included. */
  failed: number
}

/** Requests that went out to the house's sources since a wall time, by source, the busiest first. Rows are kept for some days. */
export async function countCalls(db: Db, o: { since: Micros }): Promise<CallCount[]> {
  const { rows } = await db.pool.query<CallCount>(
    `select source, count(*)::int as calls, (count(*) filter (where outcome <> 'ok'))::int as failed
     from provider_calls where at >= $1 and user_id is null group by source order by 2 desc, 1`,
    [isoFromMicros(o.since)],
  )
  return rows
}
