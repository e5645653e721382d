import type { OrdersReport } from '@onetape/api/router'
import { DATA_KINDS, type DataKind } from '@onetape/market'
import { CircleAlert, PlugZap } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useOrders } from '../api/mine.ts'
import { lineOf } from '../api/trpc.ts'
import { ExplainBox } from '../components/ExplainBox.tsx'
import { useWallNow } from '../components/market-clock.ts'
import { KindOrders } from '../components/order/KindOrders.tsx'
import { OrderToolbar } from '../components/order/OrderToolbar.tsx'
import { OutagePanel } from '../components/order/OutagePanel.tsx'
import { useIsStacked } from '../components/order/order-drag.ts'
import { withoutUseless } from '../components/order/order-rows.ts'
import { PinPanel } from '../components/order/PinPanel.tsx'
import { hasKind } from '../components/order/source-standing.ts'
import { useEditDesk } from '../components/order/use-edit-desk.ts'
import { useKnownSources } from '../components/order/use-known-sources.ts'
import { YourRoute } from '../components/order/YourRoute.tsx'
import { KIND_LABELS, KIND_SHORTS } from '../components/source-matrix.ts'
import { Button } from '../ui/Button.tsx'
import { Notice } from '../ui/Notice.tsx'
import { Segmented } from '../ui/Segmented.tsx'

/** In which order one's sources are asked, why, and what happens when one of them is away. */
export function OrderPage() {
  const orders = useOrders()
  useEffect(() => {
    document.title = 'Your order · OneTape'
  }, [])
  return (
    <main className="flex min-h-0 flex-1 flex-col bg-surface">
      {orders.data ? (
        orders.data.sources.length === 0 ? (
          <NoSources />
        ) : (
          <Known report={orders.data} />
        )
      ) : orders.error ? (
        <>
          <h1 className="sr-only">Your order</h1>
          <Notice
            icon={<CircleAlert size={28} aria-hidden />}
            title="Your order could not be read"
            action={<Button onClick={() => void orders.refetch()}>Try again</Button>}
          >
            {lineOf(orders.error)}
          </Notice>
        </>
      ) : (
        <Skeleton />
      )}
    </main>
  )
}

const KINDS = DATA_KINDS.map((value) => ({ value, label: KIND_SHORTS[value], title: KIND_LABELS[value] }))

function Known({ report }: { report: OrdersReport }) {
  useEditDesk()
  const known = useKnownSources()
  const now = useWallNow()
  const isStacked = useIsStacked()
  const [kind, setKind] = useState<DataKind>('quotes')
  const rows = withoutUseless(report.rows, (name, kind, assetClass) => {
    const source = known.get(name)
    return !source || hasKind(source, kind, assetClass)
  })
  return (
    <div className="relative flex min-h-0 flex-1 max-lg:block max-lg:overflow-y-auto">
      <div className="relative min-w-0 flex-1 overflow-y-auto max-lg:overflow-visible">
        <OrderToolbar />
        {isStacked && (
          <div className="px-3 pt-2.5">
            <Segmented label="Kind of data in order" options={KINDS} value={kind} onChange={setKind} />
          </div>
        )}
        {(isStacked ? [kind] : DATA_KINDS).map((kind) => (
          <KindOrders key={kind} kind={kind} rows={rows} known={known} now={now} />
        ))}
        <ExplainBox assetClass="all" />
      </div>
      <aside
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it.
        tabIndex={0}
        aria-label="Your route, outages and pins"
        className="w-100 shrink-0 overflow-y-auto border-l border-line outline-offset-[-2px] max-lg:w-full max-lg:overflow-visible max-lg:border-t max-lg:border-l-0"
      >
        <YourRoute />
        <OutagePanel known={known} />
        <PinPanel known={known} />
      </aside>
    </div>
  )
}

const NoSources = () => (
  <>
    <h1 className="sr-only">Your order</h1>
    <Notice icon={<PlugZap size={28} aria-hidden />} title="There is no source to put in order">
      Connect one on the Sources page; it then takes its place here.
    </Notice>
  </>
)

const Skeleton = () => (
  <div role="status" aria-label="Reading your order" className="flex flex-col">
    <h1 className="px-3 py-2.5 text-[15px] font-semibold">Your order</h1>
    {DATA_KINDS.map((kind) => (
      <div key={kind} className="flex flex-col gap-2 border-t border-line px-3 py-3">
        <span className="skeleton h-4 w-24" />
        <div className="flex gap-1.5 overflow-hidden pl-28 max-sm:flex-col max-sm:pl-0">
          {[0, 1, 2, 3].map((i) => (
            <span key={i} className="skeleton h-10 w-38 shrink-0 max-sm:w-full" />
          ))}
        </div>
      </div>
    ))}
  </div>
)
