import type { OrderRow } from '@onetape/api/router'
import type { DataKind } from '@onetape/market'
import { Plus, Undo2 } from 'lucide-react'
import { KIND_LABELS } from '../source-matrix.ts'
import { announce } from './live-words.ts'
import { OrderLane } from './OrderLane.tsx'
import {
  CLASSES_OF_KIND,
  className,
  diffLine,
  type RowView,
  rowsOf,
  rowView,
  unsplitOf,
} from './order-rows.ts'
import { sameOrder } from './source-order.ts'
import type { KnownSource } from './source-standing.ts'
import { editDesk, ownOrder } from './use-edit-desk.ts'

interface Props {
  kind: DataKind
  rows: readonly OrderRow[]
  known: ReadonlyMap<string, KnownSource>
  now: number | null
}

/** Whom to ask for one kind of data: for all asset classes together, and for those that were split off. */
export function KindOrders({ kind, rows, known, now }: Props) {
  const views = rowsOf(rows, kind, ownOrder)
  const unsplit = unsplitOf(kind, ownOrder)
  const label = KIND_LABELS[kind]
  return (
    <section aria-labelledby={`order-${kind}`} className="border-b border-line px-3 pt-2.5 pb-3">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1 pb-1.5">
        <h2 id={`order-${kind}`} className="text-[13px] font-semibold">
          {label}
        </h2>
        {unsplit.length > 0 && (
          <fieldset className="m-0 ml-auto flex flex-wrap items-center gap-1 text-[11px] text-muted">
            <legend className="sr-only">{label}: an order of its own for</legend>
            <span aria-hidden>Own order for</span>
            {unsplit.map((assetClass) => (
              <button
                key={assetClass}
                type="button"
                onClick={() => {
                  const { order } = rowView(rows, { kind, assetClass, own: ownOrder })
                  announce(`${className(assetClass)} now have their own order for ${kind}.`)
                  void editDesk.change({ what: 'order', kind, assetClass }, order)
                }}
                className="inline-flex h-5.5 items-center gap-0.5 rounded border border-line px-1.5 font-medium text-ink hover:bg-hover max-sm:h-8"
              >
                <Plus size={11} aria-hidden className="text-muted" />
                {className(assetClass)}
              </button>
            ))}
          </fieldset>
        )}
      </div>
      <div className="flex flex-col gap-2.5">
        {views.map((view) => (
          <Row
            key={view.assetClass}
            view={view}
            rows={rows}
            known={known}
            now={now}
            isSplit={views.length > 1}
          />
        ))}
      </div>
    </section>
  )
}

interface RowProps {
  view: RowView
  rows: readonly OrderRow[]
  known: ReadonlyMap<string, KnownSource>
  now: number | null
  isSplit: boolean
}

function Row({ view, rows, known, now, isSplit }: RowProps) {
  const { kind, assetClass, whose } = view
  const isAll = assetClass === 'all'
  const back = isAll ? 'House default' : 'Back to all'
  return (
    // biome-ignore lint/a11y/useSemanticElements: a row of the page, not a form's group.
    <div
      role="group"
      aria-label={`${KIND_LABELS[kind]}, ${className(assetClass).toLowerCase()}`}
      className="flex gap-x-3 gap-y-1 max-sm:flex-col"
    >
      <div className="w-25 shrink-0 pt-0.5 max-sm:flex max-sm:w-full max-sm:items-center max-sm:gap-3">
        <p className="text-xs font-medium">{isAll && isSplit ? 'All others' : className(assetClass)}</p>
        {whose === 'own' ? (
          <button
            type="button"
            onClick={() => {
              announce(`${className(assetClass)}: ${back.toLowerCase()}.`)
              void editDesk.change({ what: 'order', kind, assetClass }, null)
            }}
            title={isAll ? 'Ask as the house does' : 'Follow the order for all classes'}
            className="inline-flex items-center gap-1 rounded text-[11px] text-muted underline decoration-line-strong underline-offset-2 hover:text-ink max-sm:py-1.5"
          >
            <Undo2 size={11} aria-hidden />
            {back}
          </button>
        ) : (
          <p className="text-[11px] text-muted">house default</p>
        )}
      </div>
      <div className="flex min-w-0 flex-1 flex-col gap-1">
        <OrderLane view={view} known={known} now={now} />
        <HouseLine view={view} rows={rows} />
      </div>
    </div>
  )
}

/** What the house would do, and how this differs. */
function HouseLine({ view, rows }: { view: RowView; rows: readonly OrderRow[] }) {
  const { kind, assetClass, whose, diff, house } = view
  const parts = assetClass === 'all' ? housesOf(rows, kind) : [house.join(' › ')]
  return (
    <p className="text-[11px] leading-4 text-muted">
      {whose === 'own' &&
        (diff.length === 0 ? (
          <span>The same as the house’s. </span>
        ) : (
          <span>
            Yours differs: <span className="text-ink">{diffLine(diff)}</span>.{' '}
          </span>
        ))}
      <span>
        {whose === 'house' ? 'Nothing set, so the house’s order holds: ' : 'House: '}
        {parts.join('; ')}
      </span>
    </p>
  )
}

const NAMES_MAX = 4
const shortOrder = (house: readonly string[]): string =>
  house.length <= NAMES_MAX ? house.join(' › ') : `${house.slice(0, NAMES_MAX).join(' › ')} …`

/** The house's orders of all classes, those that are the same said once. */
function housesOf(rows: readonly OrderRow[], kind: RowView['kind']): string[] {
  const groups: { classes: string[]; house: readonly string[] }[] = []
  for (const assetClass of CLASSES_OF_KIND[kind]) {
    const house = rows.find((r) => r.kind === kind && r.assetClass === assetClass)?.house
    if (!house || house.length === 0) continue
    const name = className(assetClass).toLowerCase()
    const same = groups.find((g) => sameOrder(g.house, house))
    if (same) same.classes.push(name)
    else groups.push({ classes: [name], house })
  }
  if (groups.length === 1) return [groups[0]!.house.join(' › ')]
  return groups.map(({ classes, house }) => `${classes.join(', ')} ${shortOrder(house)}`)
}
