// One reported period of a company, made of the listing's own numbers.
import { addDays } from '@onetape/market'
import { dividendsOf, splitFactor } from './actions.ts'
import { dayNumber } from './calendar.ts'
import { normal, uniform } from './hash.ts'
import type { Listing } from './listing.ts'

const ANCHOR = '2026-11-20'
const FOREVER = '9999-12-31'
export const FILED_AFTER_DAYS = 38
const TAX = 0.21
/** Dollars a day that only the shares of large companies turn over. */
const LARGE_TURNOVER = 150_000_000

/** One reported period in whole US dollars; shares and amounts a share on the basis of the date asked. */
export interface Statement {
  span: 'annual' | 'quarter'
  /** Last day of the period, always the end of a calendar quarter. */
  endDate: string
  startDate: string
  filedDate: string
  fiscalYear: number
  /** 1 to 4; null for a year. */
  fiscalQuarter: number | null
  revenue: number
  costOfRevenue: number
  grossProfit: number
  operatingExpenses: number
  operatingIncome: number
  interestExpense: number
  incomeTax: number
  netIncome: number
  /** Average of the period. */
  sharesBasic: number
  sharesDiluted: number
  epsBasic: number
  epsDiluted: number
  /** Dividends with an ex-date in the period. */
  dividendsPerShare: number
  operatingCashFlow: number
  /** Money spent, positive. */
  capitalExpenditure: number
  freeCashFlow: number
  /** At the end of the period. */
  cash: number
  currentAssets: number
  totalAssets: number
  currentLiabilities: number
  totalDebt: number
  totalLiabilities: number
  equity: number
}

export function quarterOf(
  listing: Listing,
  n: number,
  { date, fiscalEnd }: { date: string; fiscalEnd: number },
): Statement {
  const { key } = listing
  const endDate = quarterEnd(n)
  const startDate = addDays(quarterEnd(n - 1), 1)
  const draw = (salt: number) => normal(key ^ 0x2f0a11, n * 64 + salt)
  const character = characterOf(listing)
  const revenue = thousands(revenueAt(listing, n) * (1 + 0.02 * draw(1)))
  const costOfRevenue = thousands(revenue * clamp(1 - character.grossMargin + 0.008 * draw(2), 0.05, 0.95))
  const grossProfit = revenue - costOfRevenue
  const operatingIncome = thousands(revenue * (character.operatingMargin + 0.012 * draw(3)))
  const totalAssets = thousands(revenueAt(listing, n) * 4 * character.assetsToRevenue * (1 + 0.01 * draw(4)))
  const totalLiabilities = thousands(totalAssets * clamp(character.leverage + 0.01 * draw(5), 0.08, 0.92))
  const totalDebt = thousands(totalLiabilities * character.debtShare)
  const interestExpense = thousands(totalDebt * 0.011)
  const taxed = Math.max(0, operatingIncome - interestExpense)
  const incomeTax = thousands(taxed * TAX)
  const netIncome = operatingIncome - interestExpense - incomeTax
  const currentAssets = thousands(totalAssets * 0.38)
  const sharesBasic = sharesAt(listing, n, date)
  const sharesDiluted = Math.round(sharesBasic * 1.006)
  const operatingCashFlow = netIncome + thousands(revenue * (0.055 + 0.01 * draw(6)))
  const capitalExpenditure = thousands(revenue * clamp(0.06 + 0.008 * draw(7), 0.01, 0.12))
  const month = Number(endDate.slice(5, 7))
  const fiscalQuarter = ((month - fiscalEnd + 12) % 12) / 3 || 4
  return {
    span: 'quarter',
    endDate,
    startDate,
    filedDate: addDays(endDate, FILED_AFTER_DAYS),
    fiscalYear: Number(endDate.slice(0, 4)) + (month > fiscalEnd ? 1 : 0),
    fiscalQuarter,
    revenue,
    costOfRevenue,
    grossProfit,
    operatingExpenses: grossProfit - operatingIncome,
    operatingIncome,
    interestExpense,
    incomeTax,
    netIncome,
    sharesBasic,
    sharesDiluted,
    epsBasic: round(netIncome / sharesBasic, 4),
    epsDiluted: round(netIncome / sharesDiluted, 4),
    dividendsPerShare: dividendsPaid(listing, { from: startDate, to: endDate, basis: date }),
    operatingCashFlow,
    capitalExpenditure,
    freeCashFlow: operatingCashFlow - capitalExpenditure,
    cash: thousands(currentAssets * (0.2 + 0.4 * uniform(key, 0x71))),
    currentAssets,
    totalAssets,
    currentLiabilities: thousands(totalLiabilities * 0.41),
    totalDebt,
    totalLiabilities,
    equity: totalAssets - totalLiabilities,
  }
}

