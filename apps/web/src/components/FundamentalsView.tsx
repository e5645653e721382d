import type { FundamentalsAnswer, InstrumentPage } from '@onetape/api/router'
import type { FundamentalItem, Fundamentals } from '@onetape/market'
import { useQuery } from '@tanstack/react-query'
import { CircleAlert } from 'lucide-react'
import { useState } from 'react'
import { lineOf, trpc } from '../api/trpc.ts'
import { Button } from '../ui/Button.tsx'
import { Notice } from '../ui/Notice.tsx'
import { Segmented } from '../ui/Segmented.tsx'
import { formatFigure, labelOf, SPAN_LABELS, type Span, spansIn } from './fundamental-figures.ts'
import { NobodyHasIt } from './NobodyHasIt.tsx'
import { openReceipt } from './receipt-desk.ts'
import { AnswerSourceChip } from './SourceChip.tsx'
import { StatementTable } from './StatementTable.tsx'
import { formatDate, NEW_YORK } from './time-format.ts'
import { WeekRange } from './WeekRange.tsx'

interface Props {
  instrument: InstrumentPage
  last: number | null
}

/** A call was spent on it: it is asked for once, and again only when someone says so. */
export const KEPT = {
  staleTime: Number.POSITIVE_INFINITY,
  gcTime: 1_800_000,
  retry: false,
  refetchOnReconnect: false,
} as const

/** A company's figures: those of today, and its statements by period. */
export function FundamentalsView({ instrument, last }: Props) {
  const { key, symbol } = instrument
  const answer = useQuery({ ...trpc.fundamentals.queryOptions({ key }), ...KEPT })
  const again = () => void answer.refetch()
  if (answer.data?.fundamentals) {
    return (
      <Figures answer={answer.data} fundamentals={answer.data.fundamentals} instrumentKey={key} last={last} />
    )
  }
  if (answer.data) {
    const { receipt } = answer.data
    return (
      <NobodyHasIt
        what={`figures of ${symbol}`}
        receipt={receipt}
        onRetry={again}
        onReceipt={() => openReceipt({ what: 'fundamentals', key, receipt })}
      />
    )
  }
  if (answer.error) {
    return (
      <Notice
        icon={<CircleAlert size={28} aria-hidden />}
        title="The figures could not be read"
        action={<Button onClick={again}>Try again</Button>}
      >
        {lineOf(answer.error)}
      </Notice>
    )
  }
  return <Loading />
}

interface FiguresProps {
  answer: FundamentalsAnswer
  fundamentals: Fundamentals
  instrumentKey: string
  last: number | null
}

function Figures({ answer, fundamentals, instrumentKey, last }: FiguresProps) {
  const { receipt } = answer
  const spans = spansIn(fundamentals.periods)
  const [chosen, setSpan] = useState<Span>('quarter')
  const span = spans.includes(chosen) ? chosen : spans[0]
  return (
    <section
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it.
      tabIndex={0}
      aria-label="Company figures"
      className="@container relative min-h-0 flex-1 overflow-y-auto outline-offset-[-2px]"
    >
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2 px-3 pt-3 text-xs text-muted">
        {spans.length > 1 && span && (
          <Segmented
            label="Periods"
            options={spans.map((value) => ({ value, label: SPAN_LABELS[value] }))}
            value={span}
            onChange={setSpan}
          />
        )}
        <AnswerSourceChip answer={receipt} subject={{ what: 'fundamentals', key: instrumentKey, receipt }} />
        <span>
          {fundamentals.currency && <>in {fundamentals.currency}, </>}
          as of {formatDate(fundamentals.ts, NEW_YORK)}
        </span>
      </div>
      <Today fundamentals={fundamentals} last={last} />
      {span ? (
        <StatementTable periods={fundamentals.periods} span={span} />
      ) : (
        <p className="px-3 py-4 text-muted">This source reports no statements, only figures of today.</p>
      )}
    </section>
  )
}

const TODAY: FundamentalItem[] = [
  'marketCap',
  'sharesOutstanding',
  'peRatio',
  'priceToBook',
  'dividendPerShare',
  'dividendYield',
  'beta',
]

function Today({ fundamentals: { current }, last }: { fundamentals: Fundamentals; last: number | null }) {
  const known = TODAY.filter((item) => current[item] !== undefined)
  const { week52Low: low, week52High: high } = current
  if (known.length === 0 && low === undefined) return null
  return (
    <dl className="grid grid-cols-2 gap-x-6 gap-y-2.5 border-b border-line px-3 py-3 tabular-nums @min-[560px]:grid-cols-4 @min-[900px]:flex @min-[900px]:flex-wrap @min-[900px]:gap-x-8">
      {known.map((item) => (
        <div key={item}>
          <dt className="text-[11px] text-muted">{labelOf(item)}</dt>
          <dd className="text-[15px] font-semibold">{formatFigure(item, current[item])}</dd>
        </div>
      ))}
      {low !== undefined && high !== undefined && (
        <div>
          <dt className="text-[11px] text-muted">52 weeks</dt>
          <dd className="pt-0.5 font-medium">
            <WeekRange low={low} high={high} last={last} />
          </dd>
        </div>
      )}
    </dl>
  )
}

const Loading = () => (
  <div role="status" aria-label="Asking the sources for figures" className="flex flex-col gap-4 p-3">
    <p className="text-xs text-muted">Asking the sources…</p>
    <div className="flex gap-8">
      {['w-20', 'w-16', 'w-20', 'w-14', 'w-16'].map((width, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: outlines without identity.
        <span key={index} className={`skeleton h-8 ${width}`} />
      ))}
    </div>
    {Array.from({ length: 12 }, (_, index) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: rows without identity.
      <span key={index} className="skeleton h-3.5" style={{ width: `${96 - ((index * 7) % 23)}%` }} />
    ))}
  </div>
)
