import { plainArray } from '../array-text.ts'
import type { Db } from '../connect.ts'
import { inTransaction } from '../transaction.ts'

export interface EndedPiece {
  seq: number
  /** `done`: its rows are in the tape; `failed`: not in this attempt; `planned`: given back, another may have it. */
  status: 'done' | 'failed' | 'planned'
  source: string | null
  rowsOffered: number
  rowsWritten: number
  error: string | null
}

// A worker whose lease ran out may find its piece done by another: what is done stays done and is counted once.
const END = `update backfill_chunks c
set status = e.status, source = e.source, rows_offered = e.offered, rows_written = e.written, error = e.error,
  lease_until = null
from unnest($2::int[], $3::text[], $4::text[], $5::int[], $6::int[], $7::text[])
  as e (seq, status, source, offered, written, error)
where c.run_id = $1 and c.seq = e.seq and c.status = 'running'
returning c.status, c.rows_written as written`

const COUNT = `update data_gaps
set pieces_done = pieces_done + $2, pieces_failed = pieces_failed + $3, rows_written = rows_written + $4,
  calls = calls + $5, last_error = coalesce($6, last_error)
where run_id = $1 and state = 'filling' returning id`

const IS_OVER = `select count(*) filter (where status in ('planned', 'running')) as open,
  count(*) filter (where status = 'failed') as failed from backfill_chunks where run_id = $1`

const CLOSE_RUN = `update backfill_runs set status = $2, finished_at = now() where id = $1 and status = 'running'`

/**
 * Ends pieces of a run and counts them with its gaps; the rows and calls of one answer are those of all gaps of a run.
 * @returns what is left, and how many failed: null while other pieces are open.
 */
export async function endPieces(
  db: Db,
  o: { runId: number; pieces: readonly EndedPiece[]; calls: number },
): Promise<{ failed: number } | null> {
  return await inTransaction(db, async (client) => {
    await client.query('select id from backfill_runs where id = $1 for update', [o.runId])
    const { pieces } = o
    const { rows: ended } = await client.query<{ status: string; written: number }>(END, [
      o.runId,
      plainArray(pieces, (p) => p.seq),
      plainArray(pieces, (p) => p.status),
      pieces.map((p) => p.source),
      plainArray(pieces, (p) => p.rowsOffered),
      plainArray(pieces, (p) => p.rowsWritten),
      pieces.map((p) => p.error?.replaceAll('\0', '') ?? null),
    ])
    const done = ended.filter((e) => e.status === 'done')
    await client.query(COUNT, [
      o.runId,
      done.length,
      ended.filter((e) => e.status === 'failed').length,
      done.reduce((sum, e) => sum + e.written, 0),
      o.calls,
      pieces.find((p) => p.error !== null)?.error?.replaceAll('\0', '') ?? null,
    ])
    const { rows } = await client.query<{ open: number; failed: number }>(IS_OVER, [o.runId])
    const { open, failed } = rows[0]!
    if (open > 0) return null
    await client.query(CLOSE_RUN, [o.runId, failed > 0 ? 'failed' : 'done'])
    return { failed }
  })
}
