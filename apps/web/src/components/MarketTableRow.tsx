// biome-ignore-all lint/a11y/useSemanticElements: a virtual grid of positioned rows cannot be a table element.
import type { QuoteRow } from '@onetape/api/router'
import type { Micros } from '@onetape/market'
import clsx from 'clsx'
import { memo } from 'react'
import { COLUMNS_AT, type MarketColumn, type PageWidth, sizeAt } from './market-columns.tsx'

interface Props {
  row: QuoteRow
  /** Market time, every second: ages count on. */
  now: Micros | null
  index: number
  top: number
  width: PageWidth
  isActive: boolean
}

export const rowId = (key: string): string => `row-${key}`

/** One row, drawn from its quote alone: nothing in it listens to anything, so that it is cheap to come and to go. */
export const MarketTableRow = memo(function MarketTableRow({ row, now, index, top, width, isActive }: Props) {
  const moment = { now, width }
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: reached through the grid's active descendant.
    <div
      id={rowId(row.key)}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={isActive}
      data-key={row.key}
      className={clsx(
        'absolute inset-x-0 top-0 flex h-(--row) cursor-pointer items-center border-b border-line whitespace-nowrap',
        isActive ? 'bg-active' : 'hover:bg-hover',
      )}
      style={{ transform: `translateY(${top}px)` }}
    >
      {COLUMNS_AT[width].map((column) => (
        // biome-ignore lint/a11y/useFocusableInteractive: the grid's rows are its unit of movement.
        <div key={column.id} role="gridcell" className={cellClass(column, row, width)}>
          {column.meta!.cell(row, moment)}
        </div>
      ))}
    </div>
  )
})

const cellClass = (column: MarketColumn, row: QuoteRow, width: PageWidth): string =>
  `${FRAMES[width].get(column)} ${column.meta!.tone?.(row) ?? ''}`

/** What a column's cells look like whatever they hold. */
const framesAt = (width: PageWidth) =>
  new Map(
    COLUMNS_AT[width].map((column) => [
      column,
      `px-3 ${sizeAt(column, width)} ${column.meta!.align === 'right' ? 'text-right tabular-nums' : ''}`,
    ]),
  )
const FRAMES = { narrow: framesAt('narrow'), medium: framesAt('medium'), wide: framesAt('wide') }
