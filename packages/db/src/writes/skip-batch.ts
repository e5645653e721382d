import { isoFromMicros, type Micros } from '@onetape/market'
import type { Db } from '../connect.ts'
import { inTransaction } from '../transaction.ts'

/**
 * Moves the roll-ups past their next batch without folding it, notes why and tells the operator. `rollUpSkipped`
 * tries it again.
 * @param o.after where the roll-ups stood when it failed; if another follower has moved them since, nothing is done.
 * @returns the batch's ledger id, or null.
 */
export async function skipBatch(
  db: Db,
  o: { after: number; problem: string; at: Micros },
): Promise<number | null> {
  return await inTransaction(db, async (client) => {
    const { rows } = await client.query(
      `select b.id from rollup_cursors c, lateral (
         select id from tape_batches where id > c.batch_id order by id limit 1) b
       where c.name = 'rollups' and c.batch_id = $1 for update of c`,
      [o.after],
    )
    const id: number | undefined = rows[0]?.id
    if (id === undefined) return null
    const at = isoFromMicros(o.at)
    await client.query(
      `insert into rollup_skips (batch_id, problem, at) values ($1, $2, $3)
       on conflict (batch_id) do update set problem = excluded.problem, at = excluded.at`,
      [id, o.problem, at],
    )
    await client.query(`update rollup_cursors set batch_id = $1 where name = 'rollups'`, [id])
    await client.query(`insert into events (at, kind, detail) values ($1, 'rollup_skipped', $2)`, [
      at,
      { batchId: id, problem: o.problem },
    ])
    return id
  })
}
