// biome-ignore-all lint/a11y/useSemanticElements: a virtual grid of positioned rows cannot be a table element.
import type { QuoteRow } from '@onetape/api/router'
import type { ReactTable } from '@tanstack/react-table'
import clsx from 'clsx'
import { ArrowDown, ArrowUp } from 'lucide-react'
import { type features, type PageWidth, sizeAt } from './market-columns.tsx'

interface Props {
  table: ReactTable<typeof features, QuoteRow>
  width: PageWidth
}

export function MarketTableHeader({ table, width }: Props) {
  return (
    <div role="rowgroup" className="sticky top-0 z-10">
      {table.getHeaderGroups().map((group) => (
        // biome-ignore lint/a11y/useFocusableInteractive: its buttons take the focus.
        <div
          key={group.id}
          role="row"
          aria-rowindex={1}
          className="flex h-[30px] items-stretch border-b border-line-strong bg-sunken"
        >
          {group.headers.map((header) => {
            const sorted = header.column.getIsSorted()
            const right = header.column.columnDef.meta?.align === 'right'
            return (
              // biome-ignore lint/a11y/useFocusableInteractive: its button takes the focus.
              <div
                key={header.id}
                role="columnheader"
                aria-sort={
                  !header.column.getCanSort()
                    ? undefined
                    : sorted
                      ? sorted === 'desc'
                        ? 'descending'
                        : 'ascending'
                      : 'none'
                }
                className={clsx('flex', sizeAt(header.column.columnDef, width))}
              >
                {!header.column.getCanSort() ? (
                  <span
                    className={clsx(
                      'flex flex-1 items-center px-3 text-[11px] font-medium text-muted',
                      right && 'justify-end',
                    )}
                  >
                    {header.column.columnDef.header as string}
                  </span>
                ) : (
                  <button
                    type="button"
                    onClick={() => header.column.toggleSorting()}
                    className={clsx(
                      'flex min-w-0 flex-1 items-center gap-1 px-3 text-[11px] font-medium outline-offset-[-2px] hover:text-ink',
                      right && 'justify-end',
                      sorted ? 'text-ink' : 'text-muted',
                    )}
                  >
                    {sorted && right && <SortArrow sorted={sorted} />}
                    <span className="truncate">{header.column.columnDef.header as string}</span>
                    {sorted && !right && <SortArrow sorted={sorted} />}
                  </button>
                )}
              </div>
            )
          })}
        </div>
      ))}
    </div>
  )
}

const SortArrow = ({ sorted }: { sorted: 'asc' | 'desc' }) =>
  sorted === 'desc' ? <ArrowDown size={12} aria-hidden /> : <ArrowUp size={12} aria-hidden />
