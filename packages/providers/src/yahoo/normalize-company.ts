// Yahoo's company figures under the house's names. Pure.
import {
  type FundamentalItem,
  type FundamentalPeriod,
  type Fundamentals,
  type FundamentalValues,
  type Micros,
  microsFromSeconds,
  type SymbolRef,
} from '@onetape/market'
import type { DroppedRow } from '../contract.ts'
import { readRows } from '../wire-rows.ts'
import { inCurrency, type PriceUnit, unitOf } from './minor-units.ts'
import { figureSchema, numberIn, type Series, type Summary, textIn } from './payload-company.ts'

const ITEMS: Readonly<Record<string, FundamentalItem>> = {
  TotalRevenue: 'revenue',
  GrossProfit: 'grossProfit',
  OperatingIncome: 'operatingIncome',
  NetIncome: 'netIncome',
  BasicEPS: 'epsBasic',
  DilutedEPS: 'epsDiluted',
  TotalAssets: 'totalAssets',
  TotalLiabilitiesNetMinorityInterest: 'totalLiabilities',
  StockholdersEquity: 'equity',
  CashAndCashEquivalents: 'cash',
  TotalDebt: 'totalDebt',
  OperatingCashFlow: 'operatingCashFlow',
  CapitalExpenditure: 'capitalExpenditure',
  FreeCashFlow: 'freeCashFlow',
}
const SPANS: Readonly<Record<string, FundamentalPeriod['span']>> = {
  annual: 'annual',
  quarterly: 'quarter',
  trailing: 'ttm',
}

/** What the time series is asked for. */
export const SERIES_TYPES: readonly string[] = Object.keys(SPANS).flatMap((span) =>
  Object.keys(ITEMS).map((name) => span + name),
)

export interface Statements {
  /** Of most figures; those in another (the EPS of depositary receipts) are left out. */
  currency: string | null
  /** Newest first. */
  periods: FundamentalPeriod[]
  dropped: DroppedRow[]
}

interface Figure {
  span: FundamentalPeriod['span']
  item: FundamentalItem
  endDate: string
  value: number
  currency: string
}

export function normalizeStatements(series: readonly Series[]): Statements {
  const figures: Figure[] = []
  const dropped: DroppedRow[] = []
  for (const { type, figures: list } of series) {
    const [, prefix, name] = /^(annual|quarterly|trailing)(.+)$/.exec(type) ?? []
    const span = SPANS[prefix ?? '']
    const item = ITEMS[name ?? '']
    if (!span || !item) continue
    const read = readRows(
      list.filter((figure) => figure !== null),
      {
        schema: figureSchema,
        nameOf: () => type,
        normalize: (row): Figure => ({
          span,
          item,
          endDate: row.asOfDate,
          value: row.reportedValue.raw,
          currency: row.currencyCode,
        }),
      },
    )
    for (const figure of read.rows) figures.push(figure)
    dropped.push(...read.dropped)
  }
  return { ...periodsOf(figures, dropped), dropped }
}

function periodsOf(figures: readonly Figure[], dropped: DroppedRow[]): Omit<Statements, 'dropped'> {
  const reporting = mostUsed(figures.map((f) => f.currency))
  if (reporting === null) return { currency: null, periods: [] }
  const periods = new Map<string, FundamentalPeriod>()
  for (const { span, endDate, item, value, currency } of figures) {
    if (currency !== reporting) {
      dropped.push({
        row: `${item} ${endDate}`,
        reason: `is in ${currency}, the statements are in ${reporting}`,
      })
      continue
    }
    const key = `${endDate} ${span}`
    const period = periods.get(key) ?? { span, endDate, values: {} }
    period.values[item] = value
    periods.set(key, period)
  }
  const ordered = [...periods].sort(([a], [b]) => b.localeCompare(a)).map(([, period]) => period)
  return { currency: reporting, periods: ordered }
}

function mostUsed(words: readonly string[]): string | null {
  const counts = new Map<string, number>()
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1)
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? null
}

export interface Current {
  currency: string | null
  values: FundamentalValues
  ts: Micros | null
}

/** Figures that are money of the price's currency, not of the statements'. */
const MONEY: readonly FundamentalItem[] = ['marketCap', 'dividendPerShare', 'week52High', 'week52Low']

export function normalizeSummary({ price, summaryDetail, defaultKeyStatistics }: Summary): Current {
  const said = textIn(price, 'currency') ?? textIn(summaryDetail, 'currency')
  const unit: PriceUnit = said ? unitOf(said) : { currency: '', dividedBy: 1 }
  const isMinor = unit.dividedBy !== 1
  const priced = (value: number | null) => (value === null ? null : inCurrency(value, unit))
  const priceToBook = numberIn(defaultKeyStatistics, 'priceToBook')
  const values: { [item in FundamentalItem]?: number | null } = {
    // Always in whole units, pence or not.
    marketCap: numberIn(price, 'marketCap') ?? numberIn(summaryDetail, 'marketCap'),
    sharesOutstanding: numberIn(defaultKeyStatistics, 'sharesOutstanding'),
    // Pence over pounds, the vendor divides without looking.
    priceToBook: priced(priceToBook),
    // For minor units nobody can tell which of the two the vendor took.
    peRatio: isMinor ? null : numberIn(summaryDetail, 'trailingPE'),
    dividendPerShare: isMinor ? null : numberIn(summaryDetail, 'dividendRate'),
    dividendYield: numberIn(summaryDetail, 'dividendYield'),
    beta: numberIn(summaryDetail, 'beta') ?? numberIn(defaultKeyStatistics, 'beta'),
    week52High: priced(numberIn(summaryDetail, 'fiftyTwoWeekHigh')),
    week52Low: priced(numberIn(summaryDetail, 'fiftyTwoWeekLow')),
  }
  const seconds = numberIn(price, 'regularMarketTime')
  return {
    currency: unit.currency || null,
    values: Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null)),
    ts: seconds === null ? null : microsFromSeconds(seconds),
  }
}

/** Statements and the figures of today as one; money in another currency than the statements' is left out. */
export function fundamentalsOf(
  ref: SymbolRef,
  o: { statements: Statements; current: Current | null; fetchedAt: Micros },
): { noun: Fundamentals; dropped: DroppedRow[] } {
  const { statements, current } = o
  const currency = statements.currency ?? current?.currency ?? null
  const values = { ...current?.values }
  const dropped: DroppedRow[] = []
  for (const item of MONEY) {
    if (values[item] === undefined || current?.currency === currency) continue
    delete values[item]
    dropped.push({
      row: item,
      reason: `is in ${current?.currency ?? 'no currency'}, the statements are in ${currency}`,
    })
  }
  return {
    noun: {
      ...ref,
      currency,
      periods: statements.periods,
      current: values,
      ts: current?.ts ?? o.fetchedAt,
      tsOrigin: current?.ts == null ? 'response' : 'vendor',
      feed: 'yahoo',
    },
    dropped,
  }
}
