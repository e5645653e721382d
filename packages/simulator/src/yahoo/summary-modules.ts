// The modules of quoteSummary, as far as the market knows what they tell. The old statement modules are there and
// nearly empty, as they have been for years.
import type { Micros } from '@onetape/market'
import { dividendsOf } from '../market/actions.ts'
import {
  type CompanyFigures,
  fundamentalsOf,
  type Ratios,
  ratiosOf,
  yearRange,
} from '../market/fundamentals.ts'
import { mix } from '../market/hash.ts'
import type { Market } from '../market/market.ts'
import { dateInNewYork } from '../new-york.ts'
import type { YahooFacts } from './facts.ts'
import {
  asQuoted,
  currencyOf,
  exchangeOf,
  longNameOf,
  priceHintOf,
  quoteTypeOf,
  secondsOf,
  volumeOf,
  yahooSymbol,
} from './names.ts'
import { offsetS, zoneName, zoneOf } from './zone.ts'

export interface Subject {
  market: Market
  facts: YahooFacts
  now: Micros
  /** Null for what is no company. */
  company: { figures: CompanyFigures; ratios: Ratios } | null
}

export function subjectOf(market: Market, facts: YahooFacts, now: Micros): Subject {
  const date = dateInNewYork(now)
  const figures = fundamentalsOf(facts.listing, date)
  const ratios = figures && ratiosOf(market, facts.listing, { figures, date, now })
  return { market, facts, now, company: figures && ratios ? { figures, ratios } : null }
}

type Fields = Record<string, unknown>

/** A module that has nothing to say about a subject is null. */
export const MODULES: Record<string, (subject: Subject) => Fields | null> = {
  price,
  summaryDetail,
  quoteType,
  defaultKeyStatistics,
  financialData,
  calendarEvents,
  assetProfile,
  summaryProfile: assetProfile,
  incomeStatementHistory: (s) => statements(s, 'incomeStatementHistory'),
  balanceSheetHistory: (s) => statements(s, 'balanceSheetStatements'),
  cashflowStatementHistory: (s) => statements(s, 'cashflowStatements'),
}

const secondsOn = (date: string): number => Date.parse(`${date}T00:00:00Z`) / 1000

function price({ facts, company }: Subject): Fields {
  const { listing, last, previousClose, day, marketState } = facts
  const change = last.price - previousClose
  return {
    maxAge: 1,
    regularMarketChangePercent: asQuoted(change / previousClose),
    regularMarketChange: asQuoted(change),
    regularMarketTime: secondsOf(last.ts),
    priceHint: priceHintOf(listing),
    regularMarketPrice: asQuoted(last.price),
    regularMarketDayHigh: day.high,
    regularMarketDayLow: day.low,
    regularMarketVolume: volumeOf(listing, day.volume, last.price),
    regularMarketPreviousClose: asQuoted(previousClose),
    regularMarketSource: 'FREE_REALTIME',
    regularMarketOpen: day.open,
    exchange: exchangeOf(listing).code,
    exchangeName: exchangeOf(listing).name,
    exchangeDataDelayedBy: 0,
    marketState,
    quoteType: quoteTypeOf(listing),
    symbol: yahooSymbol(listing),
    shortName: longNameOf(listing),
    longName: longNameOf(listing),
    currency: currencyOf(listing),
    currencySymbol: '$',
    ...(company ? { marketCap: company.ratios.marketCap } : {}),
  }
}

function summaryDetail({ market, facts, now, company }: Subject): Fields {
  const { listing, last, previousClose, day, quote, marketState } = facts
  const { high52, low52 } = yearRange(market, listing, now)
  const open = marketState === 'REGULAR'
  const average = Math.round(volumeOf(listing, listing.volume, last.price))
  return {
    maxAge: 1,
    priceHint: priceHintOf(listing),
    previousClose: asQuoted(previousClose),
    open: day.open,
    dayLow: day.low,
    dayHigh: day.high,
    regularMarketPreviousClose: asQuoted(previousClose),
    regularMarketOpen: day.open,
    regularMarketDayLow: day.low,
    regularMarketDayHigh: day.high,
    volume: volumeOf(listing, day.volume, last.price),
    regularMarketVolume: volumeOf(listing, day.volume, last.price),
    averageVolume: average,
    averageVolume10days: Math.round(average * 0.97),
    bid: open ? quote.bid : 0,
    ask: open ? quote.ask : 0,
    bidSize: open ? quote.bidSize : 0,
    askSize: open ? quote.askSize : 0,
    fiftyTwoWeekLow: low52,
    fiftyTwoWeekHigh: high52,
    currency: currencyOf(listing),
    tradeable: false,
    ...(company ? detailOfCompany(company.ratios) : {}),
  }
}

const detailOfCompany = (ratios: Ratios): Fields => ({
  ...(ratios.dividendPerShare > 0
    ? {
        dividendRate: ratios.dividendPerShare,
        dividendYield: ratios.dividendYield,
        trailingAnnualDividendRate: ratios.dividendPerShare,
        trailingAnnualDividendYield: ratios.dividendYield,
      }
    : {}),
  ...(ratios.peRatio === null ? {} : { trailingPE: ratios.peRatio }),
  ...(ratios.priceToSales === null ? {} : { priceToSalesTrailing12Months: ratios.priceToSales }),
  marketCap: ratios.marketCap,
})

