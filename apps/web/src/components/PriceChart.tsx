import type { QuoteRow, SeriesBar } from '@onetape/api/router'
import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { useIsDark } from '../ui/theme.ts'
import { LastBar } from './bar-series.ts'
import { ChartLegend } from './ChartLegend.tsx'
import type { ChartMark } from './chart-marks.ts'
import { PriceChart as Chart, type ChartAxis } from './price-chart.ts'

interface Props {
  label: string
  bars: SeriesBar[]
  axis: ChartAxis
  /** Moves the last bar; null when the series is not the one that quotes come from. */
  quote: QuoteRow | null
  marks: ChartMark[]
  onOlder: () => void
}

const PAN_BARS = 8

/** Candles and volume. The last bar lives; the rest is history. */
export function PriceChart({ label, bars, axis, quote, marks, onOlder }: Props) {
  const container = useRef<HTMLDivElement>(null)
  const chart = useRef<Chart | null>(null)
  const last = useRef<LastBar | null>(null)
  const older = useRef(onOlder)
  const [hovered, setHovered] = useState<SeriesBar | null>(null)
  const [newest, setNewest] = useState<SeriesBar | null>(null)
  const isDark = useIsDark()
  const { timeframe, zone, places } = axis

  useEffect(() => {
    older.current = onOlder
  })
  useEffect(() => {
    if (!container.current) return
    const made = new Chart(container.current, { onOlder: () => older.current(), onHover: setHovered })
    chart.current = made
    return () => {
      chart.current = null
      made.remove()
    }
  }, [])
  // biome-ignore lint/correctness/useExhaustiveDependencies: colours are read from the page, which just changed them.
  useEffect(() => chart.current?.setLook(), [isDark])

  useEffect(() => {
    chart.current?.setBars(bars, { timeframe, zone, places })
    last.current = new LastBar(timeframe)
    last.current.reset(bars.at(-1) ?? null)
    setNewest(bars.at(-1) ?? null)
  }, [bars, timeframe, zone, places])
  // biome-ignore lint/correctness/useExhaustiveDependencies: after a new page of bars the newest quote is applied again.
  useEffect(() => {
    const bar = quote && last.current?.take(quote)
    if (!bar) return
    chart.current?.moveLast(bar)
    setNewest(bar)
  }, [quote, bars, timeframe])
  useEffect(() => chart.current?.setMarks(marks), [marks])

  /** Whether the key meant anything here. */
  const step = (key: string): boolean => {
    if (key === 'ArrowLeft') chart.current?.pan(-PAN_BARS)
    else if (key === 'ArrowRight') chart.current?.pan(PAN_BARS)
    else if (key === 'End') chart.current?.toLatest()
    else if (key === '+' || key === '=') chart.current?.zoom(1.25)
    else if (key === '-') chart.current?.zoom(0.8)
    else return false
    return true
  }

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || !step(event.key)) return
    event.preventDefault()
  }

  return (
    <section
      aria-label={`${label}. Arrow keys move through time, plus and minus zoom, End goes to the latest bar.`}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a chart that the keyboard can move.
      tabIndex={0}
      onKeyDown={onKeyDown}
      className="relative h-full w-full outline-offset-[-2px]"
    >
      <ChartLegend bar={hovered ?? newest} axis={axis} isHovered={hovered !== null} />
      <div ref={container} className="absolute inset-0" />
      <span className="pointer-events-none absolute right-1 bottom-1.5 z-[2] text-[10px] text-muted">
        {zone.label}
      </span>
    </section>
  )
}
