import { isoFromMicros, type Micros } from '@onetape/market'
import type { Db } from '../connect.ts'
import type { Queryable } from '../transaction.ts'
import { asUser } from '../user-scope.ts'

export interface ProviderCallRow {
  /** Wall time. */
  at: Micros
  source: string
  priority: string
  scope: string
  what: string
  outcome: string
  status: number | null
  latencyMs: number
  /** Whose source was asked; null or left out: the house's. */
  userId?: string | null
}

const INSERT = `insert into provider_calls (at, source, priority, scope, what, outcome, status, latency_ms, user_id)
select at, source, priority, scope, what, outcome, status, latency_ms, user_id
from jsonb_to_recordset($1::jsonb) as c
  (at timestamptz, source text, priority text, scope text, what text, outcome text, status int, latency_ms float8, user_id text)
order by at`

/** Requests that went out, many at a time; those of each user as that user. */
export async function recordCalls(db: Db, calls: readonly ProviderCallRow[]): Promise<void> {
  for (const [userId, own] of Map.groupBy(calls, (call) => call.userId ?? null)) {
    if (userId === null) await insert(db.pool, own)
    else await asUser(db, userId, (tx) => insert(tx.client, own))
  }
}

async function insert(client: Queryable, calls: readonly ProviderCallRow[]): Promise<void> {
  const records = calls.map(({ at, latencyMs, userId, ...call }) => ({
    ...call,
    at: isoFromMicros(at),
    latency_ms: latencyMs,
    user_id: userId ?? null,
  }))
  await client.query(INSERT, [JSON.stringify(records).replaceAll('\\u0000', '\\ufffd')])
}

/** Forgets calls made before an instant of wall time. @returns how many. */
export async function purgeCalls(db: Db, before: Micros): Promise<number> {
  const { rows } = await db.pool.query('delete from provider_calls where at < $1 returning 1', [
    isoFromMicros(before),
  ])
  return rows.length
}