function quoteType({ facts: { listing }, now }: Subject): Fields {
  return {
    exchange: exchangeOf(listing).code,
    quoteType: quoteTypeOf(listing),
    symbol: yahooSymbol(listing),
    underlyingSymbol: yahooSymbol(listing),
    shortName: longNameOf(listing),
    longName: longNameOf(listing),
    firstTradeDateEpochUtc: secondsOn(listing.listed) + 52_200,
    timeZoneFullName: zoneOf(listing),
    timeZoneShortName: zoneName(listing, now),
    gmtOffSetMilliseconds: offsetS(listing, now) * 1000,
    maxAge: 1,
  }
}

function defaultKeyStatistics({ company, facts: { listing } }: Subject): Fields | null {
  if (!company) return null
  const { figures, ratios } = company
  const [quarter] = figures.quarters
  const year = ratios.trailing
  const split = listing.splits.at(-1)
  return {
    maxAge: 1,
    priceHint: 2,
    enterpriseValue: ratios.marketCap + quarter!.totalDebt - quarter!.cash,
    sharesOutstanding: figures.sharesOutstanding,
    floatShares: Math.round(figures.sharesOutstanding * 0.97),
    beta: figures.beta,
    bookValue: asQuoted(quarter!.equity / figures.sharesOutstanding),
    ...(ratios.priceToBook === null ? {} : { priceToBook: ratios.priceToBook }),
    lastFiscalYearEnd: secondsOn(figures.annual[0]?.endDate ?? quarter!.endDate),
    mostRecentQuarter: secondsOn(quarter!.endDate),
    ...(year
      ? {
          profitMargins: asQuoted(year.netIncome / year.revenue),
          netIncomeToCommon: year.netIncome,
          trailingEps: year.epsDiluted,
        }
      : {}),
    ...(split ? { lastSplitFactor: `${split.to}:${split.from}`, lastSplitDate: secondsOn(split.date) } : {}),
  }
}

function financialData({ company, facts }: Subject): Fields | null {
  if (!company) return null
  const { figures, ratios } = company
  const [quarter] = figures.quarters
  const year = ratios.trailing
  return {
    maxAge: 86_400,
    currentPrice: asQuoted(facts.last.price),
    totalCash: quarter!.cash,
    totalDebt: quarter!.totalDebt,
    currentRatio: asQuoted(quarter!.currentAssets / quarter!.currentLiabilities),
    debtToEquity: asQuoted((quarter!.totalDebt / quarter!.equity) * 100),
    ...(year
      ? {
          totalRevenue: year.revenue,
          revenuePerShare: asQuoted(year.revenue / figures.sharesOutstanding),
          grossProfits: year.grossProfit,
          freeCashflow: year.freeCashFlow,
          operatingCashflow: year.operatingCashFlow,
          grossMargins: asQuoted(year.grossProfit / year.revenue),
          operatingMargins: asQuoted(year.operatingIncome / year.revenue),
          profitMargins: asQuoted(year.netIncome / year.revenue),
          returnOnAssets: asQuoted(year.netIncome / quarter!.totalAssets),
          returnOnEquity: asQuoted(year.netIncome / quarter!.equity),
        }
      : {}),
    financialCurrency: 'USD',
  }
}

function calendarEvents({ company, facts, now }: Subject): Fields | null {
  if (!company) return null
  const today = dateInNewYork(now)
  const dividend = dividendsOf(facts.listing, `${Number(today.slice(0, 4)) - 1}${today.slice(4)}`, today).at(
    -1,
  )
  const earnings = secondsOn(company.figures.quarters[0]!.filedDate) + 91 * 86_400
  return {
    maxAge: 1,
    earnings: { earningsDate: [earnings] },
    ...(dividend ? { exDividendDate: secondsOn(dividend.date) } : {}),
  }
}

const SECTORS = [
  'Technology',
  'Healthcare',
  'Industrials',
  'Energy',
  'Consumer Cyclical',
  'Financial Services',
]

function assetProfile({ company, facts: { listing } }: Subject): Fields | null {
  if (!company) return null
  return {
    country: 'United States',
    sector: SECTORS[mix(listing.key, 91) % SECTORS.length],
    longBusinessSummary: `${listing.name} is a company of the simulated market.`,
    fullTimeEmployees: Math.round(company.figures.sharesOutstanding / 50_000) + 40,
    companyOfficers: [],
    maxAge: 86_400,
  }
}

/** Of all lines only the end of the period and the income are left. */
function statements({ company }: Subject, list: string): Fields | null {
  if (!company) return null
  const rows = company.figures.annual.slice(0, 4).map((year) => ({
    maxAge: 1,
    endDate: { raw: secondsOn(year.endDate), fmt: year.endDate },
    ...(list === 'balanceSheetStatements' ? {} : { netIncome: { raw: year.netIncome } }),
  }))
  return { [list]: rows, maxAge: 86_400 }
}
