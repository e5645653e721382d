// GET /ws/fundamentals-timeseries/v1/finance/timeseries/{symbol}?type=annualTotalRevenue,..: figures by period, no crumb.
import type { FastifyInstance } from 'fastify'
import { fundamentalsOf, type Statement, trailingYear } from '../market/fundamentals.ts'
import { hashText } from '../market/hash.ts'
import type { Listing } from '../market/listing.ts'
import { dateInNewYork } from '../new-york.ts'
import { queryText, type Simulation, sendJson, type VendorRequest } from '../simulation.ts'
import { shortText } from './formatted.ts'
import { listingOf } from './names.ts'

/** By the vendor's name without its span. */
const ITEMS: Record<string, (s: Statement) => number> = {
  TotalRevenue: (s) => s.revenue,
  OperatingRevenue: (s) => s.revenue,
  CostOfRevenue: (s) => s.costOfRevenue,
  GrossProfit: (s) => s.grossProfit,
  OperatingExpense: (s) => s.operatingExpenses,
  OperatingIncome: (s) => s.operatingIncome,
  InterestExpense: (s) => s.interestExpense,
  TaxProvision: (s) => s.incomeTax,
  PretaxIncome: (s) => s.netIncome + s.incomeTax,
  NetIncome: (s) => s.netIncome,
  NetIncomeCommonStockholders: (s) => s.netIncome,
  BasicEPS: (s) => s.epsBasic,
  DilutedEPS: (s) => s.epsDiluted,
  BasicAverageShares: (s) => s.sharesBasic,
  DilutedAverageShares: (s) => s.sharesDiluted,
  TotalAssets: (s) => s.totalAssets,
  CurrentAssets: (s) => s.currentAssets,
  CurrentLiabilities: (s) => s.currentLiabilities,
  TotalLiabilitiesNetMinorityInterest: (s) => s.totalLiabilities,
  TotalDebt: (s) => s.totalDebt,
  StockholdersEquity: (s) => s.equity,
  CommonStockEquity: (s) => s.equity,
  TotalEquityGrossMinorityInterest: (s) => s.equity,
  CashAndCashEquivalents: (s) => s.cash,
  OrdinarySharesNumber: (s) => s.sharesBasic,
  OperatingCashFlow: (s) => s.operatingCashFlow,
  CapitalExpenditure: (s) => -s.capitalExpenditure,
  FreeCashFlow: (s) => s.freeCashFlow,
}

const SPANS = { annual: '12M', quarterly: '3M', trailing: 'TTM' } as const
type Span = keyof typeof SPANS

export function timeseriesRoute(app: FastifyInstance, { clock }: Simulation): void {
  app.get('/ws/fundamentals-timeseries/v1/finance/timeseries/:symbol', async (raw, reply) => {
    const request = raw as VendorRequest
    const listing = listingOf(request.market, request.params.symbol!)
    const types = (queryText(request, 'type') ?? '').split(',').filter(Boolean)
    if (types.length === 0) {
      const error = { code: 'Bad Request', description: 'Missing required query parameter=type' }
      return sendJson(reply, 400, { timeseries: { result: null, error } })
    }
    const [from, to] = ['period1', 'period2'].map((name) => Number(queryText(request, name) ?? Number.NaN))
    const within = (s: Statement) => !(secondsAt(s) < from!) && !(secondsAt(s) >= to!)
    const periods = periodsOf(listing, dateInNewYork(clock.now()))
    const result: unknown[] = types.map((type) => {
      const [, span, item] = /^(annual|quarterly|trailing)(\w+)$/.exec(type) ?? []
      const read = ITEMS[item ?? '']
      const shown = read && request.rowFault !== 'empty' ? periods[span as Span].filter(within) : []
      return series(request.params.symbol!, { type, span: span as Span, shown, read })
    })
    if (request.rowFault === 'malformed_row')
      result[Math.floor(result.length / 2)] = { meta: null, timestamp: 'soon' }
    return sendJson(reply, 200, { timeseries: { result, error: null } })
  })
}

/** Oldest first. */
function periodsOf(listing: Listing | null, date: string): Record<Span, readonly Statement[]> {
  const figures = listing && fundamentalsOf(listing, date)
  if (!figures) return { annual: [], quarterly: [], trailing: [] }
  const trailing = trailingYear(figures)
  return {
    // Only the newest ones are given away: four years, five quarters.
    annual: figures.annual.slice(0, 4).toReversed(),
    quarterly: figures.quarters.slice(0, 5).toReversed(),
    trailing: trailing ? [trailing] : [],
  }
}

const secondsAt = ({ endDate }: Statement): number => Date.parse(`${endDate}T00:00:00Z`) / 1000

interface Series {
  type: string
  span: Span
  shown: readonly Statement[]
  read: ((s: Statement) => number) | undefined
}

/** A figure that the vendor does not have is a `meta` alone. */
function series(symbol: string, { type, span, shown, read }: Series): object {
  const meta = { symbol: [symbol], type: [type] }
  if (!read || shown.length === 0) return { meta }
  return {
    meta,
    timestamp: shown.map(secondsAt),
    [type]: shown.map((period) => ({
      dataId: 20_000 + (hashText(type) % 10_000),
      asOfDate: period.endDate,
      periodType: SPANS[span],
      currencyCode: 'USD',
      reportedValue: { raw: read(period), fmt: shortText(read(period)) },
    })),
  }
}
