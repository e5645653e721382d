// A split or dividend as a row of the tape, or none where its figure is no figure. Pure.
import type { CorporateActionRow } from '@onetape/db'
import type { CorporateAction } from '@onetape/market'

/** No share was ever split into more, nor more of them joined into one. */
const RATIO_MAX = 10_000

export function rowOfAction(action: CorporateAction, instrumentId: number): CorporateActionRow | null {
  const { kind, exDate } = action
  if (!/^\d{4}-\d{2}-\d{2}$/.test(exDate)) return null
  if (kind === 'split') {
    const { ratio } = action
    const isRatio = ratio > 0 && ratio <= RATIO_MAX && ratio >= 1 / RATIO_MAX && ratio !== 1
    return isRatio ? { instrumentId, kind, exDate, ratio, amount: null, currency: null } : null
  }
  const { amount, currency } = action
  return amount > 0 && Number.isFinite(amount)
    ? { instrumentId, kind, exDate, ratio: null, amount, currency }
    : null
}

/** A regular and a special dividend of one day are one amount to whoever adjusts a series. */
export function joinedActions(rows: readonly CorporateActionRow[]): CorporateActionRow[] {
  const byKey = Map.groupBy(rows, (row) => `${row.instrumentId} ${row.kind} ${row.exDate}`)
  return [...byKey.values()].map((alike) => {
    const [first] = alike
    const isSum = first!.kind === 'dividend' && alike.every((row) => row.currency === first!.currency)
    if (!isSum) return alike.at(-1)!
    const amount = alike.reduce((sum, row) => sum + (row.amount ?? 0), 0)
    // Decimal amounts added as doubles show their seams in the last digits.
    return { ...first!, amount: Number(amount.toPrecision(12)) }
  })
}
