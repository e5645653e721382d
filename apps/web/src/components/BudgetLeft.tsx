import type { BudgetReport } from '@onetape/api/router'
import { Meter } from '../ui/Meter.tsx'
import { freesWords, isBlocked, shareUsed, tightest, windowWords } from './budget-words.ts'
import { useWallNow } from './market-clock.ts'
import { formatCount } from './number-format.ts'

/** The limit that is reached first: what a user may still ask. */
export function BudgetLeft({ budgets, source }: { budgets: readonly BudgetReport[]; source: string }) {
  const now = useWallNow()
  const budget = tightest(budgets, now)
  if (!budget) return <span className="text-muted">–</span>
  const blocked = isBlocked(budget, now)
  const left = Math.max(0, budget.room.user)
  const of = `${formatCount(budget.calls)} ${windowWords(budget)}`
  return (
    <span className="flex min-w-0 flex-col gap-1 leading-[1.25]">
      <span className="whitespace-nowrap tabular-nums">
        {blocked ? (
          <span className="text-alarm">{freesWords(budget, now) ?? 'blocked'}</span>
        ) : (
          <>
            {formatCount(left)} <span className="text-muted">left of {of}</span>
          </>
        )}
      </span>
      <Meter
        label={`Budget of ${source} used, ${budget.scope}`}
        share={shareUsed(budget)}
        text={`${budget.scope}: ${formatCount(budget.used)} used of ${of}`}
        tone={blocked || left === 0 ? 'alarm' : shareUsed(budget) > 0.8 ? 'warn' : 'plain'}
      />
    </span>
  )
}
