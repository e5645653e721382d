// What a company reports: statements by quarter and year, made of the listing's own numbers. The totals add up (a year
// is its four quarters, assets are liabilities and equity), and everything stands on the share basis of the date asked.
import { addDays, type Micros } from '@onetape/market'
import type { Listing } from './listing.ts'
import type { Market } from './market.ts'
import {
  betaOf,
  dividendsPaid,
  FILED_AFTER_DAYS,
  fiscalYearEndMonth,
  quarterEnd,
  quarterNumber,
  quarterOf,
  type Statement,
  sharesAt,
  yearOf,
} from './statement.ts'
import { yearRange } from './year-range.ts'

export type { Statement } from './statement.ts'
export { yearRange } from './year-range.ts'

/** Everything known of a company on a date, newest first. */
export interface CompanyFigures {
  annual: readonly Statement[]
  quarters: readonly Statement[]
  sharesOutstanding: number
  beta: number
}

/** Null for what is no company: funds, coins, currencies; and before its first report. */
export function fundamentalsOf(listing: Listing, date: string, years = 5): CompanyFigures | null {
  if (listing.kind !== 'equity' || listing.type === 'ETF') return null
  const fiscalEnd = fiscalYearEndMonth(listing)
  const quarters: Statement[] = []
  // One year more than asked, so that the oldest year has all of its quarters.
  for (let n = quarterNumber(date); quarters.length < 4 * years + 3; n--) {
    const end = quarterEnd(n)
    if (end < listing.listed || end < '2004-12-31') break
    if (addDays(end, FILED_AFTER_DAYS) <= date) quarters.push(quarterOf(listing, n, { date, fiscalEnd }))
  }
  const newest = quarters[0]
  if (!newest) return null
  const annual: Statement[] = []
  for (let i = 0; i + 3 < quarters.length && annual.length < years; i++) {
    if (quarters[i]!.fiscalQuarter === 4) annual.push(yearOf(quarters.slice(i, i + 4)))
  }
  return {
    annual,
    quarters: quarters.slice(0, 4 * years),
    sharesOutstanding: sharesAt(listing, quarterNumber(date), date),
    beta: betaOf(listing),
  }
}

/** The sum of the four newest quarters; null when there are fewer. */
export const trailingYear = (figures: CompanyFigures): Statement | null =>
  figures.quarters.length < 4 ? null : yearOf(figures.quarters.slice(0, 4))

/** What the price makes of the figures at `now`; null where a figure is missing or makes no sense. */
export interface Ratios {
  price: number
  marketCap: number
  trailing: Statement | null
  peRatio: number | null
  priceToBook: number | null
  priceToSales: number | null
  dividendYield: number
  /** Dividends a share of the last 365 days. */
  dividendPerShare: number
  high52: number
  low52: number
}

export function ratiosOf(
  market: Pick<Market, 'lastTrade' | 'day'>,
  listing: Listing,
  { figures, date, now }: { figures: CompanyFigures; date: string; now: Micros },
): Ratios | null {
  const last = market.lastTrade(listing, now)
  if (!last) return null
  const trailing = trailingYear(figures)
  const dividendPerShare = dividendsPaid(listing, { from: addDays(date, -364), to: date, basis: date })
  const { price } = last
  const marketCap = Math.round(price * figures.sharesOutstanding)
  const equity = figures.quarters[0]!.equity
  return {
    price,
    marketCap,
    trailing,
    peRatio: trailing && trailing.epsDiluted > 0 ? round(price / trailing.epsDiluted, 4) : null,
    priceToBook: equity > 0 ? round(marketCap / equity, 4) : null,
    priceToSales: trailing ? round(marketCap / trailing.revenue, 4) : null,
    dividendYield: round(dividendPerShare / price, 6),
    dividendPerShare,
    ...yearRange(market, listing, now),
  }
}

const round = (value: number, decimals: number): number => Number(value.toFixed(decimals))
