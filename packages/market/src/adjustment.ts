/**
 * Prices from one basis to another by corporate actions, date by date: splits exactly, each dividend by its share of the
 * close before its ex-date (the CRSP way, as Yahoo's adjusted close: https://help.yahoo.com/kb/SLN28256.html). With the
 * actions and those closes known every step has a way back. Pure.
 */
import type { Basis, Ohlcv } from './bar.ts'
import type { CorporateAction } from './corporate-action.ts'

export interface AdjustmentFacts {
  actions: readonly CorporateAction[]
  /** Trading date of now; what is announced for later has not happened yet. */
  today: string
  /** Of the prices. */
  currency: string
  /** The close of the last session before an ex-date, on `closesBasis`; undefined where it is not known. */
  closeBefore(exDate: string): number | undefined
  closesBasis: Basis
}

/** What happened since a date, until now. */
export interface Since {
  /** Shares that one share of that date has become. */
  ratio: number
  /** The part of the price that dividends have left of it. */
  kept: number
}

export interface Adjustments {
  since(date: string): Since
  /** Total return is known from this date on, and why not before; null: as far as the actions are. */
  totalLimit: { from: string; why: string } | null
}

interface Step extends Since {
  exDate: string
}

/** Where two actions fall on one date the dividend is counted in new shares. */
export function adjustmentsOf(facts: AdjustmentFacts): Adjustments {
  const byDate = Map.groupBy(
    facts.actions.filter((a) => a.exDate <= facts.today),
    (a) => a.exDate,
  )
  const newestFirst = [...byDate].sort(([a], [b]) => (a < b ? 1 : -1))
  const steps: Step[] = []
  let [ratio, kept] = [1, 1]
  let totalLimit: Adjustments['totalLimit'] = null
  for (const [exDate, actions] of newestFirst) {
    const later = ratio
    for (const action of actions) if (action.kind === 'split') ratio *= action.ratio
    if (totalLimit === null) {
      const part = partKept(facts, { exDate, actions, perShare: later, before: { ratio, kept } })
      if (typeof part === 'string') totalLimit = { from: exDate, why: part }
      else kept *= part
    }
    steps.push({ exDate, ratio, kept })
  }
  return {
    since(date) {
      // Newest first: the last one whose ex-date is still after the date has all that came since in it.
      let [low, high] = [0, steps.length]
      while (low < high) {
        const middle = (low + high) >> 1
        if (steps[middle]!.exDate > date) low = middle + 1
        else high = middle
      }
      return steps[low - 1] ?? NOTHING
    },
    totalLimit,
  }
}

const NOTHING: Since = { ratio: 1, kept: 1 }

/** What one ex-date's dividends leave of the price before it; or why that is not known. */
function partKept(
  facts: AdjustmentFacts,
  o: { exDate: string; actions: readonly CorporateAction[]; perShare: number; before: Since },
): number | string {
  const { exDate, before } = o
  let paid = 0
  for (const action of o.actions) {
    if (action.kind !== 'dividend') continue
    if (action.currency !== facts.currency)
      return `the dividend of ${exDate} is paid in ${action.currency}, the price is ${facts.currency}`
    paid += action.amount / o.perShare
  }
  if (paid === 0) return 1
  const close = facts.closeBefore(exDate)
  if (close === undefined) return `the close before the dividend of ${exDate} is not on the tape`
  // Of a total-return close the dividend itself has been taken already.
  const price =
    facts.closesBasis === 'raw'
      ? close / before.ratio
      : facts.closesBasis === 'split'
        ? close
        : close / before.kept + paid
  return paid < price ? 1 - paid / price : `the dividend of ${exDate} is not smaller than the price`
}

/** Prices and volume of a date on another basis. Volumes know splits, and nothing of dividends. */
export function rebased<B extends Ohlcv>(bar: B, o: { from: Basis; to: Basis; since: Since }): B {
  const { from, to, since } = o
  if (from === to) return bar
  const shares = (from === 'raw' ? 1 : since.ratio) / (to === 'raw' ? 1 : since.ratio)
  const part = (to === 'total' ? since.kept : 1) / (from === 'total' ? since.kept : 1)
  if (shares === 1 && part === 1) return bar
  const price = (value: number) => exact(value * shares * part)
  return {
    ...bar,
    open: price(bar.open),
    high: price(bar.high),
    low: price(bar.low),
    close: price(bar.close),
    volume: bar.volume === null ? null : exact(bar.volume / shares),
  }
}

/** As many digits as a price has here, so that what was divided comes back as it was. */
const DIGITS = 15
const exact = (value: number): number => Number(value.toPrecision(DIGITS))
