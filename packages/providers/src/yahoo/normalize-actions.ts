// Splits and dividends, which Yahoo tells as events of its chart.
import { type CorporateAction, dateInZone, microsFromSeconds, type SymbolRef } from '@onetape/market'
import { type Rows, readRows } from '../wire-rows.ts'
import { shortestFloat } from './float.ts'
import { inCurrency, unitOf } from './minor-units.ts'
import { type Chart, dividendSchema, splitSchema } from './payload.ts'

/** As the vendor tells them: its dividends are divided by every split since (see `asPaid`). */
export function normalizeActions(chart: Chart, ref: SymbolRef): Rows<CorporateAction> {
  const zone = chart.meta.exchangeTimezoneName
  const exDate = (seconds: number) => dateInZone(microsFromSeconds(seconds), zone)
  const splits = readRows(Object.values(chart.events?.splits ?? {}), {
    schema: splitSchema,
    normalize: (row): CorporateAction => ({
      ...ref,
      exDate: exDate(row.date),
      kind: 'split',
      ratio: row.numerator / row.denominator,
    }),
  })
  const dividends = readRows(Object.values(chart.events?.dividends ?? {}), {
    schema: dividendSchema,
    normalize: (row): CorporateAction | string => {
      const { currency } = chart.meta
      if (!currency) return 'no currency'
      const unit = unitOf(currency)
      return {
        ...ref,
        exDate: exDate(row.date),
        kind: 'dividend',
        amount: inCurrency(shortestFloat(row.amount), unit),
        currency: unit.currency,
      }
    },
  })
  const rows = [...splits.rows, ...dividends.rows].sort((a, b) => a.exDate.localeCompare(b.exDate))
  return { rows, dropped: [...splits.dropped, ...dividends.dropped] }
}

/** Decimals that the vendor's adjusted amounts carry. */
const AMOUNT_DECIMALS = 6

/**
 * Dividends as they were paid: 0.094643 before two splits of 7 and 4 was 2.65. The amount is as exact as the
 * vendor's decimals leave it. @param actions All since the first dividend of interest, up to today's.
 */
export function asPaid(actions: readonly CorporateAction[]): CorporateAction[] {
  return actions.map((action) => {
    if (action.kind === 'split') return action
    const factor = actions.reduce(
      (product, other) =>
        other.kind === 'split' && other.exDate > action.exDate ? product * other.ratio : product,
      1,
    )
    if (factor === 1) return action
    const decimals = Math.max(2, Math.floor(AMOUNT_DECIMALS - Math.log10(Math.max(factor, 1))))
    return { ...action, amount: Number((action.amount * factor).toFixed(decimals)) }
  })
}
