import { randomUUID } from 'node:crypto'
import type { Db } from '../connect.ts'

// Refused attempts do not lengthen the wait: the window is that of the first one.
const TAKE = `insert into auth_rate_limits as a (id, key, count, last_request) values ($1, $2, 1, $3)
on conflict (key) do update set
  count = case when a.last_request <= $3 - $4 then 1 else least(a.count, $5) + 1 end,
  last_request = case when a.last_request <= $3 - $4 then $3 else a.last_request end
returning count, last_request as "sinceMs"`

export interface Attempt {
  /** Whom or what is counted. */
  key: string
  max: number
  windowMs: number
  /** Milliseconds since 1970, wall time. */
  nowMs: number
}

/** Counts one attempt, for all processes together. @returns 0 when it may go on, else how long to wait. */
export async function takeAttempt(db: Db, o: Attempt): Promise<number> {
  const { rows } = await db.pool.query<{ count: number; sinceMs: number }>(TAKE, [
    randomUUID(),
    o.key,
    o.nowMs,
    o.windowMs,
    o.max,
  ])
  const { count, sinceMs } = rows[0]!
  return count <= o.max ? 0 : Math.max(1, sinceMs + o.windowMs - o.nowMs)
}
