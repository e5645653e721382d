import type { OptionQuote } from '@onetape/market'
import clsx from 'clsx'
import { useEffect, useMemo, useRef } from 'react'
import { formatPrice, formatVolume } from './number-format.ts'
import { arrangeChain, formatGreek, formatVolatility, isInTheMoney, type StrikeRow } from './option-chain.ts'

interface Column {
  name: string
  title?: string
  /** From which width of its place on it is there. */
  from: string
  text: (quote: OptionQuote) => string
}

const WIDE = 'hidden @min-[1040px]:table-cell'
const MIDDLE = 'hidden @min-[720px]:table-cell'
const price = (value: number | null): string => (value === null ? '' : formatPrice(value, 2))

/** From the strike outwards; mirrored for the calls. */
const COLUMNS: Column[] = [
  { name: 'Bid', from: '', text: (q) => price(q.bid) },
  { name: 'Ask', from: '', text: (q) => price(q.ask) },
  { name: 'Last', from: 'hidden @min-[520px]:table-cell', text: (q) => price(q.last) },
  {
    name: 'IV',
    title: 'Implied volatility, per year',
    from: 'hidden @min-[420px]:table-cell',
    text: (q) => formatVolatility(q.impliedVolatility),
  },
  { name: 'Delta', from: MIDDLE, text: (q) => formatGreek(q.delta) },
  { name: 'Gamma', from: WIDE, text: (q) => formatGreek(q.gamma) },
  { name: 'Theta', from: WIDE, text: (q) => formatGreek(q.theta) },
  { name: 'Vega', from: WIDE, text: (q) => formatGreek(q.vega) },
  { name: 'Vol', title: 'Contracts traded today', from: MIDDLE, text: (q) => volume(q.volume) },
  { name: 'OI', title: 'Open interest, contracts', from: MIDDLE, text: (q) => volume(q.openInterest) },
]
const MIRRORED = COLUMNS.toReversed()

const volume = (value: number | null): string =>
  value === null ? '' : value >= 10_000 ? formatVolume(value) : value.toLocaleString('en-US')

interface Props {
  contracts: readonly OptionQuote[]
  underlying: number | null
  /** Another expiry was asked for; this one is on its way out. */
  isHeld: boolean
}

/** Strikes in the middle; what is in the money is shaded. Opens at the underlying's price. */
export function ChainTable({ contracts, underlying, isHeld }: Props) {
  const { rows, firstAbove } = useMemo(() => arrangeChain(contracts, underlying), [contracts, underlying])
  const scroller = useRef<HTMLElement>(null)
  const middle = useRef<HTMLTableRowElement>(null)
  useEffect(() => {
    const place = scroller.current
    const row = middle.current
    if (place && row) place.scrollTop = row.offsetTop - place.clientHeight / 2
  }, [])
  if (rows.length === 0) return <p className="p-4 text-muted">This expiry lists no contracts.</p>
  return (
    <section
      ref={scroller}
      aria-label="Options chain"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it.
      tabIndex={0}
      aria-busy={isHeld}
      className={clsx(
        '@container relative min-h-0 flex-1 overflow-y-auto outline-offset-[-2px] max-lg:max-h-[70dvh]',
        isHeld && 'opacity-60',
      )}
    >
      <table className="w-full border-separate border-spacing-0 text-right text-xs tabular-nums">
        <Header />
        <tbody>
          {rows.map((row, index) => (
            <Row
              key={row.key}
              row={row}
              underlying={underlying}
              isFirstAbove={index === firstAbove}
              ref={index === Math.min(firstAbove ?? 0, rows.length - 1) ? middle : undefined}
            />
          ))}
        </tbody>
      </table>
    </section>
  )
}

function Header() {
  const cell = 'sticky z-10 bg-sunken px-1.5 text-[11px] font-medium text-muted'
  const columns = (side: 'Call' | 'Put', list: Column[]) =>
    list.map((column) => (
      <th
        key={column.name}
        scope="col"
        title={column.title}
        className={clsx(cell, 'top-6 h-6 border-b border-line-strong', column.from)}
      >
        <span className="sr-only">{side} </span>
        {column.name}
      </th>
    ))
  const group = clsx(cell, 'top-0 h-6 text-center')
  return (
    <thead>
      <tr>
        <SideHead name="Calls" className={group} />
        <th className={group}>
          <span className="sr-only">Between them</span>
        </th>
        <SideHead name="Puts" className={group} />
      </tr>
      <tr>
        {columns('Call', MIRRORED)}
        <th scope="col" className={clsx(cell, 'top-6 border-b border-line-strong text-center text-ink')}>
          Strike
        </th>
        {columns('Put', COLUMNS)}
      </tr>
    </thead>
  )
}

/** Spans as many columns as are there at each width; a hidden header cell spans nothing. */
const SideHead = ({ name, className }: { name: string; className: string }) => (
  <>
    <th scope="colgroup" colSpan={2} className={clsx(className, '@min-[420px]:hidden')}>
      {name}
    </th>
    <th
      scope="colgroup"
      colSpan={3}
      className={clsx(className, 'hidden @min-[420px]:table-cell @min-[520px]:hidden')}
    >
      {name}
    </th>
    <th
      scope="colgroup"
      colSpan={4}
      className={clsx(className, 'hidden @min-[520px]:table-cell @min-[720px]:hidden')}
    >
      {name}
    </th>
    <th
      scope="colgroup"
      colSpan={7}
      className={clsx(className, 'hidden @min-[720px]:table-cell @min-[1040px]:hidden')}
    >
      {name}
    </th>
    <th scope="colgroup" colSpan={10} className={clsx(className, 'hidden @min-[1040px]:table-cell')}>
      {name}
    </th>
  </>
)

interface RowProps {
  row: StrikeRow
  underlying: number | null
  /** The underlying's price lies between this strike and the one before it. */
  isFirstAbove: boolean
  ref?: React.Ref<HTMLTableRowElement>
}

function Row({ row, underlying, isFirstAbove, ref }: RowProps) {
  const line = isFirstAbove ? 'border-t-2 border-accent' : 'border-t border-line'
  const side = (right: 'call' | 'put', columns: Column[]) => {
    const quote = row[right]
    const shade = isInTheMoney(right, row.strike, underlying) && 'bg-active'
    return columns.map((column) => (
      <td
        key={`${right} ${column.name}`}
        className={clsx('px-1.5 whitespace-nowrap', line, shade, column.from)}
      >
        {quote && column.text(quote)}
      </td>
    ))
  }
  return (
    <tr ref={ref} className="h-6.5 hover:[&>td]:bg-hover max-sm:h-9">
      {side('call', MIRRORED)}
      <th
        scope="row"
        className={clsx('bg-sunken px-2 text-center font-semibold', line)}
        title={isFirstAbove && underlying !== null ? `The underlying stands at ${underlying}` : undefined}
      >
        {strikeText(row.strike)}
        {row.oddSize !== null && (
          <span
            title={`Contracts of ${row.oddSize} shares`}
            className="pl-1 text-[11px] font-normal text-muted"
          >
            ×{row.oddSize}
          </span>
        )}
      </th>
      {side('put', COLUMNS)}
    </tr>
  )
}

const strikeText = (strike: number): string => formatPrice(strike, Number.isInteger(strike) ? 0 : 2)
