import type { Db } from '../connect.ts'

/** Whether anybody runs this OneTape yet. */
export async function hasOperator(db: Db): Promise<boolean> {
  const { rows } = await db.pool.query(`select exists (select from users where role = 'operator') as has`)
  return rows[0].has
}
