import type { Chunk } from '../backfill.ts'
import type { Db } from '../connect.ts'

const CLAIM = `update backfill_chunks c
set status = 'running', worker = $2, lease_until = $4::timestamptz, attempts = c.attempts + 1, error = null
from (
  select run_id, seq from backfill_chunks
  where run_id = $1 and (status = 'planned' or (status = 'running' and lease_until < $3::timestamptz))
  order by seq limit $5
  for update skip locked
) free
where c.run_id = free.run_id and c.seq = free.seq
returning c.run_id as "runId", c.seq, c.instrument_id as "instrumentId", c.timeframe, c.from_ts as "from",
  c.to_ts as "to", c.attempts`

/**
 * Pieces of a gap that are nobody's, in their order: planned, or left behind by a process whose lease ran out. Time is
 * the server's, the same for all processes. None: there is nothing to claim now.
 */
export async function claimPieces(
  db: Db,
  o: { runId: number; worker: string; limit: number; leaseMs: number },
): Promise<Chunk[]> {
  const { rows: clock } = await db.pool.query(
    `select t::text as now, (t + make_interval(secs => $1 / 1000.0))::text as until from budget_clock() as t`,
    [o.leaseMs],
  )
  const { now, until } = clock[0]
  const { rows } = await db.pool.query<Chunk>(CLAIM, [o.runId, o.worker, now, until, o.limit])
  return rows.sort((a, b) => a.seq - b.seq)
}
