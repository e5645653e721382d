// The control of the browser benchmark: a virtual list and nothing else. It shows the values that the Market table
// shows, as plain text, from the same events; no sorting, no filter, no links, no ages that count, no flashes.
import type { QuoteDelta, QuoteRow } from '@onetape/api/router'
import { useVirtualizer } from '@tanstack/react-virtual'
import { memo, useEffect, useRef, useState } from 'react'
import { createRoot } from 'react-dom/client'

const HEIGHT_PX = Number(new URLSearchParams(location.search).get('height') ?? 740)
const ROW_PX = 30
const OVERSCAN = 8

const rows = new Map<string, QuoteRow>()

function List() {
  const [keys, setKeys] = useState<string[]>([])
  const [, setVersion] = useState(0)
  const scroller = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const stream = new EventSource('/trpc/quotes.live')
    stream.onmessage = ({ data }: MessageEvent<string>) => {
      const delta = JSON.parse(data) as QuoteDelta
      for (const row of delta.rows) rows.set(row.key, row)
      if (delta.full) setKeys([...rows.keys()])
      else setVersion((was) => was + 1)
    }
    return () => stream.close()
  }, [])
  const virtualizer = useVirtualizer({
    count: keys.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: OVERSCAN,
  })
  return (
    <div id="list" ref={scroller} style={{ height: HEIGHT_PX }}>
      <div id="rows" style={{ height: virtualizer.getTotalSize() }}>
        {virtualizer.getVirtualItems().map((item) => (
          <Row key={item.key} row={rows.get(keys[item.index]!)!} top={item.start} />
        ))}
      </div>
    </div>
  )
}

const Row = memo(function Row({ row, top }: { row: QuoteRow; top: number }) {
  return (
    <div className="row" data-key={row.key} style={{ transform: `translateY(${top}px)` }}>
      <span>{row.symbol}</span>
      <span>{row.name}</span>
      <span>{row.last?.toFixed(2)}</span>
      <span>{row.change?.toFixed(2)}</span>
      <span>{row.changePct?.toFixed(2)}%</span>
      <span>
        {row.dayLow} {row.dayHigh}
      </span>
      <span>{row.volume}</span>
      <span>{((row.last ?? 0) * (row.volume ?? 0)).toFixed(0)}</span>
      <span>{new Date(row.ts / 1_000).toISOString().slice(11, 19)}</span>
      <span>
        {row.source} {row.feed}
      </span>
    </div>
  )
})

createRoot(document.getElementById('root')!).render(<List />)
