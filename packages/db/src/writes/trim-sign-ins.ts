import type { Micros } from '@onetape/market'
import type { Db } from '../connect.ts'

const DAY_US = 86_400_000_000

/** Removes sessions that have run out, and attempts that nothing counts any more. */
export async function trimSignIns(db: Db, wallNow: Micros): Promise<void> {
  const dayAgo = wallNow - DAY_US
  await db.pool.query('delete from auth_sessions where expires_at < to_timestamp($1::float8 / 1e6)', [dayAgo])
  await db.pool.query('delete from auth_rate_limits where last_request < $1', [Math.floor(dayAgo / 1_000)])
}
