import type { BarSeries } from '@onetape/api/router'
import { parseInstrumentKey } from '@onetape/market'
import { Chip } from '../ui/Chip.tsx'
import { axisLabel, axisTime } from './chart-time.ts'
import { formatCount, UNKNOWN } from './number-format.ts'
import { Fact, SourceLink } from './ReceiptView.tsx'
import { BASIS_WORDS } from './receipt-words.ts'
import { resolutionWords } from './resolution-words.ts'
import { zoneOf } from './time-format.ts'

/** Where bars of the tape come from: one source, one feed, one basis, or they would not be one series. */
export function SeriesFacts({ series, count }: { series: BarSeries; count: number }) {
  const zone = zoneOf(parseInstrumentKey(series.key)?.assetClass ?? 'equity')
  const newest = series.bars.at(-1)
  const shown = series.resolution.lengthUs === null ? '1d' : series.timeframe
  const others = series.sources.filter((source) => source !== series.source)
  return (
    <section aria-label="On the tape" className="text-xs">
      <div className="flex items-baseline gap-2.5 pb-2">
        <h3 className="text-[13px] font-semibold">On the tape</h3>
        <Chip>from the tape</Chip>
        <strong className="ml-auto text-[17px] font-semibold tabular-nums">{formatCount(count)} bars</strong>
      </div>
      <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1.5 pt-1">
        <Fact name="Source">{series.source ? <SourceLink source={series.source} /> : UNKNOWN}</Fact>
        <Fact name="Feed">{series.feed ?? UNKNOWN}</Fact>
        <Fact name="Timeframe">{series.timeframe}</Fact>
        {series.resolution.name !== series.timeframe && (
          <Fact name="Resolution">{resolutionWords(series.resolution.name)}, to fit the screen</Fact>
        )}
        <Fact name="Basis">{series.basis ? BASIS_WORDS[series.basis] : UNKNOWN}</Fact>
        {newest && (
          <Fact name="Newest bar">
            {axisLabel(axisTime(newest.ts, shown, zone), shown, zone)}
            {!newest.final && <span className="text-muted">, still open</span>}
          </Fact>
        )}
        {others.length > 0 && <Fact name="Other sources">{others.join(', ')}</Fact>}
      </dl>
      <p className="pt-3 text-muted">
        The tape gathered these over time, in many batches; sources, feeds and bases are never mixed in one
        series.
      </p>
    </section>
  )
}
