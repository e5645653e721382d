import type { SourceReport } from '@onetape/api/router'
import clsx from 'clsx'
import { ChevronRight } from 'lucide-react'
import { BudgetLeft } from './BudgetLeft.tsx'
import { HealthState } from './HealthState.tsx'
import { MatrixCellView } from './MatrixCellView.tsx'
import { RankMark } from './RankMark.tsx'
import type { SourcesProps } from './SourcesTable.tsx'
import { formatLatency } from './source-health.ts'
import { ACCESS_KINDS, KIND_SHORTS, matrixView, rankOf } from './source-matrix.ts'

/** The table for a phone: a card for each source. */
export function SourceCards({ report, ordered, assetClass, chosen, onChoose }: SourcesProps) {
  return (
    <ul aria-label="Sources" className="flex flex-col gap-2 p-2">
      {ordered.map((source) => (
        <li
          key={source.name}
          className={clsx(
            'relative rounded-lg border px-3 py-2.5 text-xs',
            source.name === chosen ? 'border-accent' : 'border-line',
          )}
        >
          <div className="flex items-start gap-2">
            <button
              type="button"
              aria-expanded={source.name === chosen}
              onClick={() => onChoose(source.name)}
              className="min-w-0 flex-1 text-left leading-[1.25] after:absolute after:inset-0"
            >
              <span className="block text-[15px] font-semibold">{source.label}</span>
              <span className="block truncate text-[11px] text-muted">{source.tierLabel}</span>
            </button>
            <RankMark rank={rankOf(report.order, assetClass, source)} withClasses={false} />
            <ChevronRight size={16} aria-hidden className="mt-0.5 shrink-0 text-muted" />
          </div>
          <dl className="grid grid-cols-5 gap-x-1 py-2.5">
            {ACCESS_KINDS.map((kind) => (
              <div key={kind} className="min-w-0">
                <dt className="truncate pb-0.5 text-[10px] text-muted">{KIND_SHORTS[kind]}</dt>
                <dd>
                  <MatrixCellView
                    cell={matrixView(source, assetClass, kind)}
                    isShort
                    isOff={source.state !== 'connected'}
                  />
                </dd>
              </div>
            ))}
          </dl>
          {source.state === 'connected' ? <Figures source={source} /> : <Off source={source} />}
        </li>
      ))}
    </ul>
  )
}

const Figures = ({ source }: { source: SourceReport }) => (
  <div className="flex items-end justify-between gap-4 border-t border-line pt-2">
    <div className="min-w-0">
      <HealthState source={source} />
      {source.health?.latencyMs != null && (
        <p className="pl-3.5 text-[11px] text-muted tabular-nums">
          answers in {formatLatency(source.health.latencyMs)}
        </p>
      )}
    </div>
    <div className="w-40 shrink-0">
      <BudgetLeft budgets={source.budgets} source={source.name} />
    </div>
  </div>
)

const Off = ({ source }: { source: SourceReport }) => (
  <div className="border-t border-line pt-2">
    <HealthState source={source} />
    {source.message && <p className="pt-0.5 pl-3.5 text-[11px] break-words text-muted">{source.message}</p>}
  </div>
)
