// Polygon's endpoints: knows addresses and their parameters; gives rows and the vendor's marks.
import type { AssetClass, Timeframe } from '@onetape/market'
import type { CallOptions } from '../contract.ts'
import { chunksOf } from '../http/bounded.ts'
import { urlOf } from '../http/url.ts'
import { createPolygonPages, type PolygonAnswer, type PolygonClientOptions } from './pages.ts'
import {
  type Page,
  parseResult,
  parseResults,
  parseSnapshot,
  snapshotList,
  type TakeRows,
} from './payload.ts'

/** Room for tickers in one address; far below the 8 kB that proxies refuse. */
const TICKERS_CHARS_MAX = 6000
/** Most tickers that a mixed snapshot takes, and the rows it must be asked for: its own default is ten. */
const MIXED_MAX = 250
/** Statements of one kind in one answer: six years of quarters, years and twelve-month sums. */
const STATEMENTS_MAX = 60

const NOTHING: Page = { rows: [], delayed: false, nextUrl: null, ticker: null }

const SNAPSHOT_PATHS: Partial<Record<AssetClass, string>> = {
  equity: '/v2/snapshot/locale/us/markets/stocks/tickers',
  crypto: '/v2/snapshot/locale/global/markets/crypto/tickers',
  fx: '/v2/snapshot/locale/global/markets/forex/tickers',
}
const GROUPED_PATHS: Partial<Record<AssetClass, string>> = {
  equity: '/v2/aggs/grouped/locale/us/market/stocks',
  crypto: '/v2/aggs/grouped/locale/global/market/crypto',
  fx: '/v2/aggs/grouped/locale/global/market/fx',
}
const SPANS: Partial<Record<Timeframe, string>> = {
  '1m': '1/minute',
  '5m': '5/minute',
  '15m': '15/minute',
  '30m': '30/minute',
  '1h': '1/hour',
  '1d': '1/day',
  '1w': '1/week',
  '1mo': '1/month',
}

export interface AggregatesRequest {
  ticker: string
  timeframe: Timeframe
  /** Both ends included: a date, or milliseconds. */
  from: string | number
  to: string | number
}

/** Lists of filed statements, under `/stocks/financials/v1`. */
export const STATEMENTS = ['income-statements', 'balance-sheets', 'cash-flow-statements'] as const
export type StatementKind = (typeof STATEMENTS)[number]

export type PolygonClient = ReturnType<typeof createPolygonClient>

