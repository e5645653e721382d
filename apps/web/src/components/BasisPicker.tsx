import type { BarSeries } from '@onetape/api/router'
import { BASES, type Basis } from '@onetape/market'
import { Segmented } from '../ui/Segmented.tsx'
import { useShortcuts } from '../ui/shortcuts.ts'
import { BASIS_TITLES, BASIS_WORDS } from './basis-words.ts'

interface Props {
  /** Undefined while the bars are on their way. */
  series: BarSeries | undefined
  /** What was asked for, if anything was. */
  wanted: Basis | undefined
  onChoose: (basis: Basis) => void
}

/** As traded, for splits, or for splits and dividends: one switch, whatever the bars are stored on. */
export function BasisPicker({ series, wanted, onChoose }: Props) {
  const value = series?.basis ?? wanted ?? ''
  useShortcuts({
    b: () => onChoose(BASES[(BASES.indexOf(value as Basis) + 1) % BASES.length]!),
  })
  return (
    <Segmented<string>
      label="Basis of the prices"
      options={BASES.map((basis) => ({
        value: basis,
        label: BASIS_WORDS[basis],
        title: `${BASIS_TITLES[basis]} (b)`,
      }))}
      value={value}
      onChange={(basis) => onChoose(basis as Basis)}
    />
  )
}
