import type { SeriesBar } from '@onetape/api/router'
import type { ReactNode } from 'react'
import { axisLabel, axisTime } from './chart-time.ts'
import { toneOf } from './Direction.tsx'
import { formatChange, formatPercent, formatPrice, formatVolume } from './number-format.ts'
import type { ChartAxis } from './price-chart.ts'

/** The bar under the crosshair in numbers, or the newest one. */
export function ChartLegend({
  bar,
  axis,
  isHovered,
  source,
  basis,
}: {
  bar: SeriesBar | null
  axis: ChartAxis
  isHovered: boolean
  /** The chip of the series: these numbers are its. */
  source: ReactNode
  /** On which basis, and by whose actions. */
  basis: string | null
}) {
  if (!bar) return null
  const { timeframe, zone, places } = axis
  const change = bar.close - bar.open
  const facts: [string, string][] = [
    ['O', formatPrice(bar.open, places)],
    ['H', formatPrice(bar.high, places)],
    ['L', formatPrice(bar.low, places)],
    ['C', formatPrice(bar.close, places)],
    ['V', formatVolume(bar.volume)],
  ]
  return (
    <dl className="pointer-events-none absolute top-2 left-3 z-[2] flex max-w-[calc(100%-5rem)] flex-wrap gap-x-3 gap-y-0.5 rounded bg-surface text-xs tabular-nums">
      <div className="flex gap-1.5">
        <dt className="sr-only">{isHovered ? 'Bar at' : 'Newest bar'}</dt>
        <dd className="text-muted">{axisLabel(axisTime(bar.ts, timeframe, zone), timeframe, zone)}</dd>
      </div>
      {facts.map(([name, value]) => (
        <div key={name} className="flex gap-1">
          <dt className="text-muted">{name}</dt>
          <dd className={name === 'V' ? undefined : toneOf(change)}>{value}</dd>
        </div>
      ))}
      <div>
        <dt className="sr-only">Change</dt>
        <dd className={toneOf(change)}>
          {formatChange(change, places)} {formatPercent((change / bar.open) * 100)}
        </dd>
      </div>
      {basis && (
        <div>
          <dt className="sr-only">Basis</dt>
          <dd className="text-muted">{basis}</dd>
        </div>
      )}
      <div className="pointer-events-auto flex items-center">
        <dt className="sr-only">Source</dt>
        <dd className="flex">{source}</dd>
      </div>
    </dl>
  )
}
