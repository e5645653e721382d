import { ArrowRight, Pause, Play, Plus, X } from 'lucide-react'
import { useState } from 'react'
import { useHealth } from '../../api/tape.ts'
import { lineOf } from '../../api/trpc.ts'
import { Button } from '../../ui/Button.tsx'
import { IconButton } from '../../ui/IconButton.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { priceText } from '../ask-now.ts'
import { ORDER_WORDS, type OrderUsed } from '../receipt-words.ts'
import { SearchDialog } from '../SearchDialog.tsx'
import { AnswerSourceChip } from '../SourceChip.tsx'
import type { RouteEvent } from './route-events.ts'
import {
  lastOf,
  type RoutedRow,
  setWatched,
  useRouteLog,
  useWatched,
  useYourRoute,
  WATCHED_MAX,
} from './your-route.ts'

/** A few symbols asked through one's own order, again and again: who answers, and when that changes, why. */
export function YourRoute() {
  const isDemo = useHealth()?.mode === 'demo'
  const [wish, setWish] = useState<boolean | null>(null)
  // Real calls are not spent by merely opening a page.
  const isOn = wish ?? isDemo
  const watched = useWatched()
  const [isPicking, setPicking] = useState(false)
  const answer = useYourRoute(
    watched.map((w) => w.key),
    isOn,
  )
  const rows = new Map(answer.data?.rows.map((row) => [row.key, row]))
  const { events } = useRouteLog()
  return (
    <Panel title="Your route, live">
      <div className="flex items-center gap-2 pb-2">
        <p className="min-w-0 flex-1 text-muted">
          {isOn
            ? 'Asked through your order every 2 seconds.'
            : 'Paused. Watching spends a call every 2 seconds.'}
        </p>
        <Button onClick={() => setWish(!isOn)} aria-pressed={isOn}>
          {isOn ? <Pause size={12} aria-hidden /> : <Play size={12} aria-hidden />}
          {isOn ? 'Pause' : 'Watch'}
        </Button>
      </div>
      <ul aria-label="Your route" className="flex flex-col">
        {watched.map((w) => (
          <Row
            key={w.key}
            symbol={w.symbol}
            row={rows.get(w.key)}
            onDrop={() => setWatched(watched.filter((other) => other.key !== w.key))}
          />
        ))}
      </ul>
      {answer.error && <p className="pt-1 text-alarm">{lineOf(answer.error)}</p>}
      {watched.length < WATCHED_MAX && (
        <button
          type="button"
          aria-haspopup="dialog"
          onClick={() => setPicking(true)}
          className="mt-1 inline-flex h-7 items-center gap-1 rounded px-1 text-muted hover:bg-hover hover:text-ink max-sm:h-9"
        >
          <Plus size={12} aria-hidden />
          Watch another symbol
        </button>
      )}
      <Events events={events} />
      {isPicking && (
        <SearchDialog
          onClose={() => setPicking(false)}
          onPick={({ key, symbol }) => setWatched([...watched.filter((w) => w.key !== key), { key, symbol }])}
        />
      )}
    </Panel>
  )
}

const SHORT_ORDERS: Record<OrderUsed, string> = { house: 'house', user: 'yours', pin: 'pinned' }

interface RowProps {
  symbol: string
  row: RoutedRow | undefined
  onDrop: () => void
}

function Row({ symbol, row, onDrop }: RowProps) {
  const last = row ? lastOf(row) : null
  const quote = row?.snapshot?.quote
  return (
    <li className="group flex h-7 items-center gap-2 border-b border-line last:border-0 max-sm:h-10">
      <span className="w-16 shrink-0 truncate font-semibold">{symbol}</span>
      <span className="w-20 shrink-0 text-right text-[13px] font-medium tabular-nums">
        {row ? (
          ((quote && priceText(last, { assetClass: row.receipt.ref.assetClass, currency: '' })) ?? '–')
        ) : (
          <span className="skeleton inline-block h-3 w-16" />
        )}
      </span>
      <span className="flex min-w-0 flex-1 items-center gap-1.5">
        {row && (
          <>
            <AnswerSourceChip
              answer={row.receipt}
              subject={{ what: 'route', key: row.key, receipt: row.receipt, value: last }}
            />
            {row.receipt.order !== 'house' && (
              <span
                title={`Followed: ${ORDER_WORDS[row.receipt.order]}`}
                className="shrink-0 text-[11px] text-muted"
              >
                {SHORT_ORDERS[row.receipt.order]}
              </span>
            )}
          </>
        )}
      </span>
      <IconButton label={`Stop watching ${symbol}`} onClick={onDrop} className="size-6! shrink-0">
        <X size={12} aria-hidden />
      </IconButton>
    </li>
  )
}

function Events({ events }: { events: readonly RouteEvent[] }) {
  return (
    <div className="pt-2">
      <h3 className="pb-1 text-[11px] font-medium text-muted">Changes of route</h3>
      <ol
        aria-label="Changes of route"
        aria-live="polite"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it.
        tabIndex={0}
        className="flex max-h-44 flex-col gap-1.5 overflow-y-auto"
      >
        {events.length === 0 && <li className="text-muted">None since this page was opened.</li>}
        {events.map((event) => (
          <li key={event.id} className="leading-[1.35]">
            <span className="flex flex-wrap items-center gap-x-1.5">
              <time className="text-muted tabular-nums">{clock(event.atMs)}</time>
              <strong className="font-semibold">{event.symbols.join(', ')}</strong>
              <span className="inline-flex items-center gap-1">
                {event.from}
                <ArrowRight size={11} aria-label="to" className="text-muted" />
                <strong className="font-semibold">{event.to}</strong>
              </span>
            </span>
            <span className="block break-words text-muted">{event.why}</span>
          </li>
        ))}
      </ol>
    </div>
  )
}

const clock = (ms: number): string => new Date(ms).toLocaleTimeString('en-GB', { hourCycle: 'h23' })
