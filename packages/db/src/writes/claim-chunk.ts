import { isoFromMicros, type Micros } from '@onetape/market'
import type { Chunk } from '../backfill.ts'
import type { Db } from '../connect.ts'

const CLAIM = `update backfill_chunks c
set status = 'running', worker = $2, lease_until = $4, attempts = c.attempts + 1, error = null
from (
  select run_id, seq from backfill_chunks
  where run_id = $1 and (status = 'planned' or (status = 'running' and lease_until < $3))
  order by seq limit 1
  for update skip locked
) free
where c.run_id = free.run_id and c.seq = free.seq
returning c.run_id as "runId", c.seq, c.instrument_id as "instrumentId", c.timeframe, c.from_ts as "from",
  c.to_ts as "to", c.attempts`

/** A chunk that is nobody's: planned, or left behind by a worker whose lease ran out. Null: nothing to claim now. */
export async function claimChunk(
  db: Db,
  o: { runId: number; worker: string; wallNow: Micros; leaseMs: number },
): Promise<Chunk | null> {
  const leaseUntil = o.wallNow + o.leaseMs * 1000
  const { rows } = await db.pool.query<Chunk>(CLAIM, [
    o.runId,
    o.worker,
    isoFromMicros(o.wallNow),
    isoFromMicros(leaseUntil),
  ])
  return rows[0] ?? null
}
