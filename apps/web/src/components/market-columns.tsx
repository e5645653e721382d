// The Market table's columns: what each shows, how wide it is, and from which width of page on it is there.
import type { QuoteRow } from '@onetape/api/router'
import { Link } from '@tanstack/react-router'
import {
  columnVisibilityFeature,
  createColumnHelper,
  rowSortingFeature,
  tableFeatures,
} from '@tanstack/react-table'
import type { ReactNode } from 'react'
import { DayRange } from './DayRange.tsx'
import { Direction, toneOf } from './Direction.tsx'
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
import { QuoteAge, QuoteTime } from './QuoteTime.tsx'
import { QuoteSourceChip } from './SourceChip.tsx'

/** Narrow is a phone, wide has room for everything. */
export type PageWidth = 'narrow' | 'medium' | 'wide'
const ORDER: PageWidth[] = ['narrow', 'medium', 'wide']

interface MarketColumnMeta {
  /** A CSS grid track. */
  track: string
  narrowTrack?: string
  align: 'left' | 'right'
  from: PageWidth
  cell: (row: QuoteRow, width: PageWidth) => ReactNode
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

export const columns = helper.columns([
  column('symbol', 'Symbol', {
    track: '112px',
    narrowTrack: 'minmax(0,1fr)',
    align: 'left',
    from: 'narrow',
    cell: (row, width) => (
      <span className="flex min-w-0 flex-col leading-tight">
        <Link to="/i/$key" params={{ key: row.key }} tabIndex={-1} className="truncate font-semibold">
          {row.symbol}
        </Link>
        {width === 'narrow' && (
          <span className="truncate text-[11px] text-muted">{row.name ?? row.assetClass}</span>
        )}
      </span>
    ),
  }),
  column('name', 'Name', {
    track: 'minmax(160px,1fr)',
    align: 'left',
    from: 'wide',
    cell: (row) => <span className="truncate text-muted">{row.name ?? UNKNOWN}</span>,
  }),
  column('last', 'Last', {
    track: 'minmax(104px,132px)',
    narrowTrack: '112px',
    align: 'right',
    from: 'narrow',
    cell: (row, width) => (
      <span className="flex flex-col items-end leading-tight">
        <PriceFlash price={row.last} className="-mr-1 px-1 font-medium">
          {formatPrice(row.last, places(row))}
        </PriceFlash>
        {width === 'narrow' && (
          <span className="flex max-w-full items-center gap-1.5 pt-0.5 text-[11px] text-muted">
            <QuoteAge row={row} />
            <QuoteSourceChip row={row} tabIndex={-1} isShort />
          </span>
        )}
      </span>
    ),
  }),
  column('change', 'Change', {
    track: 'minmax(88px,112px)',
    align: 'right',
    from: 'medium',
    cell: (row) => <span className={toneOf(row.change)}>{formatChange(row.change, places(row))}</span>,
  }),
  column('changePct', 'Change %', {
    track: '104px',
    narrowTrack: '96px',
    align: 'right',
    from: 'narrow',
    cell: (row) => (
      <span className={`inline-flex items-center gap-1.5 ${toneOf(row.changePct)}`}>
        <Direction value={row.changePct} />
        {formatPercent(row.changePct)}
      </span>
    ),
  }),
  helper.display({
    id: 'range',
    header: 'Day range',
    meta: {
      track: '148px',
      align: 'right',
      from: 'wide',
      cell: (row) => <DayRange row={row} className="w-28" />,
    },
  }),
  column('volume', 'Volume', {
    track: '96px',
    align: 'right',
    from: 'medium',
    cell: (row) => formatVolume(row.volume),
  }),
  column('turnover', 'Turnover', {
    track: '104px',
    align: 'right',
    from: 'wide',
    cell: (row) => <span className="text-muted">{formatVolume(turnoverOf(row))}</span>,
  }),
  column('time', 'Time (New York)', {
    track: '168px',
    align: 'right',
    from: 'medium',
    cell: (row) => <QuoteTime row={row} />,
  }),
  column('source', 'Source', {
    track: '172px',
    align: 'left',
    from: 'medium',
    cell: (row) => <QuoteSourceChip row={row} tabIndex={-1} />,
  }),
])

export const visibilityAt = (width: PageWidth): Record<string, boolean> =>
  Object.fromEntries(columns.map((c) => [c.id!, ORDER.indexOf(c.meta!.from) <= ORDER.indexOf(width)]))

export const tracksAt = (width: PageWidth): string =>
  columns
    .filter((c) => visibilityAt(width)[c.id!])
    .map((c) => (width === 'narrow' ? (c.meta!.narrowTrack ?? c.meta!.track) : c.meta!.track))
    .join(' ')
