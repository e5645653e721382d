import type { Db } from '../connect.ts'
import type { Mode } from '../prepare.ts'

export interface Environment {
  mode: Mode
  environmentId: string
  /** How far the market clock runs ahead of the wall clock. */
  shiftUs: number
}

/** What this database is, and how far its market clock is shifted. */
export async function readEnvironment(db: Db): Promise<Environment> {
  const { rows } = await db.pool.query(
    `select mode, environment_id, coalesce((select shift_us from market_clock_shifts order by id desc limit 1), 0) as shift_us
     from tape_environment`,
  )
  const row = rows[0]
  if (!row) throw new Error('The database carries no demo/live marker: it was not prepared.')
  return { mode: row.mode, environmentId: row.environment_id, shiftUs: Number(row.shift_us) }
}
