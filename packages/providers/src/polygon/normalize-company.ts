// Polygon's company figures: lines of statements under the house's names, periods put together from their parts.
import {
  type FundamentalItem,
  type FundamentalPeriod,
  type Fundamentals,
  type FundamentalValues,
  type Micros,
  type SymbolRef,
  sessionOn,
} from '@onetape/market'
import { midnightOf } from '../bar-time.ts'
import type { DetailsRow, FinancialsRow, RatiosRow, StatementRow } from './payload-company.ts'

/** A part of a period, as one row of the wire tells it. */
export interface StatementPart extends FundamentalPeriod {
  /** Of two rows for one period the later filing counts. */
  filedOn: string
  /** Currency where the row says it. */
  currency: string | null
}

/** Vendor lines for an item, the better one first. */
type Lines = Partial<Record<FundamentalItem, readonly string[]>>

const STATEMENT_LINES: Lines = {
  revenue: ['revenue'],
  grossProfit: ['gross_profit'],
  operatingIncome: ['operating_income'],
  netIncome: ['net_income_loss_attributable_common_shareholders', 'consolidated_net_income_loss'],
  epsBasic: ['basic_earnings_per_share'],
  epsDiluted: ['diluted_earnings_per_share'],
  totalAssets: ['total_assets'],
  totalLiabilities: ['total_liabilities'],
  equity: ['total_equity_attributable_to_parent', 'total_equity'],
  cash: ['cash_and_equivalents'],
  operatingCashFlow: ['net_cash_from_operating_activities'],
  capitalExpenditure: ['purchase_of_property_plant_and_equipment'],
}

/** Debt is told in two lines, with leases in the second. */
const DEBT_LINES = ['debt_current', 'long_term_debt_and_capital_lease_obligations']

const FINANCIALS_LINES: Lines = {
  revenue: ['revenues'],
  grossProfit: ['gross_profit'],
  operatingIncome: ['operating_income_loss'],
  netIncome: ['net_income_loss_attributable_to_parent', 'net_income_loss'],
  epsBasic: ['basic_earnings_per_share'],
  epsDiluted: ['diluted_earnings_per_share'],
  totalAssets: ['assets'],
  totalLiabilities: ['liabilities'],
  equity: ['equity_attributable_to_parent', 'equity'],
  cash: ['cash'],
  operatingCashFlow: ['net_cash_flow_from_operating_activities'],
}

const SPANS = { quarterly: 'quarter', annual: 'annual', trailing_twelve_months: 'ttm' } as const

export function normalizeStatement(row: StatementRow): StatementPart | string {
  // The vendor writes 0 where a company has no such line: not a figure.
  const line = (name: string) => (typeof row[name] === 'number' && row[name] !== 0 ? row[name] : undefined)
  const values = valuesOf(STATEMENT_LINES, line)
  const debts = DEBT_LINES.map(line).filter((debt) => debt !== undefined)
  if (debts.length > 0) values.totalDebt = debts.reduce((sum, debt) => sum + debt, 0)
  if (Object.keys(values).length === 0) return 'holds no figure'
  const span = SPANS[row.timeframe]
  return { span, endDate: row.period_end, values, filedOn: row.filing_date ?? '', currency: null }
}

export function normalizeFinancials(row: FinancialsRow): StatementPart | string {
  const { balance_sheet, cash_flow_statement, income_statement } = row.financials
  const all = { ...balance_sheet, ...cash_flow_statement, ...income_statement }
  const values = valuesOf(FINANCIALS_LINES, (name) => all[name]?.value ?? undefined)
  if (Object.keys(values).length === 0) return 'holds no figure'
  const span = spanOf(row.fiscal_period)
  if (span === null) return `fiscal period ${row.fiscal_period} is none of ours`
  const unit = all.revenues?.unit ?? all.assets?.unit ?? null
  return { span, endDate: row.end_date, values, filedOn: row.filing_date ?? '', currency: unit }
}

const spanOf = (fiscalPeriod: string): FundamentalPeriod['span'] | null => {
  if (/^Q[1-4]$/.test(fiscalPeriod)) return 'quarter'
  return fiscalPeriod === 'FY' ? 'annual' : fiscalPeriod === 'TTM' ? 'ttm' : null
}

function valuesOf(lines: Lines, read: (name: string) => number | undefined): FundamentalValues {
  const values: FundamentalValues = {}
  for (const [item, names] of Object.entries(lines) as [FundamentalItem, readonly string[]][]) {
    const value = names.map(read).find((v) => v !== undefined)
    if (value !== undefined) values[item] = value
  }
  return values
}

/** Parts of the same period as one, newest first. */
export function periodsOf(parts: readonly StatementPart[]): FundamentalPeriod[] {
  const byPeriod = new Map<string, FundamentalPeriod>()
  for (const { span, endDate, values } of [...parts].sort((a, b) => a.filedOn.localeCompare(b.filedOn))) {
    const key = `${endDate} ${span}`
    byPeriod.set(key, { span, endDate, values: { ...byPeriod.get(key)?.values, ...values } })
  }
  return [...byPeriod.entries()].sort(([a], [b]) => b.localeCompare(a)).map(([, period]) => period)
}

const known = (values: { [item in FundamentalItem]?: number | null }): FundamentalValues =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value != null))

/** Figures of the newest trading day. */
export const normalizeRatios = (row: RatiosRow): { ts: Micros; values: FundamentalValues } => ({
  ts: sessionOn('XNYS', row.date)?.close ?? midnightOf(row.date),
  values: known({
    marketCap: row.market_cap,
    peRatio: row.price_to_earnings,
    priceToBook: row.price_to_book,
    dividendYield: row.dividend_yield,
    freeCashFlow: row.free_cash_flow,
  }),
})

export const normalizeDetails = (
  row: DetailsRow,
): { currency: string | null; values: FundamentalValues } => ({
  currency: row.currency_name?.toUpperCase() ?? null,
  values: known({ marketCap: row.market_cap, sharesOutstanding: row.share_class_shares_outstanding }),
})

export function fundamentalsOf(
  ref: SymbolRef,
  o: {
    parts: readonly StatementPart[]
    details: ReturnType<typeof normalizeDetails> | null
    ratios: ReturnType<typeof normalizeRatios> | null
    fetchedAt: Micros
  },
): Fundamentals {
  return {
    ...ref,
    currency: o.parts.find((p) => p.currency !== null)?.currency ?? o.details?.currency ?? null,
    periods: periodsOf(o.parts),
    current: { ...o.details?.values, ...o.ratios?.values },
    ts: o.ratios?.ts ?? o.fetchedAt,
    tsOrigin: o.ratios ? 'vendor' : 'response',
    feed: 'filings',
  }
}
