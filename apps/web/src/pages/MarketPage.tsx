import { useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { DatabaseZap, SearchX, Unplug } from 'lucide-react'
import { useEffect, useMemo, useRef, useState } from 'react'
import { connectionPhase } from '../api/connection.ts'
import { connectionQuery, type Tape, tapeQuery, useHealth } from '../api/tape.ts'
import { MarketSkeleton } from '../components/MarketSkeleton.tsx'
import { MarketSummary } from '../components/MarketSummary.tsx'
import { MarketTable } from '../components/MarketTable.tsx'
import { MarketToolbar } from '../components/MarketToolbar.tsx'
import { type MarketQuery, orderRows } from '../components/market-order.ts'
import { formatCount } from '../components/number-format.ts'
import { Button } from '../ui/Button.tsx'
import { Kbd } from '../ui/Kbd.tsx'
import { Notice } from '../ui/Notice.tsx'
import { useShortcuts } from '../ui/shortcuts.ts'
import { useEverySecond } from '../ui/ticker.ts'

const route = getRouteApi('/')
const ORDER_EVERY_MS = 1_000

export function MarketPage() {
  const query = route.useSearch()
  const navigate = route.useNavigate()
  const filter = useRef<{ focus(): void }>(null)
  const tape = useSettledTape()
  const isLive = useQuery(connectionQuery).data?.open ?? false
  useShortcuts({ f: () => filter.current?.focus() })

  const change = (part: Partial<MarketQuery>) =>
    void navigate({ search: (was) => ({ ...was, ...part }), replace: true })

  const rows = useMemo(() => (tape ? orderRows(tape.rows.values(), query) : []), [tape, query])
  useEffect(() => {
    document.title = 'Market · OneTape'
  }, [])

  return (
    <main className="flex min-h-0 flex-1 flex-col">
      <h1 className="sr-only">Market</h1>
      <MarketSummary
        rows={tape?.rows.values() ?? []}
        version={tape?.version ?? 0}
        assetClass={query.assetClass}
        isLive={isLive}
      />
      <MarketToolbar
        query={query}
        onChange={change}
        shown={rows.length}
        total={tape?.rows.size ?? 0}
        filterRef={filter}
      />
      <div className="min-h-0 flex-1 bg-surface">
        {!tape ? (
          <Waiting />
        ) : tape.rows.size === 0 ? (
          <EmptyTape />
        ) : rows.length === 0 ? (
          <NothingFound onClear={() => change({ text: '', assetClass: 'all' })} />
        ) : (
          <MarketTable
            rows={rows}
            sort={query.sort}
            desc={query.desc}
            onSort={(sort, desc) => change({ sort, desc })}
            isLive={isLive}
          />
        )}
      </div>
    </main>
  )
}

/** The tape as it was at most a second ago: rows must not jump about under the reader's eyes. */
function useSettledTape(): Tape | undefined {
  const queryClient = useQueryClient()
  const isThere = useQuery({ ...tapeQuery, select: (tape) => tape.version > 0 }).data ?? false
  const [tape, setTape] = useState(() => queryClient.getQueryData(tapeQuery.queryKey))
  useEffect(() => {
    if (!isThere) return
    const settle = () => setTape(queryClient.getQueryData(tapeQuery.queryKey))
    settle()
    const timer = setInterval(settle, ORDER_EVERY_MS)
    return () => clearInterval(timer)
  }, [isThere, queryClient])
  return tape
}

function Waiting() {
  const connection = useQuery(connectionQuery).data
  const isLost = useEverySecond(
    (nowMs) => connection !== undefined && connectionPhase(connection, nowMs) === 'disconnected',
  )
  if (!isLost) return <MarketSkeleton />
  return (
    <Notice icon={<Unplug size={28} aria-hidden />} title="The OneTape API does not answer">
      This page goes on by itself as soon as it does. On this machine,{' '}
      <code className="font-mono">npm start</code> runs everything.
    </Notice>
  )
}

function EmptyTape() {
  const health = useHealth()
  const known = health?.tape.instruments ?? 0
  const isAnySourceUp = health?.sources.some((source) => source.status === 'ok') ?? true
  return (
    <Notice icon={<DatabaseZap size={28} aria-hidden />} title="No quotes on this tape yet">
      {health?.daemon.alive === false ? (
        'No ingestion daemon is running, so none will come. Start it, and the first sweep fills this table.'
      ) : isAnySourceUp ? (
        'The first sweep is running. Instruments appear here as soon as it is written, usually within a minute.'
      ) : (
        <>No source answers so far, so none come in.</>
      )}
      {known > 0 && (
        <p className="pt-2">
          It knows {formatCount(known)} instruments, some with history: press <Kbd>/</Kbd> and type a symbol
          to open one.
        </p>
      )}
    </Notice>
  )
}

const NothingFound = ({ onClear }: { onClear: () => void }) => (
  <Notice
    icon={<SearchX size={28} aria-hidden />}
    title="No instrument matches"
    action={<Button onClick={onClear}>Clear the filter</Button>}
  >
    The filter looks at symbols and names of what is quoted. Press / to search everything on the tape.
  </Notice>
)
