// Polygon's reference data: the list of tickers, splits and dividends.
import type { AssetClass, CorporateAction, InstrumentInfo } from '@onetape/market'
import type { DividendRow, SplitRow, TickerRow } from './payload.ts'
import { currencyOf, refFromTicker } from './symbols.ts'

export function normalizeTicker(row: TickerRow, assetClass: AssetClass): InstrumentInfo | string {
  const ref = refFromTicker(row.ticker)
  if (!ref) return `ticker ${row.ticker} has no symbol here`
  if (ref.assetClass !== assetClass) return `is ${ref.assetClass}, ${assetClass} was asked for`
  const currency = assetClass === 'equity' ? row.currency_name : row.currency_symbol
  return {
    ...ref,
    name: row.name ?? null,
    currency: (currency || currencyOf(ref)).toUpperCase(),
    listingType: row.type ?? null,
  }
}

export function normalizeSplit(row: SplitRow): CorporateAction | string {
  const ref = refFromTicker(row.ticker)
  if (!ref) return `ticker ${row.ticker} has no symbol here`
  return { ...ref, exDate: row.execution_date, kind: 'split', ratio: row.split_to / row.split_from }
}

export function normalizeDividend(row: DividendRow): CorporateAction | string {
  const ref = refFromTicker(row.ticker)
  if (!ref) return `ticker ${row.ticker} has no symbol here`
  // The older form of the endpoint has no currency: it lists US stocks, paid in dollars.
  const currency = row.currency?.toUpperCase() ?? 'USD'
  return { ...ref, exDate: row.ex_dividend_date, kind: 'dividend', amount: row.cash_amount, currency }
}

/**
 * Oldest first, one dividend per symbol, date and currency: a regular and a special one going ex on the same day
 * come as two rows and are one fact for whoever adjusts prices.
 */
export function mergeActions(actions: readonly CorporateAction[]): CorporateAction[] {
  const merged = new Map<string, CorporateAction>()
  for (const action of actions) {
    const key = `${action.symbol} ${action.exDate} ${action.kind === 'split' ? 'split' : action.currency}`
    const same = merged.get(key)
    if (same?.kind === 'dividend' && action.kind === 'dividend') {
      merged.set(key, { ...same, amount: Number((same.amount + action.amount).toPrecision(12)) })
    } else if (!same) merged.set(key, action)
  }
  return [...merged.values()].sort((a, b) => (a.exDate < b.exDate ? -1 : a.exDate > b.exDate ? 1 : 0))
}