/** Four neighbouring quarters, newest first, as one year. */
export function yearOf(quarters: readonly Statement[]): Statement {
  const newest = quarters[0]!
  const sum = (of: (q: Statement) => number) => quarters.reduce((total, q) => total + of(q), 0)
  const netIncome = sum((q) => q.netIncome)
  const sharesBasic = Math.round(sum((q) => q.sharesBasic) / quarters.length)
  const sharesDiluted = Math.round(sum((q) => q.sharesDiluted) / quarters.length)
  return {
    ...newest,
    span: 'annual',
    startDate: quarters.at(-1)!.startDate,
    fiscalQuarter: null,
    revenue: sum((q) => q.revenue),
    costOfRevenue: sum((q) => q.costOfRevenue),
    grossProfit: sum((q) => q.grossProfit),
    operatingExpenses: sum((q) => q.operatingExpenses),
    operatingIncome: sum((q) => q.operatingIncome),
    interestExpense: sum((q) => q.interestExpense),
    incomeTax: sum((q) => q.incomeTax),
    netIncome,
    sharesBasic,
    sharesDiluted,
    epsBasic: round(netIncome / sharesBasic, 4),
    epsDiluted: round(netIncome / sharesDiluted, 4),
    dividendsPerShare: round(
      sum((q) => q.dividendsPerShare),
      6,
    ),
    operatingCashFlow: sum((q) => q.operatingCashFlow),
    capitalExpenditure: sum((q) => q.capitalExpenditure),
    freeCashFlow: sum((q) => q.freeCashFlow),
  }
}

/** What kind of business it is, the same for all of its life. Of the smaller ones some lose money. */
function characterOf({ key, price, volume }: Listing) {
  const loses = price * volume < LARGE_TURNOVER && uniform(key, 0x62) < 0.15
  const operatingMargin = loses ? -0.06 : 0.09 + 0.25 * uniform(key, 0x63)
  return {
    operatingMargin,
    grossMargin: clamp(operatingMargin + 0.15 + 0.3 * uniform(key, 0x64), 0.2, 0.85),
    assetsToRevenue: 0.8 + 1.8 * uniform(key, 0x65),
    leverage: 0.3 + 0.45 * uniform(key, 0x66),
    debtShare: 0.25 + 0.4 * uniform(key, 0x67),
    priceToSales: 1.2 + 20 * Math.max(0.02, operatingMargin) * (0.6 + 0.8 * uniform(key, 0x68)),
    growth: 0.03 + 0.14 * uniform(key, 0x69),
  }
}

/** A quarter's revenue without its noise: steady growth, a better last quarter of the calendar year. */
function revenueAt(listing: Listing, n: number): number {
  const character = characterOf(listing)
  const years = (n - quarterNumber(ANCHOR)) / 4
  const yearly = (anchorShares(listing) * listing.price) / character.priceToSales
  const season = [0.97, 0.98, 1, 1.05][((n % 4) + 4) % 4]!
  return (yearly / 4) * Math.exp(character.growth * years) * season
}

/** Shares at the end of quarter `n`, on the share basis of `date`. */
export function sharesAt(listing: Listing, n: number, date: string): number {
  const years = (n - quarterNumber(ANCHOR)) / 4
  const change = -0.02 + 0.035 * uniform(listing.key, 0x6a)
  return Math.round((anchorShares(listing) * Math.exp(change * years)) / splitFactor(listing, date, FOREVER))
}

/** A share changes hands every few months to years. */
const anchorShares = (listing: Listing): number =>
  Math.round(listing.volume / (0.0035 * Math.exp(0.45 * normal(listing.key, 0x6b))))

export const betaOf = (listing: Listing): number =>
  round(clamp(0.35 + 45 * listing.volatility + 0.15 * normal(listing.key, 0x6c), 0.1, 3), 3)

export function dividendsPaid(
  listing: Listing,
  { from, to, basis }: { from: string; to: string; basis: string },
): number {
  const paid = dividendsOf(listing, from, to)
  return round(
    paid.reduce((sum, d) => sum + d.amount / splitFactor(listing, d.date, basis), 0),
    6,
  )
}

export const fiscalYearEndMonth = ({ key }: Listing): number =>
  uniform(key, 0x6d) < 0.7 ? 12 : [3, 6, 9][Math.floor(3 * uniform(key, 0x6e))]!

/** Calendar quarters since 1970; `date` lies in it. */
export function quarterNumber(date: string): number {
  const at = new Date(dayNumber(date) * 86_400_000)
  return (at.getUTCFullYear() - 1970) * 4 + Math.floor(at.getUTCMonth() / 3)
}

export const quarterEnd = (n: number): string =>
  new Date(Date.UTC(1970 + Math.floor(n / 4), ((((n % 4) + 4) % 4) + 1) * 3, 0)).toISOString().slice(0, 10)

const thousands = (value: number): number => Math.round(value / 1000) * 1000
const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value))
const round = (value: number, decimals: number): number => Number(value.toFixed(decimals))
