// biome-ignore-all lint/a11y/useSemanticElements: a virtual grid of positioned rows cannot be a table element.
import type { QuoteRow } from '@onetape/api/router'
import clsx from 'clsx'
import { memo } from 'react'
import { useQuote } from '../api/tape.ts'
import { columns, type PageWidth, visibilityAt } from './market-columns.tsx'

interface Props {
  id: string
  row: QuoteRow
  index: number
  top: number
  height: number
  width: PageWidth
  isActive: boolean
  onOpen: (key: string) => void
  onActivate: (key: string) => void
}

/** One row, living on its own: it renders when its own quote changes, not when its neighbours' do. */
export const MarketTableRow = memo(
  function MarketTableRow({
    id,
    row: ordered,
    index,
    top,
    height,
    width,
    isActive,
    onOpen,
    onActivate,
  }: Props) {
    const row = useQuote(ordered.key) ?? ordered
    const visible = visibilityAt(width)
    return (
      // biome-ignore lint/a11y/useKeyWithClickEvents: Enter is handled by the grid, which has the focus.
      // biome-ignore lint/a11y/useFocusableInteractive: reached through the grid's active descendant.
      <div
        id={id}
        role="row"
        aria-rowindex={index + 2}
        aria-selected={isActive}
        onClick={(event) => {
          onActivate(row.key)
          // A link opens by itself, and the chip opens its receipt.
          const isOwn = event.target instanceof Element && event.target.closest('a, button') !== null
          if (!isOwn) onOpen(row.key)
        }}
        className={clsx(
          'absolute inset-x-0 top-0 grid cursor-pointer items-center border-b border-line [grid-template-columns:var(--tracks)]',
          isActive ? 'bg-active' : 'hover:bg-hover',
        )}
        style={{ height, transform: `translateY(${top}px)` }}
      >
        {columns.map((column) =>
          visible[column.id!] ? (
            // biome-ignore lint/a11y/useFocusableInteractive: the grid's rows are its unit of movement.
            <div
              key={column.id}
              role="gridcell"
              className={clsx(
                'flex min-w-0 px-3',
                column.meta!.align === 'right' && 'justify-end tabular-nums',
              )}
            >
              {column.meta!.cell(row, width)}
            </div>
          ) : null,
        )}
      </div>
    )
  },
  // The ordered row is only a first value, and the callbacks do the same whichever render made them.
  (a, b) =>
    a.row.key === b.row.key &&
    a.index === b.index &&
    a.top === b.top &&
    a.height === b.height &&
    a.width === b.width &&
    a.isActive === b.isActive,
)
