import type { Db } from '../connect.ts'

/** The newest ledger id; 0 on an empty tape. */
export async function lastBatchId(db: Db): Promise<number> {
  const { rows } = await db.pool.query('select coalesce(max(id), 0) as id from tape_batches')
  return rows[0].id
}
