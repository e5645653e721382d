import { TIMEFRAMES, type Timeframe } from '@onetape/market'
import { Segmented } from '../ui/Segmented.tsx'
import { useShortcuts } from '../ui/shortcuts.ts'

const LABELS: Partial<Record<Timeframe, string>> = { '1d': '1D', '1w': '1W', '1mo': '1M' }

const OPTIONS = TIMEFRAMES.map((value, index) => ({
  value,
  label: LABELS[value] ?? value,
  title: `Key ${index + 1}`,
}))

/** From a minute to a month; keys 1 to 9. */
export function TimeframePicker({
  value,
  onChange,
}: {
  value: Timeframe
  onChange: (value: Timeframe) => void
}) {
  useShortcuts(Object.fromEntries(TIMEFRAMES.map((tf, index) => [String(index + 1), () => onChange(tf)])))
  return <Segmented label="Timeframe" options={OPTIONS} value={value} onChange={onChange} />
}
