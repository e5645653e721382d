import type { BarSeries, QuoteRow } from '@onetape/api/router'
import { belongsTo } from './bar-series.ts'
import { basisProblem } from './basis-words.ts'
import { formatCount } from './number-format.ts'
import { resolutionWords } from './resolution-words.ts'
import { SeriesSourceChip } from './SourceChip.tsx'

interface Props {
  series: BarSeries
  count: number
  quote: QuoteRow | undefined
  onChoose: (choice: { source?: string }) => void
}

/** Where the drawn bars come from, and the other sources and bases one could take. */
export function SeriesLine({ series, count, quote, onChoose }: Props) {
  const sources =
    series.source && !series.sources.includes(series.source)
      ? [series.source, ...series.sources]
      : series.sources
  const isMovedLive = quote !== undefined && belongsTo(quote, series)
  const problem = basisProblem(series)
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1 border-t border-line px-3 py-1.5 text-xs text-muted">
      <Choice
        label="Source"
        value={series.source ?? ''}
        options={sources.map((source) => ({ value: source, label: source }))}
        onChange={(source) => onChoose({ source })}
      />
      {series.source !== null && <SeriesSourceChip series={series} count={count} quote={quote} />}
      <span>
        {formatCount(count)} bars
        {series.resolution.name !== series.timeframe && ` of ${resolutionWords(series.resolution.name)}`}
      </span>
      {problem && (
        <span role="status" className="text-warn">
          {problem}
        </span>
      )}
      {quote && !isMovedLive && series.source !== null && (
        <span title="Series of different sources or feeds are never mixed">
          live quotes are {quote.source} {quote.feed === quote.source ? '' : quote.feed}, so they do not move
          this series
        </span>
      )}
    </div>
  )
}

interface ChoiceProps {
  label: string
  value: string
  options: { value: string; label: string }[]
  onChange: (value: string) => void
}

const Choice = ({ label, value, options, onChange }: ChoiceProps) => (
  <label className="inline-flex items-center gap-1.5">
    {label}
    <select
      value={value}
      onChange={(event) => onChange(event.target.value)}
      className="h-6 rounded border border-line bg-surface px-1 text-ink max-sm:h-8"
    >
      {!options.some((option) => option.value === value) && <option value={value}>{value || 'none'}</option>}
      {options.map((option) => (
        <option key={option.value} value={option.value}>
          {option.label}
        </option>
      ))}
    </select>
  </label>
)
