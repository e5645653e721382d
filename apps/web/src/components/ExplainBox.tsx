import type { FoundInstrument } from '@onetape/api/router'
import { DATA_KINDS, type DataKind, type Timeframe } from '@onetape/market'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Search } from 'lucide-react'
import { useState } from 'react'
import { type Tape, tapeQuery } from '../api/tape.ts'
import { lineOf, trpc } from '../api/trpc.ts'
import { Button } from '../ui/Button.tsx'
import { Segmented } from '../ui/Segmented.tsx'
import { useShortcuts } from '../ui/shortcuts.ts'
import { DecisionList } from './DecisionList.tsx'
import { turnoverOf } from './market-order.ts'
import { decisionLine } from './receipt-words.ts'
import { SearchDialog } from './SearchDialog.tsx'
import { StoredReceipts } from './StoredReceipts.tsx'
import { type ClassChoice, KIND_LABELS, KIND_SHORTS } from './source-matrix.ts'
import { TimeframePicker } from './TimeframePicker.tsx'

const KINDS = DATA_KINDS.map((value) => ({ value, label: KIND_LABELS[value] }))
const SHORT_KINDS = DATA_KINDS.map((value) => ({
  value,
  label: KIND_SHORTS[value],
  title: KIND_LABELS[value],
}))
const WHENS = [
  { value: 'now', label: 'Now' },
  { value: 'then', label: 'From a receipt', title: 'How a price that lies on the tape came about' },
] as const
/** A breaker or a budget may change the answer at any time, and asking is free. */
const AGAIN_EVERY_MS = 3_000

type Subject = Pick<FoundInstrument, 'key' | 'symbol'> & { name?: string | null }

interface Props {
  /** Suggests something to explain before anyone picked. */
  assetClass: ClassChoice
  /** What it is about, where nothing else is: an instrument's own page. */
  about?: Subject
}

/** Who would serve a question, and why each other one would not: now, or as a receipt of the tape has it. */
export function ExplainBox({ assetClass, about }: Props) {
  const [picked, setPicked] = useState<Subject | null>(null)
  const [kind, setKind] = useState<DataKind>('quotes')
  const [timeframe, setTimeframe] = useState<Timeframe>('5m')
  const [isPicking, setPicking] = useState(false)
  const [when, setWhen] = useState<'now' | 'then'>('now')
  const suggested = useSuggestion(assetClass)
  const subject = about ?? picked ?? suggested
  useShortcuts(about ? {} : { e: () => setPicking(true) })
  // The tape keeps receipts of prices alone.
  const isThen = when === 'then' && kind === 'quotes'
  return (
    <section
      aria-labelledby="explain"
      className={about ? 'border-b border-line px-3 py-3' : 'border-line px-3 py-4 max-[700px]:border-t'}
    >
      <h2 id="explain" className="text-[13px] font-semibold">
        Explain
      </h2>
      <p className="pt-0.5 pb-2.5 text-xs text-muted">
        {isThen
          ? 'How a price of the tape came about: each source that was tried for it.'
          : 'Who would be asked now, who stands in, and why each other source would not be. Spends no call.'}
      </p>
      <div className="flex flex-wrap items-center gap-2 pb-3">
        {!about && (
          <Button
            onClick={() => setPicking(true)}
            aria-haspopup="dialog"
            title="Pick an instrument (e)"
            className="max-w-72 min-w-0"
          >
            <Search size={13} aria-hidden className="shrink-0 text-muted" />
            {subject ? (
              <>
                <span className="font-semibold">{subject.symbol}</span>
                <span className="truncate font-normal text-muted">{subject.name}</span>
              </>
            ) : (
              'Pick an instrument'
            )}
          </Button>
        )}
        <div className="max-w-full overflow-x-auto">
          <Segmented
            label="Kind of data"
            options={about ? SHORT_KINDS : KINDS}
            value={kind}
            onChange={setKind}
          />
        </div>
        {kind === 'quotes' && <Segmented label="When" options={WHENS} value={when} onChange={setWhen} />}
        {kind === 'charts' && (
          <div className="max-w-full overflow-x-auto">
            <TimeframePicker value={timeframe} onChange={setTimeframe} />
          </div>
        )}
      </div>
      {subject &&
        (isThen ? (
          <StoredReceipts key={subject.key} instrumentKey={subject.key} />
        ) : (
          <Answer instrumentKey={subject.key} kind={kind} timeframe={timeframe} />
        ))}
      {isPicking && <SearchDialog onClose={() => setPicking(false)} onPick={setPicked} />}
    </section>
  )
}

interface AnswerProps {
  instrumentKey: string
  kind: DataKind
  timeframe: Timeframe
}

function Answer({ instrumentKey: key, kind, timeframe }: AnswerProps) {
  const decision = useQuery({
    ...trpc.explain.queryOptions(kind === 'charts' ? { key, kind, timeframe } : { key, kind }),
    staleTime: 0,
    refetchInterval: AGAIN_EVERY_MS,
    placeholderData: keepPreviousData,
    retry: false,
  })
  if (!decision.data) {
    if (decision.error) return <p className="text-xs text-alarm">{lineOf(decision.error)}</p>
    return <span className="skeleton block h-4 w-72" />
  }
  return (
    <div
      aria-busy={decision.isPlaceholderData}
      className={decision.isPlaceholderData ? 'opacity-60' : undefined}
    >
      <p className="pb-2 font-medium">{decisionLine(decision.data)}</p>
      <DecisionList decision={decision.data} />
    </div>
  )
}

/** Something to explain before anyone picked: what is traded most in the class that is looked at. */
function useSuggestion(assetClass: ClassChoice): Subject | null {
  return useQuery({ ...tapeQuery, select: (tape) => mostTraded(tape, assetClass) }).data ?? null
}

const suggestions = new Map<ClassChoice, Subject>()

function mostTraded(tape: Tape, assetClass: ClassChoice): Subject | null {
  const known = suggestions.get(assetClass)
  if (known && tape.rows.has(known.key)) return known
  let best: Subject | null = null
  let most = -1
  for (const row of tape.rows.values()) {
    const turnover = turnoverOf(row) ?? 0
    if (turnover <= most || row.assetClass !== (assetClass === 'all' ? 'equity' : assetClass)) continue
    most = turnover
    best = { key: row.key, symbol: row.symbol, name: row.name }
  }
  if (best) suggestions.set(assetClass, best)
  return best
}
