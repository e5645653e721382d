import type { Micros } from './instant.ts'
import type { SymbolRef } from './instrument.ts'

/** Figures of a company. Money in `Fundamentals.currency`, whole units (never thousands); yields and ratios as fractions. */
export const FUNDAMENTAL_ITEMS = [
  'revenue',
  'grossProfit',
  'operatingIncome',
  'netIncome',
  'epsBasic',
  'epsDiluted',
  'totalAssets',
  'totalLiabilities',
  'equity',
  'cash',
  'totalDebt',
  'operatingCashFlow',
  'capitalExpenditure',
  'freeCashFlow',
  'marketCap',
  'sharesOutstanding',
  'peRatio',
  'priceToBook',
  'dividendPerShare',
  'dividendYield',
  'beta',
  'week52High',
  'week52Low',
] as const
export type FundamentalItem = (typeof FUNDAMENTAL_ITEMS)[number]
export type FundamentalValues = Partial<Record<FundamentalItem, number>>

/** One reporting period; `endDate` is its last day, `YYYY-MM-DD`. */
export interface FundamentalPeriod {
  span: 'annual' | 'quarter' | 'ttm'
  endDate: string
  values: FundamentalValues
}

/** What a vendor reports of a company: statements by period, newest first, and the figures of today. */
export interface Fundamentals extends SymbolRef {
  currency: string | null
  periods: FundamentalPeriod[]
  current: FundamentalValues
  /** Event time of `current`; the answer's own Date where the vendor gives none. */
  ts: Micros
  tsOrigin: 'vendor' | 'response'
  feed: string
}
