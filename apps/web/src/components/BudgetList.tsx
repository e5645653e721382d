import type { BudgetReport } from '@onetape/api/router'
import { Chip } from '../ui/Chip.tsx'
import { Meter } from '../ui/Meter.tsx'
import { freesWords, isBlocked, reserves, shareUsed, windowWords } from './budget-words.ts'
import { useWallNow } from './market-clock.ts'
import { formatCount } from './number-format.ts'

const PRIORITIES = ['user', 'live', 'repair', 'backfill'] as const

/** Each limit of a source: what is used, and what is left for whom. */
export function BudgetList({ budgets }: { budgets: readonly BudgetReport[] }) {
  if (budgets.length === 0) return <p className="text-muted">Nothing is counted here.</p>
  return (
    <ul className="flex flex-col gap-3">
      {budgets.map((budget) => (
        <Limit key={`${budget.scope} ${budget.kind} ${budget.windowMs}`} budget={budget} />
      ))}
    </ul>
  )
}

function Limit({ budget }: { budget: BudgetReport }) {
  const now = useWallNow()
  const blocked = isBlocked(budget, now)
  const frees = freesWords(budget, now)
  const share = shareUsed(budget)
  const words = windowWords(budget)
  const text = `${formatCount(budget.used)} used of ${formatCount(budget.calls)} ${words}`
  return (
    <li className="flex flex-col gap-1">
      <div className="flex items-baseline gap-2">
        <span className="font-medium">{budget.scope}</span>
        <span className="text-muted">{words}</span>
        {budget.learned && <Chip title="Corrected by what the vendor itself said">learned</Chip>}
        {blocked && <Chip tone="alarm">blocked</Chip>}
        <span className="ml-auto tabular-nums">
          {formatCount(budget.used)} <span className="text-muted">of {formatCount(budget.calls)} used</span>
        </span>
      </div>
      <Meter
        label={`${budget.scope} ${words}`}
        share={share}
        text={text}
        tone={blocked || budget.room.user <= 0 ? 'alarm' : share > 0.8 ? 'warn' : 'plain'}
        marks={reserves(budget)}
      />
      <p
        title="Room is kept for those who go first: a repair or a backfill stops earlier"
        className="flex flex-wrap gap-x-3 text-[11px] text-muted tabular-nums"
      >
        <span>left for</span>
        {PRIORITIES.map((priority) => (
          <span key={priority}>
            {priority} <span className="text-ink">{formatCount(Math.max(0, budget.room[priority]))}</span>
          </span>
        ))}
      </p>
      {(frees || budget.refused > 0) && (
        <p className="text-[11px] text-muted tabular-nums">
          {[frees, budget.refused > 0 && `refused by the vendor ${formatCount(budget.refused)} times`]
            .filter(Boolean)
            .join(' · ')}
        </p>
      )}
    </li>
  )
}
