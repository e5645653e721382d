import type { Db } from '../connect.ts'

export interface BudgetTaught {
  credential: string
  scope: string
  blockedForMs?: number
  limit?: number
  remaining?: number
  resetMs?: number
}

/** What a vendor's answer told about a budget; see `budget_learn` in the migrations. */
export async function learnBudget(db: Db, o: BudgetTaught): Promise<void> {
  await db.pool.query('select budget_learn($1, $2, $3, $4, $5, $6)', [
    o.credential,
    o.scope,
    o.blockedForMs ?? null,
    o.limit ?? null,
    o.remaining ?? null,
    o.resetMs ?? null,
  ])
}
