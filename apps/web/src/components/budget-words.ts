// Budgets in words and shares: how much may still be asked of a source. Pure; instants are wall time.
import type { BudgetReport } from '@onetape/api/router'
import type { Micros } from '@onetape/market'
import { formatCount } from './number-format.ts'
import { formatSpan } from './time-format.ts'

const WINDOWS: [ms: number, one: string, many: string][] = [
  [86_400_000, 'per day', 'days'],
  [3_600_000, 'per hour', 'hours'],
  [60_000, 'per minute', 'minutes'],
  [1_000, 'per second', 'seconds'],
]

/** `per second`, `per 10 minutes`, `at one time`. */
export function windowWords({ kind, windowMs }: Pick<BudgetReport, 'kind' | 'windowMs'>): string {
  if (kind === 'concurrent') return 'at one time'
  for (const [ms, one, many] of WINDOWS) {
    if (windowMs === ms) return one
    if (windowMs > ms && windowMs % ms === 0) return `per ${windowMs / ms} ${many}`
  }
  return `per ${formatCount(windowMs)} ms`
}

export const isBlocked = (
  { blockedUntil }: Pick<BudgetReport, 'blockedUntil'>,
  now: Micros | null,
): boolean => blockedUntil !== null && (now === null || blockedUntil > now)

const shareLeft = ({ room, calls }: BudgetReport): number => (calls <= 0 ? 0 : Math.max(0, room.user) / calls)

/** The limit that is reached first, as a user's question meets it. */
export function tightest(budgets: readonly BudgetReport[], now: Micros | null): BudgetReport | null {
  const tighter = (a: BudgetReport, b: BudgetReport): boolean => {
    if (isBlocked(a, now) !== isBlocked(b, now)) return isBlocked(a, now)
    return shareLeft(a) < shareLeft(b)
  }
  return budgets.reduce<BudgetReport | null>(
    (best, b) => (best === null || tighter(b, best) ? b : best),
    null,
  )
}

/** 0 to 1. */
export const shareUsed = ({ used, calls }: Pick<BudgetReport, 'used' | 'calls'>): number =>
  calls <= 0 ? 1 : Math.min(1, Math.max(0, used / calls))

/** Where the lesser priorities stop, as shares of all calls: what lies beyond is kept for those before them. */
export const reserves = ({ used, room, calls }: BudgetReport): number[] => {
  if (calls <= 0) return []
  const shares = (['live', 'repair', 'backfill'] as const).map((priority) => (used + room[priority]) / calls)
  return [...new Set(shares)].filter((share) => share > 0 && share < 1)
}

export function freesWords({ freesAt, blockedUntil }: BudgetReport, now: Micros | null): string | null {
  if (now === null) return null
  if (blockedUntil !== null && blockedUntil > now)
    return `blocked for ${formatSpan(blockedUntil - now + 999_999)}`
  return freesAt !== null && freesAt > now
    ? `the oldest call frees in ${formatSpan(freesAt - now + 999_999)}`
    : null
}
