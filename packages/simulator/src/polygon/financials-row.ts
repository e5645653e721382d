// A row of /vX/reference/financials: all statements of a period, each line with its label, unit and place.
import type { Statement } from '../market/fundamentals.ts'
import { hexText } from '../market/hash.ts'
import type { Company } from './company-routes.ts'

const line = (label: string, value: number, o: { order: number; unit?: string }) => ({
  label,
  order: o.order,
  unit: o.unit ?? 'USD',
  value,
})

export function financialsOf({ listing, cik }: Company, period: Statement): object {
  const filing = `${cik}-${period.filedDate.slice(2, 4)}-${Number.parseInt(hexText(period.endDate, 5), 16) % 1_000_000}`
  return {
    cik,
    company_name: listing.name,
    end_date: period.endDate,
    filing_date: period.filedDate,
    financials: {
      balance_sheet: balanceSheet(period),
      cash_flow_statement: cashFlow(period),
      income_statement: income(period),
    },
    fiscal_period: period.fiscalQuarter === null ? 'FY' : `Q${period.fiscalQuarter}`,
    fiscal_year: String(period.fiscalYear),
    source_filing_url: `https://api.polygon.io/v1/reference/sec/filings/${filing}`,
    start_date: period.startDate,
    tickers: [listing.symbol],
    timeframe: period.span === 'annual' ? 'annual' : 'quarterly',
  }
}

const balanceSheet = (s: Statement) => ({
  assets: line('Assets', s.totalAssets, { order: 100 }),
  current_assets: line('Current Assets', s.currentAssets, { order: 200 }),
  cash: line('Cash', s.cash, { order: 210 }),
  noncurrent_assets: line('Noncurrent Assets', s.totalAssets - s.currentAssets, { order: 300 }),
  liabilities: line('Liabilities', s.totalLiabilities, { order: 600 }),
  current_liabilities: line('Current Liabilities', s.currentLiabilities, { order: 700 }),
  noncurrent_liabilities: line('Noncurrent Liabilities', s.totalLiabilities - s.currentLiabilities, {
    order: 800,
  }),
  equity: line('Equity', s.equity, { order: 1400 }),
  equity_attributable_to_parent: line('Equity Attributable To Parent', s.equity, { order: 1600 }),
  liabilities_and_equity: line('Liabilities And Equity', s.totalAssets, { order: 1900 }),
})

const cashFlow = (s: Statement) => ({
  net_cash_flow_from_operating_activities: line(
    'Net Cash Flow From Operating Activities',
    s.operatingCashFlow,
    { order: 100 },
  ),
  net_cash_flow_from_investing_activities: line(
    'Net Cash Flow From Investing Activities',
    -s.capitalExpenditure,
    { order: 400 },
  ),
})

const income = (s: Statement) => ({
  revenues: line('Revenues', s.revenue, { order: 100 }),
  cost_of_revenue: line('Cost Of Revenue', s.costOfRevenue, { order: 300 }),
  gross_profit: line('Gross Profit', s.grossProfit, { order: 800 }),
  operating_expenses: line('Operating Expenses', s.operatingExpenses, { order: 1000 }),
  operating_income_loss: line('Operating Income/Loss', s.operatingIncome, { order: 1100 }),
  income_tax_expense_benefit: line('Income Tax Expense/Benefit', s.incomeTax, { order: 2200 }),
  net_income_loss: line('Net Income/Loss', s.netIncome, { order: 3200 }),
  net_income_loss_attributable_to_parent: line('Net Income/Loss Attributable To Parent', s.netIncome, {
    order: 3500,
  }),
  basic_earnings_per_share: line('Basic Earnings Per Share', s.epsBasic, {
    order: 4200,
    unit: 'USD / shares',
  }),
  diluted_earnings_per_share: line('Diluted Earnings Per Share', s.epsDiluted, {
    order: 4300,
    unit: 'USD / shares',
  }),
  basic_average_shares: line('Basic Average Shares', s.sharesBasic, { order: 4400, unit: 'shares' }),
  diluted_average_shares: line('Diluted Average Shares', s.sharesDiluted, { order: 4500, unit: 'shares' }),
})
