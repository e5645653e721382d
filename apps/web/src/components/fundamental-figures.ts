// A company's figures as a table: statements by period, what each figure is called and how it is written. Pure.
import type { FundamentalItem, FundamentalPeriod } from '@onetape/market'
import { UNKNOWN } from './number-format.ts'

type Style = 'money' | 'perShare' | 'count' | 'ratio' | 'percent'

const FIGURES: Record<FundamentalItem, { label: string; style: Style }> = {
  revenue: { label: 'Revenue', style: 'money' },
  grossProfit: { label: 'Gross profit', style: 'money' },
  operatingIncome: { label: 'Operating income', style: 'money' },
  netIncome: { label: 'Net income', style: 'money' },
  epsBasic: { label: 'EPS, basic', style: 'perShare' },
  epsDiluted: { label: 'EPS, diluted', style: 'perShare' },
  totalAssets: { label: 'Total assets', style: 'money' },
  totalLiabilities: { label: 'Total liabilities', style: 'money' },
  equity: { label: 'Equity', style: 'money' },
  cash: { label: 'Cash', style: 'money' },
  totalDebt: { label: 'Total debt', style: 'money' },
  operatingCashFlow: { label: 'Operating cash flow', style: 'money' },
  capitalExpenditure: { label: 'Capital expenditure', style: 'money' },
  freeCashFlow: { label: 'Free cash flow', style: 'money' },
  marketCap: { label: 'Market cap', style: 'money' },
  sharesOutstanding: { label: 'Shares outstanding', style: 'count' },
  peRatio: { label: 'Price to earnings', style: 'ratio' },
  priceToBook: { label: 'Price to book', style: 'ratio' },
  dividendPerShare: { label: 'Dividend per share', style: 'perShare' },
  dividendYield: { label: 'Dividend yield', style: 'percent' },
  beta: { label: 'Beta', style: 'ratio' },
  week52High: { label: '52-week high', style: 'perShare' },
  week52Low: { label: '52-week low', style: 'perShare' },
}

/** Those that a statement holds, in its order; the rest are figures of today. */
export const STATEMENTS: { title: string; items: FundamentalItem[] }[] = [
  {
    title: 'Income',
    items: [
      'revenue',
      'grossProfit',
      'operatingIncome',
      'netIncome',
      'epsBasic',
      'epsDiluted',
      'dividendPerShare',
    ],
  },
  {
    title: 'Balance sheet',
    items: ['totalAssets', 'totalLiabilities', 'equity', 'cash', 'totalDebt', 'sharesOutstanding'],
  },
  { title: 'Cash flow', items: ['operatingCashFlow', 'capitalExpenditure', 'freeCashFlow'] },
]

export const labelOf = (item: FundamentalItem): string => FIGURES[item].label

const compact = new Intl.NumberFormat('en-US', {
  notation: 'compact',
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
})

export function formatFigure(item: FundamentalItem, value: number | undefined): string {
  if (value === undefined) return UNKNOWN
  const size = Math.abs(value)
  const { style } = FIGURES[item]
  const text =
    style === 'percent'
      ? `${(size * 100).toFixed(2)}%`
      : style === 'money' || style === 'count'
        ? size < 1_000
          ? String(size)
          : compact.format(size)
        : size.toFixed(2)
  return `${value < 0 && /[1-9]/.test(text) ? '−' : ''}${text}`
}

export type Span = FundamentalPeriod['span']
export const SPAN_LABELS: Record<Span, string> = {
  quarter: 'Quarters',
  annual: 'Years',
  ttm: 'Trailing year',
}

/** Spans that have periods, the most telling first. */
export const spansIn = (periods: readonly FundamentalPeriod[]): Span[] =>
  (['quarter', 'annual', 'ttm'] as const).filter((span) => periods.some((p) => p.span === span))

export interface FigureRow {
  item: FundamentalItem
  /** One for each period, newest first. */
  values: (number | undefined)[]
  /** Newest against the same period a year before, as a fraction; null where either is not known or not positive. */
  yearChange: number | null
}

export interface StatementTable {
  periods: FundamentalPeriod[]
  groups: { title: string; rows: FigureRow[] }[]
}

const PERIODS_MAX = 8

export function statementTable(all: readonly FundamentalPeriod[], span: Span): StatementTable {
  const ofSpan = all.filter((p) => p.span === span).sort((a, b) => (a.endDate < b.endDate ? 1 : -1))
  const periods = ofSpan.slice(0, PERIODS_MAX)
  const yearBefore = periods[0] && yearEarlier(ofSpan, periods[0])
  const groups = STATEMENTS.map(({ title, items }) => ({
    title,
    rows: items
      .filter((item) => periods.some((p) => p.values[item] !== undefined))
      .map((item) => ({
        item,
        values: periods.map((p) => p.values[item]),
        yearChange: changeOf(periods[0]?.values[item], yearBefore?.values[item]),
      })),
  }))
  return { periods, groups: groups.filter(({ rows }) => rows.length > 0) }
}

/** Companies end their quarters on a weekday: some days' difference is the same quarter. */
const SAME_WITHIN_DAYS = 20

function yearEarlier(
  periods: readonly FundamentalPeriod[],
  of: FundamentalPeriod,
): FundamentalPeriod | undefined {
  const wanted = Date.parse(of.endDate) - 365 * 86_400_000
  return periods.find((p) => Math.abs(Date.parse(p.endDate) - wanted) <= SAME_WITHIN_DAYS * 86_400_000)
}

const changeOf = (now: number | undefined, before: number | undefined): number | null =>
  now === undefined || before === undefined || before <= 0 || now <= 0 ? null : now / before - 1
