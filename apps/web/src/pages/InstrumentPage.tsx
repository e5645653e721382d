import type { InstrumentPage as Instrument } from '@onetape/api/router'
import type { Timeframe } from '@onetape/market'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { CircleAlert, SearchX } from 'lucide-react'
import { useEffect, useState } from 'react'
import { connectionQuery, useHealth, useQuote } from '../api/tape.ts'
import { isNotFound, lineOf, trpc } from '../api/trpc.ts'
import { BasisPicker } from '../components/BasisPicker.tsx'
import { ChartArea } from '../components/ChartArea.tsx'
import { ChartSkeleton } from '../components/ChartSkeleton.tsx'
import { ExplainBox } from '../components/ExplainBox.tsx'
import { ActionsPanel, SymbolsPanel } from '../components/HistoryPanels.tsx'
import { InstrumentHeader } from '../components/InstrumentHeader.tsx'
import { InstrumentViews } from '../components/InstrumentViews.tsx'
import { formatPercent, formatPrice, pricePlaces } from '../components/number-format.ts'
import { QuotePanel } from '../components/QuotePanel.tsx'
import { openReceipt } from '../components/receipt-desk.ts'
import { SeriesLine } from '../components/SeriesLine.tsx'
import { TimeframePicker } from '../components/TimeframePicker.tsx'
import { type SeriesChoice, useBars } from '../components/use-bars.ts'
import { openAddToList } from '../components/watchlist/add-desk.ts'
import { Button } from '../ui/Button.tsx'
import { Notice } from '../ui/Notice.tsx'
import { useShortcuts } from '../ui/shortcuts.ts'

const route = getRouteApi('/i/$key')

export function InstrumentPage() {
  const { key } = route.useParams()
  const page = useQuery(trpc.instruments.get.queryOptions({ key }))
  if (page.data) return <Known key={key} instrument={page.data} />
  if (isNotFound(page.error)) return <Unknown instrumentKey={key} />
  if (page.error) {
    return (
      <main className="min-h-0 flex-1 bg-surface">
        <h1 className="sr-only">{key}</h1>
        <Notice
          icon={<CircleAlert size={28} aria-hidden />}
          title="This instrument could not be read"
          action={<Button onClick={() => void page.refetch()}>Try again</Button>}
        >
          {lineOf(page.error)}
        </Notice>
      </main>
    )
  }
  return <Loading instrumentKey={key} />
}

function Known({ instrument }: { instrument: Instrument }) {
  const { tf: chosen, source, basis, view } = route.useSearch()
  const [fallback] = useState<Timeframe>(() => (instrument.quote ? '5m' : '1d'))
  const tf = chosen ?? fallback
  const navigate = route.useNavigate()
  const quote = useQuote(instrument.key) ?? instrument.quote ?? undefined
  const isLive = useQuery(connectionQuery).data?.open ?? false
  const choose = (choice: SeriesChoice) =>
    void navigate({ search: (was) => ({ ...was, ...choice }), replace: true })
  const bars = useBars({ key: instrument.key, timeframe: tf, source, basis })
  useTitle(instrument.symbol, quote?.last, quote?.changePct, instrument.assetClass)
  useShortcuts({
    r: () => quote && openReceipt({ what: 'price', key: instrument.key }),
    a: () => openAddToList(instrument),
  })
  return (
    <main data-held={!isLive} className="flex min-h-0 flex-1 flex-col max-lg:overflow-y-auto">
      <InstrumentHeader instrument={instrument} quote={quote} newestBar={bars.newest} series={bars.series} />
      <div className="flex min-h-0 flex-1 max-lg:flex-none max-lg:flex-col">
        <InstrumentViews
          instrument={instrument}
          view={view ?? 'chart'}
          onView={(next) =>
            void navigate({
              search: (was) => ({ ...was, view: next === 'chart' ? undefined : next }),
              replace: true,
            })
          }
          underlying={quote?.last ?? null}
          chart={{
            tools: (
              <>
                <TimeframePicker value={tf} onChange={(next) => choose({ tf: next })} />
                <BasisPicker
                  series={bars.series}
                  wanted={basis}
                  onChoose={(next) => choose({ basis: next })}
                />
                {bars.isLoading && (
                  <span className="text-xs whitespace-nowrap text-muted">Loading bars…</span>
                )}
              </>
            ),
            content: (
              <>
                <div className="min-h-0 flex-1 max-lg:h-[56dvh] max-lg:min-h-80 max-lg:flex-none">
                  <ChartArea
                    instrument={instrument}
                    timeframe={tf}
                    bars={bars}
                    quote={quote}
                    onTimeframe={(next) => choose({ tf: next })}
                  />
                </div>
                {bars.series && (bars.series.source !== null || source || basis) && (
                  <SeriesLine series={bars.series} count={bars.bars.length} quote={quote} onChoose={choose} />
                )}
              </>
            ),
          }}
        />
        <aside
          // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it.
          tabIndex={0}
          aria-label="Quote and history"
          className="w-84 shrink-0 outline-offset-[-2px] overflow-y-auto border-l border-line bg-surface max-lg:w-full max-lg:overflow-visible max-lg:border-t max-lg:border-l-0"
        >
          <QuotePanel quote={quote} />
          <ExplainBox assetClass={instrument.assetClass} about={instrument} />
          <SymbolsPanel symbols={instrument.symbols} />
          <ActionsPanel actions={instrument.actions} />
        </aside>
      </div>
    </main>
  )
}

function useTitle(
  symbol: string,
  last: number | null | undefined,
  changePct: number | null | undefined,
  assetClass: Instrument['assetClass'],
): void {
  const isDemo = useHealth()?.mode === 'demo'
  useEffect(() => {
    const price = last
      ? ` ${formatPrice(last, pricePlaces(last, assetClass))} ${formatPercent(changePct)}`
      : ''
    document.title = `${isDemo ? 'Demo: ' : ''}${symbol}${price} · OneTape`
  }, [symbol, last, changePct, assetClass, isDemo])
}

const Loading = ({ instrumentKey }: { instrumentKey: string }) => (
  <main className="flex min-h-0 flex-1 flex-col bg-surface">
    <h1 className="sr-only">{instrumentKey}</h1>
    <div className="flex h-[66px] shrink-0 items-center gap-10 border-b border-line px-3">
      <span className="skeleton h-8 w-40" />
      <span className="skeleton h-8 w-56 max-sm:hidden" />
    </div>
    <div className="min-h-0 flex-1">
      <ChartSkeleton />
    </div>
  </main>
)

const Unknown = ({ instrumentKey }: { instrumentKey: string }) => (
  <main className="min-h-0 flex-1 bg-surface">
    <h1 className="sr-only">Instrument not found</h1>
    <Notice
      icon={<SearchX size={28} aria-hidden />}
      title="This tape has no such instrument"
      action={
        <Link
          to="/"
          className="rounded-md border border-line-strong px-3 py-1.5 text-xs font-medium hover:bg-hover"
        >
          To the market
        </Link>
      }
    >
      <p>
        Nothing here is called <code className="font-mono text-ink">{instrumentKey}</code>. A key reads like{' '}
        <code className="font-mono text-ink">equity:US:AAPL</code> or{' '}
        <code className="font-mono text-ink">crypto:BTC-USD</code>; press / to search by symbol or name.
      </p>
    </Notice>
  </main>
)
