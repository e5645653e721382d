import type { Micros } from '@onetape/market'
import type { Db } from '../connect.ts'

export interface NewestBatch {
  /** Ledger id; 0 on an empty tape. */
  id: number
  fetchedAt: Micros | null
}

/** The end of the ledger. An open batch is not part of it. */
export async function newestBatch(db: Db): Promise<NewestBatch> {
  const { rows } = await db.pool.query<{ id: number; fetched_at: Micros }>(
    'select id, fetched_at from tape_batches where id is not null order by id desc limit 1',
  )
  const [row] = rows
  return row ? { id: row.id, fetchedAt: row.fetched_at } : { id: 0, fetchedAt: null }
}
