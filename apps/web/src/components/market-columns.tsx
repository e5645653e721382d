// The Market table's columns: what each shows, how wide it is, and from which width of page on it is there. Cells are
// as few elements as they can be: forty rows of them are drawn anew while someone scrolls.
import type { QuoteRow } from '@onetape/api/router'
import { DAY_US, type Micros } from '@onetape/market'
import {
  columnVisibilityFeature,
  createColumnHelper,
  rowSortingFeature,
  tableFeatures,
} from '@tanstack/react-table'
import type { ReactNode } from 'react'
import { DayRange } from './DayRange.tsx'
import { directionOf, toneOf } from './Direction.tsx'
import { instrumentPath } from './instrument-path.ts'
import { SORT_VALUES, type SortColumn, turnoverOf } from './market-order.ts'
import {
  formatChange,
  formatPercent,
  formatPrice,
  formatVolume,
  pricePlaces,
  UNKNOWN,
} from './number-format.ts'
import { PriceFlash } from './PriceFlash.tsx'
import { eventAge } from './quote-freshness.ts'
import { RowSourceChip } from './SourceChip.tsx'
import { formatClock, formatDay, formatSpan, NEW_YORK } from './time-format.ts'

/** Narrow is a phone, wide has room for everything. */
export type PageWidth = 'narrow' | 'medium' | 'wide'
const ORDER: PageWidth[] = ['narrow', 'medium', 'wide']

export interface CellMoment {
  /** Market time; null until health was heard once. */
  now: Micros | null
  width: PageWidth
}

interface MarketColumnMeta {
  /** Classes that give it its width. */
  size: string
  narrowSize?: string
  align: 'left' | 'right'
  from: PageWidth
  /** Classes of the cell itself, so that a coloured number needs no element of its own. */
  tone?: (row: QuoteRow) => string
  cell: (row: QuoteRow, moment: CellMoment) => ReactNode
}

export const features = tableFeatures({
  rowSortingFeature,
  columnVisibilityFeature,
  columnMeta: {} as MarketColumnMeta,
})

const helper = createColumnHelper<typeof features, QuoteRow>()
const column = (id: SortColumn, header: string, meta: MarketColumnMeta) =>
  helper.accessor(SORT_VALUES[id], { id, header, sortDescFirst: meta.align === 'right', meta })

const places = (row: QuoteRow): number => pricePlaces(row.last ?? row.previousClose ?? 0, row.assetClass)
const muted = () => 'text-muted'
const ageOf = (row: QuoteRow, now: Micros | null): string | null =>
  now === null ? null : formatSpan(eventAge(row, now))

export const columns = helper.columns([
  column('symbol', 'Symbol', {
    size: 'w-28 shrink-0',
    narrowSize: 'w-0 grow',
    align: 'left',
    from: 'narrow',
    tone: () => 'truncate font-semibold',
    cell: (row, { width }) => (
      <>
        <a href={instrumentPath(row.key)} tabIndex={-1}>
          {row.symbol}
        </a>
        {width === 'narrow' && (
          <span className="block truncate text-[11px] font-normal text-muted">
            {row.name ?? row.assetClass}
          </span>
        )}
      </>
    ),
  }),
  column('name', 'Name', {
    size: 'w-40 shrink-0 grow',
    align: 'left',
    from: 'wide',
    tone: () => 'truncate text-muted',
    cell: (row) => row.name ?? UNKNOWN,
  }),
  column('last', 'Last', {
    size: 'w-33 min-w-26',
    narrowSize: 'w-31 shrink-0',
    align: 'right',
    from: 'narrow',
    tone: () => 'font-medium',
    cell: (row, { now, width }) => (
      <>
        <PriceFlash of={row.key} price={row.last} className="-mr-1 px-1">
          {formatPrice(row.last, places(row))}
        </PriceFlash>
        {width === 'narrow' && (
          <span className="flex items-center justify-end gap-1.5 pt-0.5 text-[11px] font-normal text-muted">
            {ageOf(row, now)}
            <RowSourceChip row={row} now={now} isShort />
          </span>
        )}
      </>
    ),
  }),
  column('change', 'Change', {
    size: 'w-28 min-w-22',
    align: 'right',
    from: 'medium',
    tone: (row) => toneOf(row.change),
    cell: (row) => formatChange(row.change, places(row)),
  }),
  column('changePct', 'Change %', {
    size: 'w-26 shrink-0',
    narrowSize: 'w-23 shrink-0',
    align: 'right',
    from: 'narrow',
    tone: (row) => `${toneOf(row.changePct)} ${directionOf(row.changePct)}`,
    cell: (row) => formatPercent(row.changePct),
  }),
  helper.display({
    id: 'range',
    header: 'Day range',
    meta: {
      size: 'w-37 shrink-0',
      align: 'right',
      from: 'wide',
      cell: (row) => <DayRange row={row} className="ml-auto w-28" />,
    },
  }),
  column('volume', 'Volume', {
    size: 'w-24 shrink-0',
    align: 'right',
    from: 'medium',
    cell: (row) => formatVolume(row.volume),
  }),
  column('turnover', 'Turnover', {
    size: 'w-26 shrink-0',
    align: 'right',
    from: 'wide',
    tone: muted,
    cell: (row) => formatVolume(turnoverOf(row)),
  }),
  column('time', 'Time (New York)', {
    size: 'w-42 shrink-0',
    align: 'right',
    from: 'medium',
    cell: (row, { now }) => (
      <>
        {now !== null && eventAge(row, now) >= DAY_US
          ? formatDay(row.ts, NEW_YORK)
          : formatClock(row.ts, NEW_YORK)}
        <span className="inline-block w-15 text-muted">{ageOf(row, now)}</span>
      </>
    ),
  }),
  column('source', 'Source', {
    size: 'w-43 shrink-0',
    align: 'left',
    from: 'medium',
    cell: (row, { now }) => <RowSourceChip row={row} now={now} />,
  }),
])

/** What a row needs of a column: the rest is the table library's. */
export interface MarketColumn {
  id?: string
  meta?: MarketColumnMeta
}

const isThere = (c: MarketColumn, width: PageWidth): boolean =>
  ORDER.indexOf(c.meta!.from) <= ORDER.indexOf(width)

const at = <T,>(read: (width: PageWidth) => T): Record<PageWidth, T> => ({
  narrow: read('narrow'),
  medium: read('medium'),
  wide: read('wide'),
})

export const COLUMNS_AT = at<MarketColumn[]>((width) => columns.filter((c) => isThere(c, width)))

export const VISIBILITY_AT: Record<PageWidth, Record<string, boolean>> = at((width) =>
  Object.fromEntries(columns.map((c) => [c.id!, isThere(c, width)])),
)

export const sizeAt = ({ meta }: MarketColumn, width: PageWidth): string =>
  (width === 'narrow' ? meta!.narrowSize : undefined) ?? meta!.size
