import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { DatabaseZap, SearchX, Unplug } from 'lucide-react'
import { useEffect, useMemo, useRef, useState } from 'react'
import { connectionPhase } from '../api/connection.ts'
import { connectionQuery, useHealth } from '../api/tape.ts'
import { MarketSkeleton } from '../components/MarketSkeleton.tsx'
import { MarketSummary } from '../components/MarketSummary.tsx'
import { MarketTable } from '../components/MarketTable.tsx'
import { MarketToolbar } from '../components/MarketToolbar.tsx'
import { type MarketQuery, ofClass } from '../components/market-order.ts'
import { formatCount } from '../components/number-format.ts'
import { pointerHold } from '../components/pointer-hold.ts'
import { countStates } from '../components/quote-freshness.ts'
import { type SettledTape, useMarketOrder, useSettledTape } from '../components/use-market-order.ts'
import { Button } from '../ui/Button.tsx'
import { Kbd } from '../ui/Kbd.tsx'
import { Notice } from '../ui/Notice.tsx'
import { useShortcuts } from '../ui/shortcuts.ts'
import { useEverySecond } from '../ui/ticker.ts'

const route = getRouteApi('/')

export function MarketPage() {
  const [query, change] = useMarketQuery()
  const filter = useRef<{ focus(): void }>(null)
  const [hold] = useState(() => pointerHold())
  const tape = useSettledTape()
  const keys = useMarketOrder(tape, query, hold.isHeld)
  const states = useStates(tape, query)
  const isLive = useQuery(connectionQuery).data?.open ?? false
  useShortcuts({ f: () => filter.current?.focus() })
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
        shown={keys.length}
        total={tape?.rows.size ?? 0}
        states={states}
        filterRef={filter}
      />
      <div className="min-h-0 flex-1 bg-surface">
        {!tape ? (
          <Waiting />
        ) : tape.rows.size === 0 ? (
          <EmptyTape />
        ) : keys.length === 0 ? (
          <NothingFound onClear={() => change({ text: '', assetClass: 'all', state: undefined })} />
        ) : (
          <MarketTable
            keys={keys}
            sort={query.sort}
            desc={query.desc}
            onSort={(sort, desc) => change({ sort, desc })}
            isLive={isLive}
            hold={hold}
          />
        )}
      </div>
    </main>
  )
}

const ADDRESS_AFTER_MS = 250

/** The query as it is now. The address follows when the typing pauses: going through the router on every letter shows. */
function useMarketQuery(): [MarketQuery, (part: Partial<MarketQuery>) => void] {
  const addressed = route.useSearch()
  const navigate = route.useNavigate()
  const [typed, setTyped] = useState<string | null>(null)
  useEffect(() => {
    if (typed === null) return
    const timer = setTimeout(() => {
      void navigate({ search: (was) => ({ ...was, text: typed }), replace: true }).then(() => setTyped(null))
    }, ADDRESS_AFTER_MS)
    return () => clearTimeout(timer)
  }, [typed, navigate])
  const query = useMemo(() => ({ ...addressed, text: typed ?? addressed.text }), [addressed, typed])
  const change = ({ text, ...rest }: Partial<MarketQuery>) => {
    if (text !== undefined) setTyped(text)
    if (Object.keys(rest).length > 0) void navigate({ search: (was) => ({ ...was, ...rest }), replace: true })
  }
  return [query, change]
}

function useStates(tape: SettledTape | null, { assetClass }: MarketQuery) {
  return useMemo(
    () =>
      !tape || tape.now === null ? null : countStates(ofClass(tape.rows.values(), assetClass), tape.now),
    [tape, assetClass],
  )
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
