// The budgets as a process uses them: grants from Postgres, and a look that costs nothing from what was last read.
import type { Micros } from '@onetape/market'
import type { Db } from './connect.ts'
import { type BudgetUsage, readBudgets } from './reads/read-budgets.ts'
import { learnBudget } from './writes/learn-budget.ts'
import { type BudgetPriority, releaseBudget, takeBudget } from './writes/take-budget.ts'

/** Longer than any request may take. */
const HOLD_MS = 60_000
const LOOK_AGE_MAX_MS = 1_000
/** When the budget itself cannot be reached, nothing is granted: a quota that is not counted is a quota broken. */
const UNREACHABLE_RETRY_MS = 1_000

interface Asked {
  scope: string
  weight: number
  priority: BudgetPriority
}

type Grant = { granted: true; release(): void } | { granted: false; retryAfterMs: number; limit: string }

interface Lesson {
  scope: string
  blockedForMs?: number
  limit?: number
  remaining?: number
  resetMs?: number
}

export interface BudgetBook {
  /** The budget of one credential, as adapters ask it. */
  forCredential(credential: string): {
    take(call: Asked): Promise<Grant>
    learn(lesson: Lesson): void
  }
  /** From memory, a second old at most while somebody looks; spends nothing and waits for nothing. */
  peek(
    credential: string,
    o: { scope?: string; priority: BudgetPriority },
  ): { free: boolean; retryAt: Micros | null }
  usage(): readonly BudgetUsage[]
  refresh(): Promise<void>
}

export function createBudgetBook(db: Db, wallClock: { now(): Micros }): BudgetBook {
  let usage: readonly BudgetUsage[] = []
  let readAt = Number.NEGATIVE_INFINITY
  let reading: Promise<void> | null = null
  const refresh = (): Promise<void> => {
    reading ??= readBudgets(db)
      .then((rows) => {
        usage = rows
        readAt = wallClock.now()
      })
      .finally(() => {
        reading = null
      })
    return reading
  }
  const look = () => {
    if (wallClock.now() - readAt > LOOK_AGE_MAX_MS * 1000) refresh().catch(() => {})
    return usage
  }
  return {
    refresh,
    usage: look,
    forCredential: (credential) => ({
      take: (call) => take(db, credential, call),
      // A lesson that is lost is taught again by the next answer.
      learn: (lesson) => void learnBudget(db, { credential, ...lesson }).catch(() => {}),
    }),
    peek(credential, { scope, priority }) {
      const now = wallClock.now()
      const spent = look().filter(
        (u) =>
          u.credential === credential &&
          (scope === undefined || u.scope === scope) &&
          ((u.blockedUntil ?? 0) > now || u.room[priority] < 1) &&
          // What was read a while ago may have been freed since.
          (u.blockedUntil ?? u.freesAt ?? Number.POSITIVE_INFINITY) > now,
      )
      if (spent.length === 0) return { free: true, retryAt: null }
      const waits = spent.map((u) => u.blockedUntil ?? u.freesAt).filter((at) => at !== null)
      return { free: false, retryAt: waits.length > 0 ? Math.max(...waits) : null }
    },
  }
}

async function take(db: Db, credential: string, call: Asked): Promise<Grant> {
  try {
    const taken = await takeBudget(db, { credential, ...call, holdMs: HOLD_MS })
    if (!taken.granted) return taken
    const { holdId } = taken
    return {
      granted: true,
      release: () => {
        if (holdId !== null) releaseBudget(db, holdId).catch(() => {}) // it ends by itself
      },
    }
  } catch {
    return { granted: false, retryAfterMs: UNREACHABLE_RETRY_MS, limit: 'the tape cannot be reached' }
  }
}
