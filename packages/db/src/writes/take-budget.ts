import type { Db } from '../connect.ts'

export type BudgetPriority = 'user' | 'live' | 'repair' | 'backfill'

export interface BudgetTake {
  credential: string
  scope: string
  weight: number
  priority: BudgetPriority
  /** A concurrent hold that nobody releases ends after this. */
  holdMs: number
}

export type TakenBudget =
  | { granted: true; holdId: number | null }
  | { granted: false; retryAfterMs: number; limit: string }

/** Takes from a credential's budget, or says which limit stands in the way and for how long. One round trip. */
export async function takeBudget(db: Db, o: BudgetTake): Promise<TakenBudget> {
  const { rows } = await db.pool.query('select * from budget_take($1, $2, $3, $4, $5)', [
    o.credential,
    o.scope,
    o.weight,
    o.priority,
    o.holdMs,
  ])
  const { granted, retry_after_ms, denied_by, hold_id } = rows[0]
  if (granted) return { granted, holdId: hold_id }
  return { granted, retryAfterMs: Math.ceil(retry_after_ms), limit: denied_by }
}

/** Ends a hold of a concurrent limit. */
export async function releaseBudget(db: Db, holdId: number): Promise<void> {
  await db.pool.query('delete from budget_holds where id = $1', [holdId])
}
