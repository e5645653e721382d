// What the bases of a series are called on the switch, and what is said of bars that were put on one. Pure.
import type { BarSeries } from '@onetape/api/router'
import type { Basis } from '@onetape/market'

export const BASIS_WORDS: Record<Basis, string> = { raw: 'Raw', split: 'Split', total: 'Total' }

export const BASIS_TITLES: Record<Basis, string> = {
  raw: 'As it was traded',
  split: 'Adjusted for splits',
  total: 'Total return: adjusted for splits and dividends',
}

const PLAIN: Record<Basis, string> = { raw: 'as traded', split: 'split-adjusted', total: 'total return' }

type Told = Pick<BarSeries, 'basis' | 'stored' | 'converted' | 'source' | 'refused' | 'cut'>

/** For the legend: the basis, and by whose corporate actions. */
export function basisLine({ basis, converted, source }: Told): string | null {
  if (basis === null) return null
  if (!converted) return basis === 'raw' ? PLAIN.raw : `${PLAIN[basis]}, as ${source ?? 'it'} tells it`
  if (converted.actions === null) return `${PLAIN[basis]}: it has no splits or dividends`
  return basis === 'raw'
    ? `${PLAIN.raw}, by undoing the actions of ${converted.actions}`
    : `${PLAIN[basis]} by the actions of ${converted.actions}`
}

/** Why it is not what was asked for, or not all of it. */
export function basisProblem({ refused, cut, basis }: Told): string | null {
  if (refused) return `${BASIS_TITLES[refused.basis]}: not to be had, ${refused.why}.`
  return cut && basis ? `Older bars are left out: ${cut}.` : null
}
