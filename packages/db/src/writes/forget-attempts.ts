import type { Db } from '../connect.ts'

/** Forgets the attempts counted under `key`. */
export async function forgetAttempts(db: Db, key: string): Promise<void> {
  await db.pool.query('delete from auth_rate_limits where key = $1', [key])
}
