// Rows of /stocks/financials/v1: one statement of one period, a line a field. Lines that a company lacks are 0.
import type { Ratios, Statement } from '../market/fundamentals.ts'
import type { Company } from './company-routes.ts'
import { rounded } from './round.ts'

/** By the last part of the path. */
export const STATEMENT_ROWS: Record<string, (s: Statement) => object> = {
  'income-statements': (s) => ({
    basic_earnings_per_share: s.epsBasic,
    basic_shares_outstanding: s.sharesBasic,
    consolidated_net_income_loss: s.netIncome,
    cost_of_revenue: s.costOfRevenue,
    diluted_earnings_per_share: s.epsDiluted,
    diluted_shares_outstanding: s.sharesDiluted,
    discontinued_operations: 0,
    gross_profit: s.grossProfit,
    income_before_income_taxes: s.netIncome + s.incomeTax,
    income_taxes: s.incomeTax,
    interest_expense: s.interestExpense,
    net_income_loss_attributable_common_shareholders: s.netIncome,
    operating_income: s.operatingIncome,
    revenue: s.revenue,
    total_operating_expenses: s.operatingExpenses,
  }),
  'balance-sheets': (s) => ({
    cash_and_equivalents: s.cash,
    debt_current: Math.round(s.totalDebt * 0.2),
    long_term_debt_and_capital_lease_obligations: s.totalDebt - Math.round(s.totalDebt * 0.2),
    other_equity: 0,
    total_assets: s.totalAssets,
    total_current_assets: s.currentAssets,
    total_current_liabilities: s.currentLiabilities,
    total_equity: s.equity,
    total_equity_attributable_to_parent: s.equity,
    total_liabilities: s.totalLiabilities,
    total_liabilities_and_equity: s.totalLiabilities + s.equity,
  }),
  'cash-flow-statements': (s) => ({
    cash_from_operating_activities_continuing_operations: s.operatingCashFlow,
    net_cash_from_operating_activities: s.operatingCashFlow,
    net_income: s.netIncome,
    other_cash_adjustments: 0,
    purchase_of_property_plant_and_equipment: -s.capitalExpenditure,
  }),
}

export const ratiosRow = (
  { listing, cik, figures }: Company,
  { ratios: r, date }: { ratios: Ratios; date: string },
): object => {
  const [quarter] = figures.quarters
  const year = r.trailing
  const equity = quarter!.equity
  const row = {
    average_volume: listing.volume,
    cash: ratio(quarter!.cash, quarter!.currentLiabilities),
    cik,
    current: ratio(quarter!.currentAssets, quarter!.currentLiabilities),
    date,
    debt_to_equity: ratio(quarter!.totalDebt, equity),
    dividend_yield: r.dividendYield,
    earnings_per_share: year?.epsDiluted ?? 0,
    enterprise_value: r.marketCap + quarter!.totalDebt - quarter!.cash,
    free_cash_flow: year?.freeCashFlow ?? 0,
    market_cap: r.marketCap,
    price: r.price,
    price_to_book: r.priceToBook,
    price_to_earnings: r.peRatio,
    price_to_sales: r.priceToSales,
    return_on_assets: year ? ratio(year.netIncome, quarter!.totalAssets) : null,
    return_on_equity: year ? ratio(year.netIncome, equity) : null,
    ticker: listing.symbol,
  }
  // What makes no sense, a multiple of a loss, is left out.
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null))
}

const ratio = (a: number, b: number): number | null => (b === 0 ? null : rounded(a / b))
