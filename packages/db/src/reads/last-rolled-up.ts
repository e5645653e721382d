import type { Db } from '../connect.ts'

/** The last ledger id that the roll-ups hold; 0 before the first. */
export async function lastRolledUp(db: Db): Promise<number> {
  const { rows } = await db.pool.query(`select batch_id from rollup_cursors where name = 'rollups'`)
  return rows[0].batch_id
}
