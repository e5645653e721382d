import type { Db } from '../connect.ts'
import { inTransaction } from '../transaction.ts'

export type DeclaredLimit =
  | { scope: string; kind: 'window'; calls: number; windowMs: number }
  | { scope: string; kind: 'concurrent'; calls: number }

const SCOPES = `insert into budget_scopes (credential, scope) select $1, unnest($2::text[]) on conflict do nothing`
// What the vendor's own headers corrected stays as they said.
const LIMITS = `insert into budget_limits (credential, scope, kind, window_ms, calls)
select $1, l.scope, l.kind, l.window_ms, l.calls
from jsonb_to_recordset($2::jsonb) as l (scope text, kind text, window_ms int, calls int)
on conflict (credential, scope, kind, window_ms)
do update set calls = case when budget_limits.learned then budget_limits.calls else excluded.calls end`
const GONE = `delete from budget_limits b where b.credential = $1 and not exists (
  select from jsonb_to_recordset($2::jsonb) as l (scope text, kind text, window_ms int)
  where l.scope = b.scope and l.kind = b.kind and l.window_ms = b.window_ms)`

/** The limits that a credential's plan has; said by every process at its start, the same by all. */
export async function declareBudgets(
  db: Db,
  credential: string,
  limits: readonly DeclaredLimit[],
): Promise<void> {
  const rows = limits.map((l) => ({
    scope: l.scope,
    kind: l.kind,
    window_ms: l.kind === 'window' ? l.windowMs : 0,
    calls: l.calls,
  }))
  const json = JSON.stringify(rows)
  await inTransaction(db, async (client) => {
    await client.query(SCOPES, [credential, [...new Set(rows.map((r) => r.scope))].sort()])
    await client.query(LIMITS, [credential, json])
    await client.query(GONE, [credential, json])
  })
}
