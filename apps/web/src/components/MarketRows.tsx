// biome-ignore-all lint/a11y/useSemanticElements: a virtual grid of positioned rows cannot be a table element.
import type { Micros } from '@onetape/market'
import { type Range, useVirtualizer } from '@tanstack/react-virtual'
import { memo, type RefObject, useEffect, useImperativeHandle, useState } from 'react'
import { type Tape, useTape } from '../api/tape.ts'
import { MarketTableRow } from './MarketTableRow.tsx'
import { useMarketNow } from './market-clock.ts'
import type { PageWidth } from './market-columns.tsx'

const HEADER_PX = 30
export const ROW_PX: Record<PageWidth, number> = { narrow: 48, medium: 30, wide: 30 }
const OVERSCAN = 8

/** Where the reader was, for when they come back from an instrument. */
let leftOffset = 0

export interface RowScroller {
  show(index: number): void
}

interface Props {
  /** In the order to show them. Their values are read from the tape as it is now. */
  keys: readonly string[]
  scroller: RefObject<HTMLDivElement | null>
  width: PageWidth
  activeKey: string | null
  handle: RefObject<RowScroller | null>
}

/** The rows in sight, as the tape has them now. They are told of it together, at most once a frame. */
export const MarketRows = memo(function MarketRows(props: Props) {
  const tape = useTape()
  const now = useMarketNow()
  return tape && <RowsInSight {...props} tape={tape} now={now} />
})

/** Drawn anew for every row that is scrolled; rows whose quote is the same object as before are left alone. */
function RowsInSight({
  keys,
  scroller,
  width,
  activeKey,
  handle,
  tape,
  now,
}: Props & { tape: Tape; now: Micros | null }) {
  const [ofSameLength] = useState(() => sameLength())
  const virtualizer = useVirtualizer({
    count: keys.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX[width],
    rangeExtractor: ofSameLength,
    scrollMargin: HEADER_PX,
    scrollPaddingStart: HEADER_PX,
    initialOffset: leftOffset,
    onChange: (instance) => {
      leftOffset = instance.scrollOffset ?? 0
    },
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: the row height follows the width of the page.
  useEffect(() => virtualizer.measure(), [width])
  useImperativeHandle(handle, () => ({
    show: (index) => virtualizer.scrollToIndex(index, { align: 'auto' }),
  }))
  const items = virtualizer.getVirtualItems()
  // While it scrolls, a row that leaves at one end comes in at the other: its elements are filled anew rather than
  // made anew. At rest the rows stand in the document in the order in which they are read.
  const slotOf = (item: { index: number }) => item.index % items.length
  const ordered = virtualizer.isScrolling ? items.toSorted((a, b) => slotOf(a) - slotOf(b)) : items
  return (
    <div
      role="rowgroup"
      data-moving={virtualizer.isScrolling}
      className="relative"
      style={{ height: virtualizer.getTotalSize() }}
    >
      {ordered.map((item) => {
        const row = tape.rows.get(keys[item.index]!)
        return row ? (
          <MarketTableRow
            key={slotOf(item)}
            row={row}
            now={now}
            index={item.index}
            top={item.start - HEADER_PX}
            width={width}
            isActive={row.key === activeKey}
          />
        ) : null
      })}
    </div>
  )
}

/** Of a list of fixed height always as many rows, however they lie across its edges. */
function sameLength(): (range: Range) => number[] {
  let inSight = 0
  return ({ startIndex, endIndex, count }) => {
    inSight = Math.max(inSight, endIndex - startIndex + 1)
    const length = Math.min(count, inSight + 2 * OVERSCAN)
    const first = Math.max(0, Math.min(startIndex - OVERSCAN, count - length))
    return Array.from({ length }, (_, offset) => first + offset)
  }
}
