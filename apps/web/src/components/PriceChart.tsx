import type { QuoteRow, SeriesBar } from '@onetape/api/router'
import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { useIsDark } from '../ui/theme.ts'
import { LastBar, type Resolution } from './bar-series.ts'
import { ChartLegend } from './ChartLegend.tsx'
import type { ChartMark } from './chart-marks.ts'
import { type Sight, wholeHistory, windowFor } from './chart-window.ts'
import { PriceChart as Chart, type ChartAxis } from './price-chart.ts'
import { SeriesSourceChip } from './SourceChip.tsx'
import type { Bars } from './use-bars.ts'

interface Props {
  label: string
  bars: Bars
  axis: ChartAxis
  resolution: Resolution
  /** Moves the last bar; null when the series is not the one that quotes come from. */
  quote: QuoteRow | null
  marks: ChartMark[]
  /** For the legend. */
  basis: string | null
}

const PAN_BARS = 8

/** Candles and volume. The last bar lives; the rest is history. */
export function PriceChart({ label, bars, axis, resolution, quote, marks, basis }: Props) {
  const container = useRef<HTMLDivElement>(null)
  const chart = useRef<Chart | null>(null)
  const last = useRef<LastBar | null>(null)
  const desk = useRef(bars)
  /** Where to look once other bars are here. */
  const goal = useRef<'whole' | 'latest' | null>(null)
  const [hovered, setHovered] = useState<SeriesBar | null>(null)
  const [newest, setNewest] = useState<SeriesBar | null>(null)
  const isDark = useIsDark()
  const { timeframe, zone, places } = axis
  const { name, lengthUs } = resolution
  const { bars: list, isLoading } = bars
  const isOpen = bars.loaded.to === null
  const isWhole = isOpen && bars.loaded.from === Number.NEGATIVE_INFINITY

  useEffect(() => {
    desk.current = bars
  })
  useEffect(() => {
    if (!container.current) return
    const onSight = (sight: Sight) => {
      const at = goal.current === null ? windowFor(sight, desk.current.loaded) : null
      if (at) desk.current.look(at)
    }
    const made = new Chart(container.current, { onSight, onHover: setHovered })
    chart.current = made
    return () => {
      chart.current = null
      made.remove()
    }
  }, [])
  // biome-ignore lint/correctness/useExhaustiveDependencies: colours are read from the page, which just changed them.
  useEffect(() => chart.current?.setLook(), [isDark])

  useEffect(() => {
    chart.current?.setBars(list, { timeframe, resolution: name, zone, places }, isWhole)
    if (goal.current === 'whole') chart.current?.fit()
    if (goal.current === 'latest') chart.current?.toLatest()
    goal.current = null
    last.current = new LastBar({ name, lengthUs })
    last.current.reset(list.at(-1) ?? null)
    setNewest(list.at(-1) ?? null)
  }, [list, timeframe, zone, places, name, lengthUs, isWhole])
  useEffect(() => {
    if (!isLoading) goal.current = null
  }, [isLoading])
  // biome-ignore lint/correctness/useExhaustiveDependencies: after a new page of bars the newest quote is applied again.
  useEffect(() => {
    // In a part of the past there is no bar that lives.
    const bar = quote && isOpen && last.current?.take(quote)
    if (!bar) return
    chart.current?.moveLast(bar)
    setNewest(bar)
  }, [quote, list, timeframe, isOpen])
  useEffect(() => chart.current?.setMarks(marks), [marks])

  const toLatest = () => {
    if (bars.isFirst) return chart.current?.toLatest()
    goal.current = 'latest'
    bars.look(null)
  }
  const toWhole = () => {
    const { from, to } = bars.loaded
    if (from === Number.NEGATIVE_INFINITY && to === null) return chart.current?.fit()
    goal.current = 'whole'
    bars.look(wholeHistory(chart.current?.widthPx ?? 0))
  }

  /** Whether the key meant anything here. */
  const step = (key: string): boolean => {
    if (key === 'ArrowLeft') chart.current?.pan(-PAN_BARS)
    else if (key === 'ArrowRight') chart.current?.pan(PAN_BARS)
    else if (key === 'End') toLatest()
    else if (key === 'Home') toWhole()
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
      aria-label={`${label}. Arrow keys move through time, plus and minus zoom, Home shows the whole history, End goes to the latest bar.`}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a chart that the keyboard can move.
      tabIndex={0}
      onKeyDown={onKeyDown}
      className="relative h-full w-full outline-offset-[-2px]"
    >
      <ChartLegend
        basis={basis}
        bar={hovered ?? newest}
        axis={axis}
        isHovered={hovered !== null}
        source={
          bars.series?.source != null && (
            <SeriesSourceChip
              series={bars.series}
              count={list.length}
              newest={newest ?? undefined}
              quote={quote}
              isBasisSaid
            />
          )
        }
      />
      <div ref={container} className="absolute inset-0" />
      <span className="pointer-events-none absolute right-1 bottom-1.5 z-[2] text-[10px] text-muted">
        {zone.label}
      </span>
    </section>
  )
}
