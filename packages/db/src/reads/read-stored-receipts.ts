import { DAY_US, isoFromMicros, type Micros } from '@onetape/market'
import type { Db } from '../connect.ts'

/** One observed price, and the batch that brought it. */
export interface StoredTick {
  batchId: number
  ts: Micros
  price: number
  /** Cumulative volume of the session at `ts`. */
  volume: number | null
  source: string
  feed: string
  fetchedAt: Micros
  /** What the writer of the batch kept of the sources asked before it; null where it kept nothing. */
  attempts: unknown
}

/** Ticks lie in a partition a day: a look far back opens many, and most questions need the newest few. */
const LOOKS_BACK_DAYS = [1, 7, 60]

const NEWEST = `select b.id as "batchId", t.ts, t.price, t.volume, s.name as source, b.feed,
    b.fetched_at as "fetchedAt", b.attempts
  from market_data_ticks t
  join tape_batches b on b.write_id = t.write_id and b.id is not null
  join sources s on s.id = t.source_id
  where t.instrument_id = $1 and t.ts > $2 and t.ts <= $3
  order by t.ts desc, b.id desc
  limit $4`

/** The newest prices of one instrument by their own time, newest first, back to 60 days before the newest of all. */
export async function readStoredReceipts(
  db: Db,
  { instrumentId, limit }: { instrumentId: number; limit: number },
): Promise<StoredTick[]> {
  const { rows: latest } = await db.pool.query<{ ts: Micros }>(
    'select ts from market_data_latest where instrument_id = $1',
    [instrumentId],
  )
  const newest = latest[0]?.ts
  if (newest === undefined) return []
  let found: StoredTick[] = []
  for (const days of LOOKS_BACK_DAYS) {
    const span = [isoFromMicros(newest - days * DAY_US), isoFromMicros(newest)]
    found = (await db.pool.query<StoredTick>(NEWEST, [instrumentId, ...span, limit])).rows
    if (found.length >= limit) break
  }
  return found
}
