import type { QuoteRow } from '@onetape/api/router'
import { Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import { Direction, toneOf } from './Direction.tsx'
import { breadthOf, type MarketClass } from './market-order.ts'
import { formatCount, formatPercent } from './number-format.ts'

interface Props {
  rows: Iterable<QuoteRow>
  /** Changes when `rows` did: the Map itself stays the same. */
  version: number
  assetClass: MarketClass
  isLive: boolean
}

/** How many rise and fall, and who moves most. */
export function MarketSummary({ rows, version, assetClass, isLive }: Props) {
  // biome-ignore lint/correctness/useExhaustiveDependencies: `version` stands for the contents of `rows`.
  const breadth = useMemo(() => breadthOf(rows, assetClass), [version, assetClass])
  const { up, down, flat } = breadth
  return (
    <section
      aria-label="Breadth and movers"
      data-held={!isLive}
      className="flex h-11 shrink-0 items-center gap-5 overflow-hidden tabular-nums border-b border-line bg-surface px-3"
    >
      <div className="flex shrink-0 items-center gap-3 max-sm:flex-1 max-sm:justify-between">
        <Count value={1} label="up" count={up} />
        <BreadthBar up={up} down={down} flat={flat} />
        <Count value={-1} label="down" count={down} />
        <span className="text-muted max-sm:hidden">{formatCount(flat)} unchanged</span>
      </div>
      <ul className="flex min-w-0 flex-1 flex-wrap items-center justify-end gap-x-1 overflow-hidden max-md:hidden h-6.5">
        {[...breadth.gainers, ...breadth.losers].map((row) => (
          <li key={row.key}>
            <Link
              to="/i/$key"
              params={{ key: row.key }}
              className="flex h-6.5 items-center gap-1.5 rounded-md px-2 whitespace-nowrap outline-offset-[-2px] hover:bg-hover"
            >
              <span className="font-medium">{row.symbol}</span>
              <span className={toneOf(row.changePct)}>{formatPercent(row.changePct)}</span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  )
}

const Count = ({ value, label, count }: { value: number; label: string; count: number }) => (
  <span className={`inline-flex items-center gap-1.5 font-medium ${toneOf(value)}`}>
    <Direction value={value} />
    {formatCount(count)} {label}
  </span>
)

function BreadthBar({ up, down, flat }: { up: number; down: number; flat: number }) {
  const all = Math.max(1, up + down + flat)
  return (
    <span
      role="img"
      aria-label={`${Math.round((up / all) * 100)} percent up, ${Math.round((down / all) * 100)} percent down`}
      className="flex h-2 w-36 gap-px overflow-hidden rounded-full bg-line max-sm:w-24"
    >
      <span className="bg-up-fill" style={{ width: `${(up / all) * 100}%` }} />
      <span className="flex-1" />
      <span className="bg-down-fill" style={{ width: `${(down / all) * 100}%` }} />
    </span>
  )
}
