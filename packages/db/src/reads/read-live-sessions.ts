import type { Micros } from '@onetape/market'
import type { Db } from '../connect.ts'

const READ = `select id from auth_sessions where id = any ($1) and expires_at > to_timestamp($2::float8 / 1e6)`

/** Which of these sessions still hold. */
export async function readLiveSessions(
  db: Db,
  ids: readonly string[],
  wallNow: Micros,
): Promise<Set<string>> {
  const { rows } = await db.pool.query<{ id: string }>(READ, [ids, wallNow])
  return new Set(rows.map((row) => row.id))
}