export function createPolygonClient(o: PolygonClientOptions) {
  const { baseUrl } = o
  const { request, pages } = createPolygonPages(o)

  return {
    /**
     * @param tickers `all` for the whole market, which is one call too.
     * @param taker is asked at each try for who takes rows as they come; the answer holds the rows that nobody took.
     */
    async fetchSnapshots(
      assetClass: AssetClass,
      tickers: readonly string[] | 'all',
      options?: CallOptions,
      taker?: () => TakeRows,
    ): Promise<PolygonAnswer> {
      const query = tickers === 'all' ? {} : { tickers: tickers.join(',') }
      // The whole market is megabytes: it is read while it arrives.
      let list = snapshotList()
      const sink = () => {
        list = snapshotList(taker?.())
        return list
      }
      const { calls } = await request(urlOf(baseUrl, SNAPSHOT_PATHS[assetClass]!, query), options, { sink })
      return { ...list.page(), calls }
    },

    /** One ticker's snapshot; no rows when the vendor does not know it or has nothing today. */
    async fetchSnapshot(
      assetClass: AssetClass,
      ticker: string,
      options?: CallOptions,
    ): Promise<PolygonAnswer> {
      const url = urlOf(baseUrl, `${SNAPSHOT_PATHS[assetClass]}/${encodeURIComponent(ticker)}`)
      const answer = await request(url, options, { accept: (status) => status === 404 })
      return { ...(answer.status === 404 ? NOTHING : parseSnapshot(answer.text)), calls: answer.calls }
    },

    async fetchAggregates(o: AggregatesRequest, options?: CallOptions): Promise<PolygonAnswer> {
      const path = `/v2/aggs/ticker/${encodeURIComponent(o.ticker)}/range/${SPANS[o.timeframe]}/${o.from}/${o.to}`
      return pages(urlOf(baseUrl, path, { adjusted: true, sort: 'asc', limit: 50_000 }), options)
    },

    async fetchGroupedDaily(
      assetClass: AssetClass,
      date: string,
      options?: CallOptions,
    ): Promise<PolygonAnswer> {
      return pages(urlOf(baseUrl, `${GROUPED_PATHS[assetClass]}/${date}`, { adjusted: true }), options)
    },

    async fetchTickers(market: string, options?: CallOptions): Promise<PolygonAnswer> {
      const query = { market, active: true, sort: 'ticker', order: 'asc', limit: 1000 }
      return pages(urlOf(baseUrl, '/v3/reference/tickers', query), options)
    },

    async fetchSplits(
      ticker: string | undefined,
      range: DateRange,
      options?: CallOptions,
    ): Promise<PolygonAnswer> {
      const query = { ticker, 'execution_date.gte': range.from, 'execution_date.lt': range.to, limit: 1000 }
      return pages(urlOf(baseUrl, '/v3/reference/splits', query), options)
    },

    async fetchDividends(
      ticker: string | undefined,
      range: DateRange,
      options?: CallOptions,
    ): Promise<PolygonAnswer> {
      const query = {
        ticker,
        'ex_dividend_date.gte': range.from,
        'ex_dividend_date.lt': range.to,
        limit: 1000,
      }
      return pages(urlOf(baseUrl, '/v3/reference/dividends', query), options)
    },

    /** Symbols of any class under one roof; unknown ones come as rows with an `error`. */
    async fetchMixed(tickers: readonly string[], options?: CallOptions): Promise<PolygonAnswer> {
      const query = { 'ticker.any_of': tickers.join(','), limit: MIXED_MAX }
      return pages(urlOf(baseUrl, '/v3/snapshot', query), options)
    },

    /** Calls only: every expiry has them, and half the rows are half the pages. */
    async fetchOptionContracts(underlying: string, options?: CallOptions): Promise<PolygonAnswer> {
      const query = { underlying_ticker: underlying, contract_type: 'call', expired: false, limit: 1000 }
      return pages(urlOf(baseUrl, '/v3/reference/options/contracts', query), options)
    },

    /** The contracts of one expiry: a whole chain would be many pages. */
    async fetchChain(underlying: string, expiry: string, options?: CallOptions): Promise<PolygonAnswer> {
      const query = { expiration_date: expiry, order: 'asc', sort: 'strike_price', limit: 250 }
      const path = `/v3/snapshot/options/${encodeURIComponent(underlying)}`
      return pages(urlOf(baseUrl, path, query), options)
    },

    /** The newest page of a company's statements, newest first. */
    async fetchStatements(
      kind: StatementKind,
      ticker: string,
      options?: CallOptions,
    ): Promise<PolygonAnswer> {
      const query = { tickers: ticker, sort: 'period_end.desc', limit: STATEMENTS_MAX }
      return onePage(`/stocks/financials/v1/${kind}`, query, options)
    },

    /** The older form: all statements of a period in one row. */
    async fetchFinancials(ticker: string, options?: CallOptions): Promise<PolygonAnswer> {
      const query = { ticker, sort: 'period_of_report_date', order: 'desc', limit: STATEMENTS_MAX }
      return onePage('/vX/reference/financials', query, options)
    },

    async fetchRatios(ticker: string, options?: CallOptions): Promise<PolygonAnswer> {
      return onePage('/stocks/financials/v1/ratios', { ticker, limit: 1 }, options)
    },

    /** No row for a ticker that the vendor does not know. */
    async fetchTickerDetails(ticker: string, options?: CallOptions): Promise<PolygonAnswer> {
      const url = urlOf(baseUrl, `/v3/reference/tickers/${encodeURIComponent(ticker)}`)
      const answer = await request(url, options, { accept: (status) => status === 404 })
      return { ...(answer.status === 404 ? NOTHING : parseResult(answer.text)), calls: answer.calls }
    },
  }

  async function onePage(
    path: string,
    query: Record<string, string | number>,
    options?: CallOptions,
  ): Promise<PolygonAnswer> {
    const answer = await request(urlOf(baseUrl, path, query), options)
    return { ...parseResults(answer.text), calls: answer.calls }
  }
}

export interface DateRange {
  from: string
  to: string
}

/** Timeframes that the vendor's windows serve on the house's grid; its 4-hour windows start at midnight New York. */
export const servesTimeframe = (timeframe: Timeframe): boolean => timeframe in SPANS

/** Tickers cut into lists that a mixed snapshot takes. */
export const mixedLists = (tickers: readonly string[]): string[][] => chunksOf(tickers, MIXED_MAX)

/** Tickers cut into lists that fit one address each. */
export function tickerLists(tickers: readonly string[]): string[][] {
  const lists: string[][] = []
  let room = 0
  for (const ticker of tickers) {
    const needs = encodeURIComponent(ticker).length + 3
    if (needs > room) {
      lists.push([])
      room = TICKERS_CHARS_MAX
    }
    lists.at(-1)!.push(ticker)
    room -= needs
  }
  return lists
}
