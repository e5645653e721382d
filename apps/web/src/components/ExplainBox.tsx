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
import { type ClassChoice, KIND_LABELS } from './source-matrix.ts'
import { TimeframePicker } from './TimeframePicker.tsx'

const KINDS = DATA_KINDS.map((value) => ({ value, label: KIND_LABELS[value] }))
/** A breaker or a budget may change the answer at any time, and asking is free. */
const AGAIN_EVERY_MS = 3_000

type Subject = Pick<FoundInstrument, 'key' | 'symbol' | 'name'>

/** Who would serve a question, and why each other one would not. */
export function ExplainBox({ assetClass }: { assetClass: ClassChoice }) {
  const [picked, setPicked] = useState<Subject | null>(null)
  const [kind, setKind] = useState<DataKind>('quotes')
  const [timeframe, setTimeframe] = useState<Timeframe>('5m')
  const [isPicking, setPicking] = useState(false)
  const suggested = useSuggestion(assetClass)
  const subject = picked ?? suggested
  useShortcuts({ e: () => setPicking(true) })
  return (
    <section aria-labelledby="explain" className="border-line px-3 py-4 max-[700px]:border-t">
      <h2 id="explain" className="text-[13px] font-semibold">
        Explain
      </h2>
      <p className="pt-0.5 pb-2.5 text-xs text-muted">
        Who would be asked for an instrument now, who stands in, and why each other source would not be.
        Spends no call.
      </p>
      <div className="flex flex-wrap items-center gap-2 pb-3">
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
        <Segmented label="Kind of data" options={KINDS} value={kind} onChange={setKind} />
        {kind === 'charts' && (
          <div className="max-w-full overflow-x-auto">
            <TimeframePicker value={timeframe} onChange={setTimeframe} />
          </div>
        )}
      </div>
      {subject && <Answer instrumentKey={subject.key} kind={kind} timeframe={timeframe} />}
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
