import type { Db } from '../connect.ts'
import { endChunk } from './end-chunk.ts'

/** The chunk's rows are in the tape. */
export async function finishChunk(
  db: Db,
  o: { runId: number; seq: number; source: string | null; rowsOffered: number; rowsWritten: number },
): Promise<void> {
  await endChunk(db, o.runId, (client) =>
    client.query(
      `update backfill_chunks set status = 'done', source = $3, rows_offered = $4, rows_written = $5, error = null,
         lease_until = null
       where run_id = $1 and seq = $2`,
      [o.runId, o.seq, o.source, o.rowsOffered, o.rowsWritten],
    ),
  )
}
