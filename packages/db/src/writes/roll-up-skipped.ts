import type { Db } from '../connect.ts'
import { isLasting } from '../rollup/lasting.ts'
import { rollUpBatch } from './roll-up-batches.ts'

/**
 * Tries the batches again that could not be rolled up, whatever came after them.
 * @returns ids of those that could. @throws what hinders any batch.
 */
export async function rollUpSkipped(db: Db): Promise<number[]> {
  const { rows } = await db.pool.query('select batch_id from rollup_skips order by batch_id')
  const done: number[] = []
  for (const { batch_id: id } of rows) {
    try {
      await rollUpBatch(db, id)
    } catch (error) {
      if (isLasting(error)) continue
      throw error
    }
    await db.pool.query('delete from rollup_skips where batch_id = $1', [id])
    done.push(id)
  }
  return done
}
