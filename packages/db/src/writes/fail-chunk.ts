import type { Db } from '../connect.ts'
import { endChunk } from './end-chunk.ts'

/** With `retry` it may be claimed again, else it has failed for good. */
export async function failChunk(
  db: Db,
  o: { runId: number; seq: number; error: string; retry: boolean },
): Promise<void> {
  await endChunk(db, o.runId, (client) =>
    client.query(
      `update backfill_chunks set status = case when $4 then 'planned' else 'failed' end, error = $3, lease_until = null
       where run_id = $1 and seq = $2`,
      [o.runId, o.seq, o.error.replaceAll('\0', ''), o.retry],
    ),
  )
}
