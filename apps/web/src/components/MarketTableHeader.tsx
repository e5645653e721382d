// biome-ignore-all lint/a11y/useSemanticElements: a virtual grid of positioned rows cannot be a table element.
import type { QuoteRow } from '@onetape/api/router'
import type { ReactTable } from '@tanstack/react-table'
import clsx from 'clsx'
import { ArrowDown, ArrowUp } from 'lucide-react'
import type { features } from './market-columns.tsx'

export function MarketTableHeader({ table }: { table: ReactTable<typeof features, QuoteRow> }) {
  return (
    <div role="rowgroup" className="sticky top-0 z-10">
      {table.getHeaderGroups().map((group) => (
        // biome-ignore lint/a11y/useFocusableInteractive: its buttons take the focus.
        <div
          key={group.id}
          role="row"
          aria-rowindex={1}
          className="grid h-[30px] items-stretch border-b border-line-strong bg-sunken [grid-template-columns:var(--tracks)]"
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
                className="flex min-w-0"
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
