import type { BackfillState } from '../backfill.ts'
import type { Db } from '../connect.ts'

/** How far a backfill has come. @throws Error when there is no such run. */
export async function readBackfill(db: Db, runId: number): Promise<BackfillState> {
  const { rows } = await db.pool.query<BackfillState>(
    `select r.id as "runId", r.status, count(c.seq) as total, count(*) filter (where c.status = 'done') as done,
       count(*) filter (where c.status = 'failed') as failed, coalesce(sum(c.rows_offered), 0) as "rowsOffered",
       coalesce(sum(c.rows_written), 0) as "rowsWritten"
     from backfill_runs r left join backfill_chunks c on c.run_id = r.id
     where r.id = $1 group by r.id`,
    [runId],
  )
  if (!rows[0]) throw new Error(`There is no backfill run ${runId}.`)
  return rows[0]
}
