// biome-ignore-all lint/a11y/useSemanticElements: a virtual grid of positioned rows cannot be a table element.
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate, useRouter } from '@tanstack/react-router'
import { type SortingState, useTable } from '@tanstack/react-table'
import {
  type CSSProperties,
  type KeyboardEvent,
  type MouseEvent,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react'
import { tapeQuery } from '../api/tape.ts'
import { useMedia } from '../ui/media.ts'
import { MarketRows, ROW_PX, type RowScroller } from './MarketRows.tsx'
import { MarketTableHeader } from './MarketTableHeader.tsx'
import { rowId } from './MarketTableRow.tsx'
import { columns, features, type PageWidth, VISIBILITY_AT } from './market-columns.tsx'
import type { SortColumn } from './market-order.ts'
import type { PointerHold } from './pointer-hold.ts'
import { openReceipt } from './receipt-desk.ts'
import { openAddToList } from './watchlist/add-desk.ts'

interface Props {
  /** Of the rows, in the order to show them. */
  keys: readonly string[]
  sort: SortColumn
  desc: boolean
  onSort: (sort: SortColumn, desc: boolean) => void
  /** False while the connection is lost: values stay and are marked. */
  isLive: boolean
  hold: PointerHold
}

/** Where the reader was, for when they come back from an instrument. */
let leftKey: string | null = null

/** The table's own rows are drawn by MarketRows; the library's model is asked for columns and sorting alone. */
const NO_ROWS: never[] = []

export function usePageWidth(): PageWidth {
  const isWide = useMedia('(min-width: 1100px)')
  const isMedium = useMedia('(min-width: 700px)')
  return isWide ? 'wide' : isMedium ? 'medium' : 'narrow'
}

/** A grid that one can walk with the keyboard: the grid has the focus, one of its rows is active. */
export function MarketTable({ keys, sort, desc, onSort, isLive, hold }: Props) {
  const width = usePageWidth()
  const navigate = useNavigate()
  const router = useRouter()
  const queryClient = useQueryClient()
  const scroller = useRef<HTMLDivElement>(null)
  const rows = useRef<RowScroller>(null)
  const [activeKey, setActiveKey] = useState(leftKey)
  const sorting = useMemo<SortingState>(() => [{ id: sort, desc }], [sort, desc])

  const table = useTable({
    features,
    columns,
    data: NO_ROWS,
    manualSorting: true,
    enableSortingRemoval: false,
    enableMultiSort: false,
    state: { sorting, columnVisibility: VISIBILITY_AT[width] },
    onSortingChange: (update) => {
      const [next] = typeof update === 'function' ? update(sorting) : update
      if (next) onSort(next.id as SortColumn, next.desc)
    },
  })
  useEffect(() => {
    leftKey = activeKey
  }, [activeKey])
  useEffect(() => () => hold.leave(), [hold])

  const open = (key: string) => void navigate({ to: '/i/$key', params: { key } })
  const addToList = (key: string) => {
    const row = queryClient.getQueryData(tapeQuery.queryKey)?.rows.get(key)
    if (row) openAddToList(row)
  }
  const activeIndex = activeKey === null ? -1 : keys.indexOf(activeKey)

  const moveTo = (index: number) => {
    const to = Math.min(keys.length - 1, Math.max(0, index))
    const key = keys[to]
    if (key === undefined) return
    setActiveKey(key)
    rows.current?.show(to)
  }
  const page = () => Math.max(1, Math.floor((scroller.current?.clientHeight ?? 600) / ROW_PX[width]) - 2)

  /** Whether the key meant anything here. */
  const step = (key: string, isOnButton: boolean): boolean => {
    if (key === 'ArrowDown') moveTo(activeIndex + 1)
    else if (key === 'ArrowUp') moveTo(Math.max(0, activeIndex - 1))
    else if (key === 'PageDown') moveTo(Math.max(0, activeIndex) + page())
    else if (key === 'PageUp') moveTo(activeIndex - page())
    else if (key === 'Home') moveTo(0)
    else if (key === 'End') moveTo(keys.length - 1)
    else if (key === 'Enter' && !isOnButton && activeKey !== null) open(activeKey)
    else if (key === 'r' && activeKey !== null) openReceipt({ what: 'price', key: activeKey })
    else if (key === 'a' && activeKey !== null) addToList(activeKey)
    else return false
    return true
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return
    if (!step(event.key, event.target instanceof HTMLButtonElement)) return
    event.preventDefault()
  }
  const onClick = (event: MouseEvent) => {
    if (!(event.target instanceof Element)) return
    const key = event.target.closest<HTMLElement>('[data-key]')?.dataset.key
    if (key === undefined) return
    setActiveKey(key)
    if (event.target.closest('[data-receipt]')) return openReceipt({ what: 'price', key })
    // A link pressed with a modifier is the browser's: another tab, another window.
    if (event.metaKey || event.ctrlKey || event.shiftKey) return
    event.preventDefault()
    open(key)
  }

  return (
    <div
      ref={scroller}
      role="grid"
      aria-label="Market"
      aria-rowcount={keys.length + 1}
      aria-colcount={table.getVisibleLeafColumns().length}
      aria-activedescendant={activeIndex >= 0 ? rowId(activeKey!) : undefined}
      // The grid itself takes the focus; aria-activedescendant says which row is meant.
      tabIndex={0}
      data-held={!isLive}
      onKeyDown={onKeyDown}
      onClick={onClick}
      // The next page's code comes while the reader still looks for the row.
      onPointerEnter={() => void router.preloadRoute({ to: '/i/$key', params: { key: keys[0]! } })}
      onPointerMove={(event) => hold.over((event.target as Element).closest('[data-key]') !== null)}
      onPointerLeave={() => hold.leave()}
      className="h-full overflow-auto overscroll-contain bg-surface outline-offset-[-2px]"
      style={{ '--row': `${ROW_PX[width]}px` } as CSSProperties}
    >
      <MarketTableHeader table={table} width={width} />
      <MarketRows keys={keys} scroller={scroller} width={width} activeKey={activeKey} handle={rows} />
    </div>
  )
}
