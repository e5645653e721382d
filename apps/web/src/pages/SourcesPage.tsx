import type { ProvidersReport } from '@onetape/api/router'
import { getRouteApi } from '@tanstack/react-router'
import { CircleAlert, PlugZap } from 'lucide-react'
import { useEffect } from 'react'
import { isOld, useSources } from '../api/sources.ts'
import { lineOf } from '../api/trpc.ts'
import { ExplainBox } from '../components/ExplainBox.tsx'
import { usePageWidth } from '../components/MarketTable.tsx'
import { MySources } from '../components/mine/MySources.tsx'
import { SourceCards } from '../components/SourceCards.tsx'
import { SourcePanel } from '../components/SourcePanel.tsx'
import { SourcesSkeleton } from '../components/SourcesSkeleton.tsx'
import { SourcesTable } from '../components/SourcesTable.tsx'
import { SourcesToolbar } from '../components/SourcesToolbar.tsx'
import { headline } from '../components/source-health.ts'
import { sourcesInOrder } from '../components/source-matrix.ts'
import { Button } from '../ui/Button.tsx'
import { Dialog } from '../ui/Dialog.tsx'
import { Notice } from '../ui/Notice.tsx'
import { useShortcuts } from '../ui/shortcuts.ts'
import { useEverySecond } from '../ui/ticker.ts'

const route = getRouteApi('/sources')

export function SourcesPage() {
  const sources = useSources()
  useEffect(() => {
    document.title = 'Sources · OneTape'
  }, [])
  const report = sources.data && sources.data.sources.length > 0 ? sources.data : null
  return (
    <main className="flex min-h-0 flex-1 bg-surface">
      <h1 className="sr-only">Sources</h1>
      <div className="@container relative min-w-0 flex-1 overflow-y-auto">
        {/* Always at the same place: what is being connected there outlives whatever comes below. */}
        <Yours />
        {report ? (
          <House report={report} answeredAtMs={sources.dataUpdatedAt} />
        ) : sources.data ? (
          <NoSources />
        ) : sources.error ? (
          <Notice
            icon={<CircleAlert size={28} aria-hidden />}
            title="The sources could not be read"
            action={<Button onClick={() => void sources.refetch()}>Try again</Button>}
          >
            {lineOf(sources.error)} This page goes on by itself as soon as it does.
          </Notice>
        ) : (
          <SourcesSkeleton />
        )}
      </div>
      {report && <Beside report={report} />}
    </main>
  )
}

function Yours() {
  const { connected, problem } = route.useSearch()
  const navigate = route.useNavigate()
  return (
    <MySources
      came={{ connected, problem }}
      onDetails={(source) => void navigate({ search: (was) => ({ ...was, source }), replace: true })}
    />
  )
}

const NoSources = () => (
  <Notice icon={<PlugZap size={28} aria-hidden />} title="No source is known here">
    This OneTape was built without any vendor's adapter.
  </Notice>
)

/** Which source is looked at, and how another is. */
function useChosen(report: ProvidersReport) {
  const { source: chosen } = route.useSearch()
  const navigate = route.useNavigate()
  const choose = (source: string | undefined) =>
    void navigate({ search: (was) => ({ ...was, source }), replace: true })
  return { open: report.sources.find((s) => s.name === chosen), choose, close: () => choose(undefined) }
}

function House({ report, answeredAtMs }: { report: ProvidersReport; answeredAtMs: number }) {
  const { assetClass } = route.useSearch()
  const navigate = route.useNavigate()
  const width = usePageWidth()
  const isHeld = useEverySecond((nowMs) => isOld(answeredAtMs, nowMs))
  const { open, choose } = useChosen(report)
  // One's own stand above, with what can be done about them; places here are those of the house's order.
  const house = { ...report, sources: report.sources.filter(({ owner }) => owner === 'house') }
  const common = {
    report,
    ordered: sourcesInOrder(house, assetClass),
    assetClass,
    chosen: open?.name ?? null,
    onChoose: choose,
    isHeld,
  }
  return (
    <div data-held={isHeld}>
      <h2 className="px-3 pt-3 pb-1 text-[13px] font-semibold">The house’s sources</h2>
      <SourcesToolbar
        assetClass={assetClass}
        onAssetClass={(next) =>
          void navigate({ search: (was) => ({ ...was, assetClass: next }), replace: true })
        }
        summary={headline(house)}
        heldSinceMs={isHeld ? answeredAtMs : null}
      />
      {width === 'narrow' ? <SourceCards {...common} /> : <SourcesTable {...common} />}
      <ExplainBox assetClass={assetClass} />
    </div>
  )
}

/** Everything that is known of the one that is looked at: beside the list where there is room. */
function Beside({ report }: { report: ProvidersReport }) {
  const width = usePageWidth()
  const { open, close } = useChosen(report)
  useShortcuts({ Escape: close })
  if (!open) return null
  const panel = <SourcePanel report={report} source={open} onClose={close} />
  return width === 'wide' ? (
    <aside
      id="source-panel"
      aria-label={`Source ${open.name}`}
      className="relative w-96 shrink-0 overflow-y-auto border-l border-line"
    >
      {panel}
    </aside>
  ) : (
    <Dialog label={`Source ${open.name}`} onClose={close} className="mt-[4vh]! max-h-[92vh]!">
      <div className="relative max-h-[inherit] overflow-y-auto">{panel}</div>
    </Dialog>
  )
}
