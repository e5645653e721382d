import type { OptionQuote } from '@onetape/market'
import clsx from 'clsx'
import { useEffect, useMemo, useRef } from 'react'
import { ChainHeader } from './ChainHeader.tsx'
import { CHAIN_COLUMNS, type ChainColumn, MIRRORED_COLUMNS } from './chain-columns.ts'
import { formatPrice } from './number-format.ts'
import { arrangeChain, isInTheMoney, type StrikeRow } from './option-chain.ts'

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
        <ChainHeader />
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

interface RowProps {
  row: StrikeRow
  underlying: number | null
  /** The underlying's price lies between this strike and the one before it. */
  isFirstAbove: boolean
  ref?: React.Ref<HTMLTableRowElement>
}

function Row({ row, underlying, isFirstAbove, ref }: RowProps) {
  const line = isFirstAbove ? 'border-t-2 border-accent' : 'border-t border-line'
  const side = (right: 'call' | 'put', columns: ChainColumn[]) => {
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
      {side('call', MIRRORED_COLUMNS)}
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
      {side('put', CHAIN_COLUMNS)}
    </tr>
  )
}

const strikeText = (strike: number): string => formatPrice(strike, Number.isInteger(strike) ? 0 : 2)
