// biome-ignore-all lint/a11y/useSemanticElements: a grid whose rows take the focus and are dragged is no table element.
import type { QuoteRow, WatchlistItem } from '@onetape/api/router'
import type { Micros } from '@onetape/market'
import { useNavigate } from '@tanstack/react-router'
import clsx from 'clsx'
import { GripVertical, X } from 'lucide-react'
import { type KeyboardEvent, type MouseEvent, memo, useLayoutEffect, useRef, useState } from 'react'
import { useTape } from '../../api/tape.ts'
import { useMedia } from '../../ui/media.ts'
import { useSortable } from '../../ui/sortable.ts'
import { instrumentPath } from '../instrument-path.ts'
import { useMarketNow } from '../market-clock.ts'
import { COLUMNS_AT, columns, type MarketColumn, type PageWidth, sizeAt } from '../market-columns.tsx'
import { openReceipt } from '../receipt-desk.ts'
import { movedBy, movedTo, placeWords, stepOf } from './moved.ts'

interface Props {
  listId: string
  items: readonly WatchlistItem[]
  /** False while the connection is lost: values stay and are marked. */
  isLive: boolean
  onOrder: (keys: string[]) => void
  onDrop: (item: WatchlistItem) => void
}

/** Beside the lists there is less room than a market has. */
function useTableWidth(): PageWidth {
  const isWide = useMedia('(min-width: 1340px)')
  const isMedium = useMedia('(min-width: 1120px)')
  return isWide ? 'wide' : isMedium ? 'medium' : 'narrow'
}

const LEFT_OUT = 'turnover'
const columnsAt = (width: PageWidth): MarketColumn[] =>
  COLUMNS_AT[width].filter((column) => column.id !== LEFT_OUT)

const HEADERS = new Map(columns.map((column) => [column.id!, String(column.header)]))

/** The items in their owner's order with the tape's prices. Rows are walked by arrows and moved by Alt with them. */
export function WatchTable({ listId, items, isLive, onOrder, onDrop }: Props) {
  const width = useTableWidth()
  const tape = useTape()
  const now = useMarketNow()
  const navigate = useNavigate()
  const grid = useRef<HTMLDivElement>(null)
  const [active, setActive] = useState<string | null>(null)
  const [said, setSaid] = useState('')
  const wantsFocus = useRef(false)
  const keys = items.map((item) => item.key)
  const tabStop = active !== null && keys.includes(active) ? active : keys[0]
  const symbolOf = (key: string) => items.find((item) => item.key === key)?.symbol ?? key

  useLayoutEffect(() => {
    if (!wantsFocus.current) return
    wantsFocus.current = false
    grid.current?.querySelector<HTMLElement>(`[data-key="${CSS.escape(tabStop ?? '')}"]`)?.focus()
  })
  const focus = (key: string | undefined) => {
    wantsFocus.current = true
    setActive(key ?? null)
  }
  const order = (next: string[], key: string) => {
    setSaid(`${symbolOf(key)}, ${placeWords(next, key)}.`)
    if (next.join() !== keys.join()) onOrder(next)
  }
  const drop = (key: string) => {
    const at = keys.indexOf(key)
    focus(keys[at + 1] ?? keys[at - 1])
    const item = items[at]
    if (item) onDrop(item)
  }
  const open = (key: string) => void navigate({ to: '/i/$key', params: { key } })

  const onKeyDown = (event: KeyboardEvent) => {
    const key = (event.target as Element).closest<HTMLElement>('[data-key]')?.dataset.key
    if (key === undefined) return
    const step = stepOf(event)
    if (step === null && (event.altKey || event.ctrlKey || event.metaKey)) return
    const at = keys.indexOf(key)
    const walk: Record<string, number> = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: keys.length - 1 }
    if (step !== null) {
      order(movedBy(keys, key, step), key)
      focus(key)
    } else if (walk[event.key] !== undefined)
      focus(keys[Math.min(keys.length - 1, Math.max(0, walk[event.key]!))])
    else if (event.target instanceof HTMLButtonElement) return
    else if (event.key === 'Enter') open(key)
    else if (event.key === 'Delete' || event.key === 'Backspace') drop(key)
    else if (event.key === 'r' && tape?.rows.has(key)) openReceipt({ what: 'price', key })
    else return
    event.preventDefault()
  }
  const onClick = (event: MouseEvent) => {
    const target = event.target as Element
    const key = target.closest<HTMLElement>('[data-key]')?.dataset.key
    if (key === undefined) return
    setActive(key)
    if (target.closest('[data-receipt]')) return openReceipt({ what: 'price', key })
    if (target.closest('[data-drop]')) return drop(key)
    if (target.closest('[data-handle]') || event.metaKey || event.ctrlKey || event.shiftKey) return
    event.preventDefault()
    open(key)
  }

  return (
    <>
      <p id="watch-keys" className="sr-only">
        Arrows walk, Alt with an arrow moves the row, Delete takes it out, Enter opens it.
      </p>
      <p role="status" className="sr-only">
        {said}
      </p>
      <div
        ref={grid}
        role="grid"
        aria-label="Instruments of the list"
        aria-describedby="watch-keys"
        aria-rowcount={items.length + 1}
        data-held={!isLive}
        onKeyDown={onKeyDown}
        onClick={onClick}
        className="h-full overflow-auto overscroll-contain bg-surface"
      >
        <Header width={width} />
        <div role="rowgroup">
          {items.map((item, index) => (
            <Row
              key={item.key}
              listId={listId}
              item={item}
              quote={tape?.rows.get(item.key)}
              now={now}
              index={index}
              width={width}
              isTabStop={item.key === tabStop}
              onFocus={setActive}
              onDropOn={(id, after) => order(movedTo(keys, id, { over: item.key, after }), id)}
            />
          ))}
        </div>
      </div>
    </>
  )
}

