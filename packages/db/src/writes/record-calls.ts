import { isoFromMicros, type Micros } from '@onetape/market'
import type { Db } from '../connect.ts'

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
}

const INSERT = `insert into provider_calls (at, source, priority, scope, what, outcome, status, latency_ms)
select at, source, priority, scope, what, outcome, status, latency_ms
from jsonb_to_recordset($1::jsonb) as c
  (at timestamptz, source text, priority text, scope text, what text, outcome text, status int, latency_ms float8)
order by at`

/** Requests that went out, many at a time. */
export async function recordCalls(db: Db, calls: readonly ProviderCallRow[]): Promise<void> {
  if (calls.length === 0) return
  const records = calls.map(({ at, latencyMs, ...call }) => ({
    ...call,
    at: isoFromMicros(at),
    latency_ms: latencyMs,
  }))
  await db.pool.query(INSERT, [JSON.stringify(records).replaceAll('\\u0000', '\\ufffd')])
}

/** Forgets calls made before an instant of wall time. @returns how many. */
export async function purgeCalls(db: Db, before: Micros): Promise<number> {
  const { rows } = await db.pool.query('delete from provider_calls where at < $1 returning 1', [
    isoFromMicros(before),
  ])
  return rows.length
}
