import type { Db } from '../connect.ts'

export interface Follower {
  name: string
  /** The last ledger id that it has done. */
  batchId: number
  /** Batches that it could not do and passed by. */
  skipped: number
}

/** Who follows the ledger by a cursor in the database, and how far each is. */
export async function readFollowers(db: Db): Promise<Follower[]> {
  const { rows } = await db.pool.query<Follower>(
    `select c.name, c.batch_id as "batchId",
       case when c.name = 'rollups' then (select count(*) from rollup_skips)::int else 0 end as skipped
     from rollup_cursors c order by c.name`,
  )
  return rows
}