const Header = ({ width }: { width: PageWidth }) => (
  <div role="rowgroup" className="sticky top-0 z-10">
    {/* biome-ignore lint/a11y/useFocusableInteractive: only names the columns. */}
    <div
      role="row"
      aria-rowindex={1}
      className="flex h-[30px] items-stretch border-b border-line-strong bg-sunken text-[11px] font-medium text-muted"
    >
      {/* biome-ignore lint/a11y/useFocusableInteractive: only names the column. */}
      <div role="columnheader" className="w-7 shrink-0">
        <span className="sr-only">Place</span>
      </div>
      {columnsAt(width).map((column) => (
        // biome-ignore lint/a11y/useFocusableInteractive: only names the column.
        <div
          key={column.id}
          role="columnheader"
          className={clsx(
            'flex items-center px-3',
            sizeAt(column, width),
            column.meta!.align === 'right' && 'justify-end',
          )}
        >
          <span className="truncate">{HEADERS.get(column.id!)}</span>
        </div>
      ))}
      {/* biome-ignore lint/a11y/useFocusableInteractive: only names the column. */}
      <div role="columnheader" className="w-9 shrink-0">
        <span className="sr-only">Take out</span>
      </div>
    </div>
  </div>
)

interface RowProps {
  listId: string
  item: WatchlistItem
  quote: QuoteRow | undefined
  now: Micros | null
  index: number
  width: PageWidth
  isTabStop: boolean
  onFocus: (key: string) => void
  onDropOn: (id: string, after: boolean) => void
}

/** Drawn anew when its quote moves, not when another's does. */
const Row = memo(
  function Row({ listId, item, quote, now, index, width, isTabStop, onFocus, onDropOn }: RowProps) {
    const row = useRef<HTMLDivElement>(null)
    const { isDragging, edge } = useSortable(row, { list: listId, id: item.key, onDrop: onDropOn })
    return (
      <div
        ref={row}
        role="row"
        aria-rowindex={index + 2}
        tabIndex={isTabStop ? 0 : -1}
        data-key={item.key}
        onFocus={() => onFocus(item.key)}
        className={clsx(
          'group relative flex cursor-pointer items-center border-b border-line whitespace-nowrap outline-offset-[-2px] hover:bg-hover focus-visible:bg-active',
          width === 'narrow' ? 'h-12' : 'h-[30px]',
          isDragging && 'opacity-40',
        )}
      >
        {edge && (
          <span
            aria-hidden
            className={clsx(
              'absolute inset-x-0 z-10 h-0.5 bg-accent',
              edge === 'before' ? '-top-px' : '-bottom-px',
            )}
          />
        )}
        <Cell className="grid w-7 shrink-0 cursor-grab place-items-center text-line-strong group-hover:text-muted">
          <span data-handle title="Drag to another place (Alt with an arrow moves it by key)">
            <GripVertical size={14} aria-hidden />
          </span>
        </Cell>
        {quote ? (
          columnsAt(width).map((column) => (
            <Cell key={column.id} className={cellClass(column, quote, width)}>
              {column.meta!.cell(quote, { now, width })}
            </Cell>
          ))
        ) : (
          <Unquoted item={item} />
        )}
        <Cell className="w-9 shrink-0">
          <button
            type="button"
            data-drop
            tabIndex={-1}
            aria-label={`Take ${item.symbol} out of the list`}
            title="Take out (Delete)"
            className="inline-flex size-6 items-center justify-center rounded text-muted opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 hover:bg-active hover:text-ink focus-visible:opacity-100 max-[700px]:size-9 max-[700px]:opacity-100"
          >
            <X size={14} aria-hidden />
          </button>
        </Cell>
      </div>
    )
  },
  (a, b) =>
    a.quote === b.quote &&
    a.now === b.now &&
    a.item.key === b.item.key &&
    a.index === b.index &&
    a.width === b.width &&
    a.isTabStop === b.isTabStop &&
    a.listId === b.listId &&
    a.onDropOn === b.onDropOn,
)

const Cell = ({ className, children }: { className: string; children: React.ReactNode }) => (
  // biome-ignore lint/a11y/useFocusableInteractive: the grid's rows are its unit of movement.
  <div role="gridcell" className={className}>
    {children}
  </div>
)

/** Nobody has quoted it yet; being watched, it is asked for within seconds. */
const Unquoted = ({ item }: { item: WatchlistItem }) => (
  <Cell className="flex min-w-0 grow items-baseline gap-3 px-3">
    <a href={instrumentPath(item.key)} tabIndex={-1} className="font-semibold">
      {item.symbol}
    </a>
    <span className="truncate text-muted">{item.name}</span>
    <span className="ml-auto text-muted">no price yet</span>
  </Cell>
)

const cellClass = (column: MarketColumn, row: QuoteRow, width: PageWidth): string =>
  `px-3 ${sizeAt(column, width)} ${column.meta!.align === 'right' ? 'text-right tabular-nums' : ''} ${column.meta!.tone?.(row) ?? ''}`
