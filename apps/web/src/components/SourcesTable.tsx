import type { ProvidersReport, SourceReport } from '@onetape/api/router'
import clsx from 'clsx'
import { type KeyboardEvent, useRef } from 'react'
import { useShortcuts } from '../ui/shortcuts.ts'
import { BudgetLeft } from './BudgetLeft.tsx'
import { HealthState, Latency } from './HealthState.tsx'
import { LastCall } from './LastCall.tsx'
import { MatrixCellView } from './MatrixCellView.tsx'
import { RankMark } from './RankMark.tsx'
import { ACCESS_KINDS, type ClassChoice, KIND_LABELS, matrixView, rankOf } from './source-matrix.ts'

export interface SourcesProps {
  report: ProvidersReport
  /** Its sources as they are to stand. */
  ordered: SourceReport[]
  assetClass: ClassChoice
  chosen: string | null
  onChoose: (source: string | undefined) => void
  /** The values are old: the API is away. */
  isHeld: boolean
}

/** Columns that give way first when the panel takes its room. */
const FROM = {
  budget: 'hidden @min-[960px]:table-cell',
  lastCall: 'hidden @min-[1300px]:table-cell',
  latency: 'hidden @min-[1120px]:table-cell',
}

/** Sources by kinds of data. Up and down walk the sources, Enter opens one, Escape closes it. */
export function SourcesTable({ report, ordered, assetClass, chosen, onChoose }: SourcesProps) {
  const body = useRef<HTMLTableSectionElement>(null)
  const buttons = () => [...(body.current?.querySelectorAll<HTMLButtonElement>('th button') ?? [])]

  const focusRow = (index: number) => {
    const all = buttons()
    const to = Math.min(all.length - 1, Math.max(0, index))
    all[to]?.focus()
    // With the panel open, it follows.
    if (chosen !== null) onChoose(ordered[to]?.name)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const at = buttons().indexOf(event.target as HTMLButtonElement)
    if (at < 0 || event.altKey || event.ctrlKey || event.metaKey) return
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: ordered.length - 1 }[event.key]
    if (to === undefined) return
    event.preventDefault()
    focusRow(to)
  }
  // From anywhere on the page, the arrows enter the table.
  const enter = () =>
    focusRow(
      Math.max(
        0,
        ordered.findIndex((s) => s.name === chosen),
      ),
    )
  useShortcuts({ ArrowDown: enter, ArrowUp: enter })

  return (
    <table className="w-full border-collapse text-left text-xs">
      <caption className="sr-only">
        Sources by kinds of data. Up and down move between sources, Enter opens one.
      </caption>
      <thead className="sticky top-0 z-10 bg-sunken text-[11px] text-muted">
        <tr className="h-[30px] border-b border-line-strong">
          <Head className="pl-3">Source</Head>
          <Head title="Place in the house's order of asking">Order</Head>
          {ACCESS_KINDS.map((kind) => (
            <Head key={kind}>{KIND_LABELS[kind]}</Head>
          ))}
          <Head>Health</Head>
          <Head className={FROM.latency}>Latency</Head>
          <Head className={FROM.budget}>Budget left</Head>
          <Head className={FROM.lastCall}>Last call</Head>
        </tr>
      </thead>
      <tbody ref={body} onKeyDown={onKeyDown}>
        {ordered.map((source, index) => (
          <Row
            key={source.name}
            source={source}
            report={report}
            assetClass={assetClass}
            isChosen={source.name === chosen}
            isTabStop={chosen === null ? index === 0 : source.name === chosen}
            onToggle={() => onChoose(source.name === chosen ? undefined : source.name)}
          />
        ))}
      </tbody>
    </table>
  )
}

const Head = ({ children, className, title }: { children: string; className?: string; title?: string }) => (
  <th scope="col" title={title} className={clsx('px-2 font-medium whitespace-nowrap', className)}>
    {children}
  </th>
)

interface RowProps {
  source: SourceReport
  report: ProvidersReport
  assetClass: ClassChoice
  isChosen: boolean
  isTabStop: boolean
  onToggle: () => void
}

function Row({ source, report, assetClass, isChosen, isTabStop, onToggle }: RowProps) {
  const isOff = source.state !== 'connected'
  return (
    <tr
      onClick={onToggle}
      className={clsx('h-11 cursor-pointer border-b border-line', isChosen ? 'bg-active' : 'hover:bg-hover')}
    >
      <th scope="row" className="py-1 pr-2.5 pl-3 font-normal">
        <button
          type="button"
          tabIndex={isTabStop ? 0 : -1}
          aria-expanded={isChosen}
          aria-controls={isChosen ? 'source-panel' : undefined}
          onClick={(event) => {
            event.stopPropagation()
            onToggle()
          }}
          className="flex max-w-52 flex-col rounded text-left leading-[1.25]"
        >
          <span className="text-[13px] font-semibold">{source.label}</span>
          <span className="max-w-full truncate text-[11px] text-muted">
            {isOff ? source.name : source.tierLabel}
          </span>
        </button>
      </th>
      <td className="px-2">
        <RankMark rank={rankOf(report.order, assetClass, source)} withClasses={assetClass === 'all'} />
      </td>
      {ACCESS_KINDS.map((kind) => (
        <td key={kind} className="px-2">
          <MatrixCellView cell={matrixView(source, assetClass, kind)} isOff={isOff} />
        </td>
      ))}
      {isOff ? (
        <td colSpan={4} className="max-w-0 px-2">
          <span className="flex min-w-0 flex-col leading-[1.25]">
            <HealthState source={source} />
            <span title={source.message ?? undefined} className="truncate pl-3.5 text-[11px] text-muted">
              {source.message}
            </span>
          </span>
        </td>
      ) : (
        <>
          <td className="px-2">
            <HealthState source={source} />
          </td>
          <td className={clsx('px-2', FROM.latency)}>
            <Latency ms={source.health?.latencyMs ?? null} />
          </td>
          <td className={clsx('px-2', FROM.budget)}>
            <BudgetLeft budgets={source.budgets} source={source.name} />
          </td>
          <td className={clsx('w-full max-w-0 px-2', FROM.lastCall)}>
            <LastCall call={source.lastCalls[0]} />
          </td>
        </>
      )}
    </tr>
  )
}
