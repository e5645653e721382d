import type { PoolClient } from 'pg'
import type { Db } from '../connect.ts'
import { inTransaction } from '../transaction.ts'

const CLOSE_RUN = `update backfill_runs r
set finished_at = now(),
    status = case when exists (select from backfill_chunks where run_id = r.id and status = 'failed')
             then 'failed' else 'done' end
where r.id = $1
  and not exists (select from backfill_chunks where run_id = r.id and status in ('planned', 'running'))`

/** Runs `end` on a chunk, and closes the run after its last one; the run's row lock makes one of two last ones the last. */
export async function endChunk(
  db: Db,
  runId: number,
  end: (client: PoolClient) => Promise<unknown>,
): Promise<void> {
  await inTransaction(db, async (client) => {
    await client.query('select id from backfill_runs where id = $1 for update', [runId])
    await end(client)
    await client.query(CLOSE_RUN, [runId])
  })
}
