// Series from one basis to another, pure: splits exactly, dividends by the close before the ex-date (the CRSP way, as
// Yahoo's adjusted close: https://help.yahoo.com/kb/SLN28256.html). What cannot be exact is refused with its reason.
import {
  addDays,
  type Bar,
  type Basis,
  type CorporateAction,
  type Micros,
  sessionsBetween,
  type Timeframe,
  venueOf,
} from '@onetape/market'
import { midnightOf, periodStart } from '../bar-time.ts'

type Split = Extract<CorporateAction, { kind: 'split' }>
type Dividend = Extract<CorporateAction, { kind: 'dividend' }>

export interface Conversion {
  from: Basis
  to: Basis
  actions: readonly CorporateAction[]
  /** Trading date of now; an action announced for later has not happened yet. */
  today: string
  currency: string
}

export interface SeriesRange {
  timeframe: Timeframe
  from: Micros
  to: Micros
}

/** Why a series over a range cannot be converted exactly, or null; known before any call is spent. */
export function conversionFault(conversion: Conversion, { timeframe, from, to }: SeriesRange): string | null {
  const { from: has, to: wanted } = conversion
  if (has === wanted) return null
  if (has === 'total') return 'prices for splits and dividends cannot be turned back exactly'
  const acted = happened(conversion).filter((action) => midnightOf(action.exDate) > from)
  const inside = acted.find(
    (action) => concerns(action, conversion) && fallsInside(action, { timeframe, from, to }),
  )
  if (inside) return `a ${inside.kind} on ${inside.exDate} falls inside one of its ${timeframe} bars`
  return wanted === 'total' ? totalFault(acted.filter(isDividend), conversion, { timeframe, from, to }) : null
}

const concerns = (action: CorporateAction, { from, to }: Conversion): boolean =>
  action.kind === 'split' ? from === 'raw' || to === 'raw' : to === 'total'

function totalFault(
  dividends: readonly Dividend[],
  { currency }: Conversion,
  range: SeriesRange,
): string | null {
  if (dividends.length === 0) return null
  if (range.timeframe !== '1d' && range.timeframe !== '1w' && range.timeframe !== '1mo')
    return 'dividends need official closes, which minute bars do not have'
  const foreign = dividends.find((dividend) => dividend.currency !== currency)
  if (foreign)
    return `the dividend of ${foreign.exDate} is paid in ${foreign.currency}, the price is ${currency}`
  const beyond = dividends.find((dividend) => midnightOf(sessionBefore(dividend)) >= range.to)
  return beyond ? `the close before the dividend of ${beyond.exDate} lies after the range` : null
}

/** A week or a month that traded both before and after an action is neither the one nor the other. */
function fallsInside(action: CorporateAction, { timeframe, from, to }: SeriesRange): boolean {
  if (timeframe !== '1w' && timeframe !== '1mo') return false
  const start = periodStart(action.exDate, timeframe)
  if (midnightOf(start) < from || midnightOf(start) >= to || start === action.exDate) return false
  return sessionsBetween(venueOf(action.assetClass), start, addDays(action.exDate, -1)).length > 0
}

const sessionBefore = ({ assetClass, exDate }: CorporateAction): string =>
  sessionsBetween(venueOf(assetClass), addDays(exDate, -10), addDays(exDate, -1)).at(-1)?.date ??
  addDays(exDate, -1)

const isDividend = (action: CorporateAction): action is Dividend => action.kind === 'dividend'
const isSplit = (action: CorporateAction): action is Split => action.kind === 'split'

/** Newest first. */
const happened = ({ actions, today }: Conversion): CorporateAction[] =>
  actions.filter((a) => a.exDate <= today).sort((a, b) => b.exDate.localeCompare(a.exDate))

/** Bars oldest first on another basis, or why not. @throws never */
export function convertBars(bars: readonly Bar[], conversion: Conversion): Bar[] | string {
  const { from, to } = conversion
  if (from === to || bars.length === 0) return [...bars]
  if (from === 'total') return 'prices for splits and dividends cannot be turned back exactly'
  const acted = happened(conversion)
  const splits = acted.filter(isSplit)
  if (to === 'raw') return scaled(bars, splits, toRaw)
  const split = from === 'raw' ? scaled(bars, splits, toSplit) : [...bars]
  return to === 'split' ? split : withDividends(split, acted.filter(isDividend), splits)
}

type Scale = (bar: Bar, ratio: number) => Bar

/** New shares that one share of each bar's date became. */
function scaled(bars: readonly Bar[], newestFirst: readonly Split[], scale: Scale): Bar[] {
  const out: Bar[] = new Array(bars.length)
  let ratio = 1
  let next = 0
  for (let i = bars.length - 1; i >= 0; i--) {
    const bar = bars[i]!
    while (next < newestFirst.length && newestFirst[next]!.exDate > bar.sessionDate)
      ratio *= newestFirst[next++]!.ratio
    out[i] = scale(bar, ratio)
  }
  return out
}

const toSplit: Scale = (bar, ratio) => ({
  ...pricesOf(bar, (price) => price / ratio),
  volume: bar.volume === null ? null : bar.volume * ratio,
  basis: 'split',
})

/** Rounded to the digits that a price has here, so that what was divided comes back as it was. */
const toRaw: Scale = (bar, ratio) => ({
  ...pricesOf(bar, (price) => exact(price * ratio)),
  volume: bar.volume === null ? null : exact(bar.volume / ratio),
  basis: 'raw',
})

const DIGITS = 15
const exact = (value: number): number => Number(value.toPrecision(DIGITS))

const pricesOf = (bar: Bar, of: (price: number) => number): Bar => ({
  ...bar,
  open: of(bar.open),
  high: of(bar.high),
  low: of(bar.low),
  close: of(bar.close),
})

/** Each ex-date takes its dividends' share of the close before it from everything older. Volumes stay. */
function withDividends(
  bars: readonly Bar[],
  newestFirst: readonly Dividend[],
  splits: readonly Split[],
): Bar[] | string {
  const out: Bar[] = new Array(bars.length)
  const days = paidPerDay(newestFirst, splits)
  let factor = 1
  let next = 0
  for (let i = bars.length - 1; i >= 0; i--) {
    const bar = bars[i]!
    for (; next < days.length && days[next]!.exDate > bar.sessionDate; next++) {
      const { exDate, paid, before } = days[next]!
      if (i === bars.length - 1 && periodStart(before, bar.timeframe) !== bar.sessionDate)
        return `the close before the dividend of ${exDate} is not in the series`
      if (!(paid < bar.close)) return `the dividend of ${exDate} is not smaller than the price`
      factor *= 1 - paid / bar.close
    }
    out[i] = { ...pricesOf(bar, (price) => price * factor), basis: 'total' }
  }
  return out
}

/** Dividends of one ex-date together, per share of today. */
function paidPerDay(newestFirst: readonly Dividend[], splits: readonly Split[]) {
  const days: { exDate: string; paid: number; before: string }[] = []
  for (const dividend of newestFirst) {
    const { exDate } = dividend
    const paid = splits.reduce((p, split) => (split.exDate > exDate ? p / split.ratio : p), dividend.amount)
    const day = days.at(-1)
    if (day?.exDate === exDate) day.paid += paid
    else days.push({ exDate, paid, before: sessionBefore(dividend) })
  }
  return days
}
