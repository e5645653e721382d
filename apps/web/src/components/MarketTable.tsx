// biome-ignore-all lint/a11y/useSemanticElements: a virtual grid of positioned rows cannot be a table element.
import type { QuoteRow } from '@onetape/api/router'
import { useNavigate } from '@tanstack/react-router'
import { type SortingState, useTable } from '@tanstack/react-table'
import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react'
import { useMedia } from '../ui/media.ts'
import { MarketTableHeader } from './MarketTableHeader.tsx'
import { MarketTableRow } from './MarketTableRow.tsx'
import { columns, features, type PageWidth, tracksAt, visibilityAt } from './market-columns.tsx'
import type { SortColumn } from './market-order.ts'
import { openReceipt } from './receipt-desk.ts'

interface Props {
  /** In the order to show them. Their values come live, row by row. */
  rows: QuoteRow[]
  sort: SortColumn
  desc: boolean
  onSort: (sort: SortColumn, desc: boolean) => void
  /** False while the connection is lost: values stay and are marked. */
  isLive: boolean
}

const HEADER_PX = 30
const ROW_PX: Record<PageWidth, number> = { narrow: 48, medium: 30, wide: 30 }

/** Where the reader was, for when they come back from an instrument. */
const left = { offset: 0, key: null as string | null }

const rowId = (key: string): string => `row-${key}`

export function usePageWidth(): PageWidth {
  const isWide = useMedia('(min-width: 1100px)')
  const isMedium = useMedia('(min-width: 700px)')
  return isWide ? 'wide' : isMedium ? 'medium' : 'narrow'
}

/** A grid that one can walk with the keyboard: the grid has the focus, one of its rows is active. */
export function MarketTable({ rows, sort, desc, onSort, isLive }: Props) {
  const width = usePageWidth()
  const navigate = useNavigate()
  const scroller = useRef<HTMLDivElement>(null)
  const [activeKey, setActiveKey] = useState(left.key)
  const sorting = useMemo<SortingState>(() => [{ id: sort, desc }], [sort, desc])
  const visibility = useMemo(() => visibilityAt(width), [width])
  const tracks = useMemo(() => tracksAt(width), [width])

  const table = useTable({
    features,
    columns,
    data: rows,
    getRowId: (row) => row.key,
    manualSorting: true,
    enableSortingRemoval: false,
    enableMultiSort: false,
    state: { sorting, columnVisibility: visibility },
    onSortingChange: (update) => {
      const [next] = typeof update === 'function' ? update(sorting) : update
      if (next) onSort(next.id as SortColumn, next.desc)
    },
  })

  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX[width],
    getItemKey: (index) => rows[index]!.key,
    overscan: 8,
    scrollMargin: HEADER_PX,
    scrollPaddingStart: HEADER_PX,
    initialOffset: left.offset,
    onChange: (instance) => {
      left.offset = instance.scrollOffset ?? 0
    },
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: the row height follows the width of the page.
  useEffect(() => virtualizer.measure(), [width])
  useEffect(() => {
    left.key = activeKey
  }, [activeKey])

  const open = (key: string) => void navigate({ to: '/i/$key', params: { key } })
  const activeIndex = activeKey === null ? -1 : rows.findIndex((row) => row.key === activeKey)

  const moveTo = (index: number) => {
    const to = Math.min(rows.length - 1, Math.max(0, index))
    const row = rows[to]
    if (!row) return
    setActiveKey(row.key)
    virtualizer.scrollToIndex(to, { align: 'auto' })
  }
  const page = () => Math.max(1, Math.floor((scroller.current?.clientHeight ?? 600) / ROW_PX[width]) - 2)

  /** Whether the key meant anything here. */
  const step = (key: string, isOnButton: boolean): boolean => {
    if (key === 'ArrowDown') moveTo(activeIndex + 1)
    else if (key === 'ArrowUp') moveTo(Math.max(0, activeIndex - 1))
    else if (key === 'PageDown') moveTo(Math.max(0, activeIndex) + page())
    else if (key === 'PageUp') moveTo(activeIndex - page())
    else if (key === 'Home') moveTo(0)
    else if (key === 'End') moveTo(rows.length - 1)
    else if (key === 'Enter' && !isOnButton && activeKey !== null) open(activeKey)
    else if (key === 'r' && activeKey !== null) openReceipt({ what: 'price', key: activeKey })
    else return false
    return true
  }

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return
    if (!step(event.key, event.target instanceof HTMLButtonElement)) return
    event.preventDefault()
  }

  return (
    <div
      ref={scroller}
      role="grid"
      aria-label="Market"
      aria-rowcount={rows.length + 1}
      aria-colcount={table.getVisibleLeafColumns().length}
      aria-activedescendant={activeIndex >= 0 ? rowId(activeKey!) : undefined}
      // The grid itself takes the focus; aria-activedescendant says which row is meant.
      tabIndex={0}
      data-held={!isLive}
      onKeyDown={onKeyDown}
      className="h-full overflow-auto overscroll-contain bg-surface outline-offset-[-2px]"
      style={{ contain: 'strict', '--tracks': tracks } as React.CSSProperties}
    >
      <MarketTableHeader table={table} />
      <div role="rowgroup" className="relative" style={{ height: virtualizer.getTotalSize() }}>
        {virtualizer.getVirtualItems().map((item) => (
          <MarketTableRow
            key={item.key}
            id={rowId(rows[item.index]!.key)}
            row={rows[item.index]!}
            index={item.index}
            top={item.start - HEADER_PX}
            height={ROW_PX[width]}
            width={width}
            isActive={rows[item.index]!.key === activeKey}
            onOpen={open}
            onActivate={setActiveKey}
          />
        ))}
      </div>
    </div>
  )
}
