// The matrix of the Sources page: which source gives which kind of data, in words. Pure.
import type { MatrixCell, ProvidersReport, SourceReport } from '@onetape/api/router'
import { ASSET_CLASSES, type AssetClass } from '@onetape/market'

export const ACCESS_KINDS = ['quotes', 'charts', 'fundamentals', 'options', 'stream'] as const
export type AccessKind = (typeof ACCESS_KINDS)[number]

export const KIND_LABELS: Record<AccessKind, string> = {
  quotes: 'Quotes',
  charts: 'Charts',
  fundamentals: 'Fundamentals',
  options: 'Options',
  stream: 'Stream',
}

/** Where columns are narrow. */
export const KIND_SHORTS: Record<AccessKind, string> = { ...KIND_LABELS, fundamentals: 'Figures' }

export const CLASS_CHOICES = ['all', ...ASSET_CLASSES] as const
export type ClassChoice = (typeof CLASS_CHOICES)[number]

export const CLASS_LABELS: Record<ClassChoice, string> = {
  all: 'All',
  equity: 'Equities',
  crypto: 'Crypto',
  fx: 'Forex',
  index: 'Indices',
  option: 'Options',
}

/** A cell as shown; for all asset classes together the best of them. */
export interface MatrixView extends MatrixCell {
  word: string
  title: string
}

const NONE: MatrixCell = { state: 'none', delayedMinutes: null, feed: null, historyDays: null }
const GRADES: Record<MatrixCell['state'], number> = { live: 0, delayed: 1, not_entitled: 2, none: 3 }

const isBetter = (a: MatrixCell, b: MatrixCell): boolean =>
  GRADES[a.state] === GRADES[b.state]
    ? (a.delayedMinutes ?? 0) < (b.delayedMinutes ?? 0)
    : GRADES[a.state] < GRADES[b.state]

export function cellWord(cell: MatrixCell): string {
  if (cell.state === 'live') return 'live'
  if (cell.state === 'delayed') return `${cell.delayedMinutes} min late`
  return cell.state === 'not_entitled' ? 'not in plan' : 'none'
}

/** `2 years`, `30 days`. */
export const historyWords = (days: number): string => {
  const years = Math.round(days / 365)
  if (years >= 2) return `${years} years`
  return days === 1 ? '1 day' : `${days} days`
}

export function cellTitle(cell: MatrixCell): string {
  if (cell.state === 'none') return 'the vendor has none'
  if (cell.state === 'not_entitled') return 'the vendor has it, this plan does not'
  const parts = [cell.state === 'live' ? 'live' : `${cell.delayedMinutes} minutes behind the venue`]
  if (cell.feed) parts.push(`feed ${cell.feed}`)
  if (cell.historyDays !== null) parts.push(`history of ${historyWords(cell.historyDays)}`)
  return parts.join(', ')
}

/** A vendor whose adapter does not know the asset class at all has no row for it: nothing of any kind. */
export function matrixView(
  source: Pick<SourceReport, 'matrix' | 'timeframes' | 'label'>,
  choice: ClassChoice,
  kind: AccessKind,
): MatrixView {
  const classes = choice === 'all' ? ASSET_CLASSES : [choice]
  const cells = classes.map((c) => [c, source.matrix[c]?.[kind] ?? NONE] as const)
  const best = cells.reduce((a, [, cell]) => (isBetter(cell, a) ? cell : a), cells[0]![1])
  const said = cells.filter(([, cell]) => choice !== 'all' || cell.state !== 'none')
  const lines = said.map(([c, cell]) => {
    const frames = kind === 'charts' && cell.state !== 'none' ? source.timeframes[c] : undefined
    const bars = frames && frames.length > 0 ? `; bars of ${frames.join(', ')}` : ''
    return `${choice === 'all' ? `${CLASS_LABELS[c]}: ` : ''}${cellTitle(cell)}${bars}`
  })
  const head = `${source.label}, ${KIND_LABELS[kind].toLowerCase()}`
  return {
    ...best,
    word: cellWord(best),
    title: lines.length > 1 ? [head, ...lines].join('\n') : `${head}: ${lines[0] ?? cellTitle(NONE)}`,
  }
}

const ORDINALS = new Intl.PluralRules('en', { type: 'ordinal' })
const SUFFIXES: Record<string, string> = { one: 'st', two: 'nd', few: 'rd', other: 'th' }
/** `1st`, `2nd`, `11th`. */
export const ordinal = (n: number): string => `${n}${SUFFIXES[ORDINALS.select(n)]}`

export interface Rank {
  place: number
  /** The asset classes in which it holds that place. */
  classes: AssetClass[]
}

/** Its best place in the house's order; null where the order does not name it. */
export function rankOf(
  order: ProvidersReport['order'],
  choice: ClassChoice,
  source: Pick<SourceReport, 'provider'>,
): Rank | null {
  const classes = choice === 'all' ? ASSET_CLASSES : [choice]
  const places = classes
    .map((c) => ({ c, place: (order[c] ?? []).indexOf(source.provider) + 1 }))
    .filter(({ place }) => place > 0)
  if (places.length === 0) return null
  const best = Math.min(...places.map(({ place }) => place))
  return { place: best, classes: places.filter(({ place }) => place === best).map(({ c }) => c) }
}

/** In the house's order for the asset class; those it does not name come last, by name. */
export function sourcesInOrder(
  { order, sources }: Pick<ProvidersReport, 'order' | 'sources'>,
  choice: ClassChoice,
): SourceReport[] {
  const place = (s: SourceReport) => rankOf(order, choice, s)?.place ?? Number.POSITIVE_INFINITY
  const known = (s: SourceReport) => {
    const first = rankOf(order, choice, s)?.classes[0]
    return first ? ASSET_CLASSES.indexOf(first) : ASSET_CLASSES.length
  }
  const byNumber = (a: number, b: number) => (a === b ? 0 : a - b)
  return [...sources].sort(
    (a, b) => byNumber(place(a), place(b)) || byNumber(known(a), known(b)) || (a.name < b.name ? -1 : 1),
  )
}
