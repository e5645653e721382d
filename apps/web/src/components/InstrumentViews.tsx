import type { InstrumentPage } from '@onetape/api/router'
import { type ReactNode, useId } from 'react'
import { useShortcuts } from '../ui/shortcuts.ts'
import { Tabs, tabId } from '../ui/Tabs.tsx'
import { FundamentalsView } from './FundamentalsView.tsx'
import { type InstrumentView, viewsOf } from './instrument-views.ts'
import { OptionsView } from './OptionsView.tsx'

const TABS: Record<InstrumentView, { label: string; key: string }> = {
  chart: { label: 'Chart', key: 'c' },
  fundamentals: { label: 'Fundamentals', key: 'f' },
  options: { label: 'Options', key: 'o' },
}

interface Props {
  instrument: InstrumentPage
  view: InstrumentView
  onView: (view: InstrumentView) => void
  /** The live price, where a chain's own is not known. */
  underlying: number | null
  chart: { tools: ReactNode; content: ReactNode }
}

/** Chart, figures, options: one at a time. The sources are asked for figures and options only when they are opened. */
export function InstrumentViews({ instrument, view: wanted, onView, underlying, chart }: Props) {
  const panelId = useId()
  const views = viewsOf(instrument.assetClass)
  const view = views.includes(wanted) ? wanted : 'chart'
  useShortcuts(Object.fromEntries(views.map((v) => [TABS[v].key, () => onView(v)])))
  return (
    <section
      aria-label={TABS[view].label}
      className="flex min-w-0 flex-1 flex-col bg-surface max-lg:flex-none"
    >
      <div className="flex shrink-0 flex-wrap items-center gap-x-4 gap-y-1.5 border-b border-line px-3 py-1.5">
        {views.length > 1 && (
          <Tabs
            label="Views"
            panelId={panelId}
            options={views.map((value) => ({
              value,
              label: TABS[value].label,
              title: `Key ${TABS[value].key}`,
            }))}
            value={view}
            onChange={onView}
          />
        )}
        {view === 'chart' && (
          <div className="flex min-w-0 items-center gap-3 overflow-x-auto">{chart.tools}</div>
        )}
      </div>
      <div
        {...(views.length > 1 && {
          id: panelId,
          role: 'tabpanel',
          'aria-labelledby': tabId(panelId, view),
        })}
        className="flex min-h-0 flex-1 flex-col"
      >
        {view === 'chart' ? (
          chart.content
        ) : view === 'fundamentals' ? (
          <FundamentalsView instrument={instrument} last={underlying} />
        ) : (
          <OptionsView instrument={instrument} last={underlying} />
        )}
      </div>
    </section>
  )
}
