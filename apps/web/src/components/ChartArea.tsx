import type { BarSeries, InstrumentPage, QuoteRow } from '@onetape/api/router'
import { isIntraday, type Timeframe } from '@onetape/market'
import { CandlestickChart, CircleAlert } from 'lucide-react'
import { lazy, Suspense, useMemo } from 'react'
import { lineOf } from '../api/trpc.ts'
import { Button } from '../ui/Button.tsx'
import { Command } from '../ui/Command.tsx'
import { Notice } from '../ui/Notice.tsx'
import { belongsTo } from './bar-series.ts'
import { basisLine } from './basis-words.ts'
import { ChartSkeleton } from './ChartSkeleton.tsx'
import { marksOf } from './chart-marks.ts'
import { pricePlaces } from './number-format.ts'
import { zoneOf } from './time-format.ts'
import type { Bars } from './use-bars.ts'

const PriceChart = lazy(() => import('./PriceChart.tsx').then((m) => ({ default: m.PriceChart })))

interface Props {
  instrument: InstrumentPage
  timeframe: Timeframe
  bars: Bars
  quote: QuoteRow | undefined
  onTimeframe: (timeframe: Timeframe) => void
}

/** The chart in one of its four states: failed, on its way, nothing there, there. */
export function ChartArea({ instrument, timeframe, bars, quote, onTimeframe }: Props) {
  const marks = useMemo(() => marksOf(instrument.actions), [instrument.actions])
  if (bars.error) {
    return (
      <Notice
        icon={<CircleAlert size={28} aria-hidden />}
        title="The bars could not be read"
        action={<Button onClick={bars.retry}>Try again</Button>}
      >
        {lineOf(bars.error)}
      </Notice>
    )
  }
  if (!bars.series) return <ChartSkeleton />
  if (bars.bars.length === 0)
    return <NoBars instrument={instrument} series={bars.series} onTimeframe={onTimeframe} />
  const close = bars.bars.at(-1)!.close
  return (
    <Suspense fallback={<ChartSkeleton />}>
      <PriceChart
        // Another series is another chart: its view starts at its own end.
        key={`${instrument.key} ${timeframe} ${bars.series.source} ${bars.series.basis}`}
        label={`${instrument.symbol}, ${timeframe} candles and volume from ${bars.series.source ?? 'the tape'}`}
        bars={bars}
        axis={{
          timeframe: bars.series.resolution.lengthUs === null ? '1d' : timeframe,
          resolution: bars.series.resolution.name,
          zone: zoneOf(instrument.assetClass),
          places: pricePlaces(close, instrument.assetClass),
        }}
        quote={quote && belongsTo(quote, bars.series) ? quote : null}
        marks={marks}
        basis={basisLine(bars.series)}
        resolution={bars.series.resolution}
      />
    </Suspense>
  )
}

interface NoBarsProps {
  instrument: InstrumentPage
  series: BarSeries
  onTimeframe: (timeframe: Timeframe) => void
}

function NoBars({ instrument, series, onTimeframe }: NoBarsProps) {
  const others = series.sources.filter((source) => source !== series.source)
  return (
    <Notice
      icon={<CandlestickChart size={28} aria-hidden />}
      title={`No ${series.timeframe} bars of ${instrument.symbol} yet`}
      action={
        isIntraday(series.timeframe) && <Button onClick={() => onTimeframe('1d')}>Show daily bars</Button>
      }
    >
      {others.length > 0 && (
        <p className="pb-2">Other sources have some: {others.join(', ')}. Choose one below.</p>
      )}
      <p className="pb-2">The tape has not gathered any. This brings the last 30 days:</p>
      <Command text={`onetape backfill --days 30 --symbols ${instrument.symbol}`} />
    </Notice>
  )
}
