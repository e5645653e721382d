import type { Micros } from '@onetape/market'
import type { Db } from '../connect.ts'
import type { BudgetPriority } from '../writes/take-budget.ts'

export interface BudgetUsage {
  credential: string
  scope: string
  kind: 'window' | 'concurrent'
  /** 0 for a concurrent limit. */
  windowMs: number
  calls: number
  /** Corrected by the vendor's own headers. */
  learned: boolean
  used: number
  /** Calls that each priority could make now; below zero where others have eaten into its reserve. */
  room: Record<BudgetPriority, number>
  /** Wall time until which the vendor asked to wait. */
  blockedUntil: Micros | null
  /** Wall time at which the oldest spend leaves the window. */
  freesAt: Micros | null
  /** Calls that the vendor refused for their number. */
  refused: number
}

/** Every limit of every credential; spends nothing. */
export async function readBudgets(db: Db): Promise<BudgetUsage[]> {
  const { rows } = await db.pool.query('select * from budget_usage()')
  return rows.map((r) => ({
    credential: r.credential,
    scope: r.scope,
    kind: r.kind,
    windowMs: r.window_ms,
    calls: r.calls,
    learned: r.learned,
    used: r.used,
    room: { user: r.room_user, live: r.room_live, repair: r.room_repair, backfill: r.room_backfill },
    blockedUntil: r.blocked_until,
    freesAt: r.frees_at,
    refused: r.refused,
  }))
}
