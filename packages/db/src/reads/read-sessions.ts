import type { Micros } from '@onetape/market'
import type { Db } from '../connect.ts'

export interface SessionRow {
  id: string
  createdAt: Micros
  /** To within minutes. */
  lastSeenAt: Micros
  ip: string | null
  userAgent: string | null
}

const SESSIONS_MAX = 200
const READ = `select id, created_at as "createdAt", updated_at as "lastSeenAt", ip_address as ip, user_agent as "userAgent"
from auth_sessions where user_id = $1 and expires_at > to_timestamp($2::float8 / 1e6)
order by updated_at desc, id limit ${SESSIONS_MAX}`

/** Where one user is signed in, the last seen first. */
export async function readSessions(db: Db, userId: string, wallNow: Micros): Promise<SessionRow[]> {
  return (await db.pool.query<SessionRow>(READ, [userId, wallNow])).rows
}
