// Polygon's endpoints: knows addresses, pages and the key; gives bytes and the vendor's page marks.
import type { AssetClass, Timeframe } from '@onetape/market'
import type { CallOptions } from '../contract.ts'
import { ProviderError } from '../errors.ts'
import type { Http, HttpAnswer } from '../http/request.ts'
import { urlOf } from '../http/url.ts'
import { type Page, parseResults, parseSnapshots } from './payload.ts'

/** The vendor was renamed; both hosts serve the same API, and pages may point to the other one. */
const VENDOR_HOSTS = ['api.massive.com', 'api.polygon.io']
const PAGES_MAX = 1000
/** Room for tickers in one address; far below the 8 kB that proxies refuse. */
const TICKERS_CHARS_MAX = 6000

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

export interface PolygonClientOptions {
  http: Http
  baseUrl: string
  apiKey: string | undefined
}

export interface AggregatesRequest {
  ticker: string
  timeframe: Timeframe
  /** Both ends included: a date, or milliseconds. */
  from: string | number
  to: string | number
}

export type PolygonAnswer = Page & { calls: number }
export type PolygonClient = ReturnType<typeof createPolygonClient>

export function createPolygonClient({ http, baseUrl, apiKey }: PolygonClientOptions) {
  async function request(
    url: URL,
    options: CallOptions = {},
    accept?: (status: number) => boolean,
  ): Promise<HttpAnswer> {
    if (!apiKey) {
      throw new ProviderError('unauthorized', 'Polygon needs an API key (credential apiKey)', {
        provider: 'polygon',
      })
    }
    const headers = { authorization: `Bearer ${apiKey}` }
    return http({ role: "Polygon's API", url, headers, call: options, accept })
  }

  /** All pages of a listing, in the vendor's order. */
  async function pages(first: URL, options: CallOptions = {}): Promise<PolygonAnswer> {
    const all: PolygonAnswer = { rows: [], delayed: false, nextUrl: null, ticker: null, calls: 0 }
    const seen = new Set<string>()
    for (let url: URL | null = first; url; ) {
      if (seen.has(url.href) || seen.size >= PAGES_MAX) {
        throw new ProviderError('malformed', 'Polygon pages in a circle', { provider: 'polygon' })
      }
      seen.add(url.href)
      const answer = await request(url, options)
      const page = parseResults(answer.text)
      all.rows.push(...page.rows)
      all.delayed ||= page.delayed
      all.ticker ??= page.ticker
      all.calls += answer.calls
      url = page.nextUrl === null ? null : nextPage(page.nextUrl, baseUrl)
    }
    return all
  }

  return {
    /** @param tickers `all` for the whole market, which is one call too. */
    async fetchSnapshots(
      assetClass: AssetClass,
      tickers: readonly string[] | 'all',
      options?: CallOptions,
    ): Promise<PolygonAnswer> {
      const query = tickers === 'all' ? {} : { tickers: tickers.join(',') }
      const answer = await request(urlOf(baseUrl, SNAPSHOT_PATHS[assetClass]!, query), options)
      return { ...parseSnapshots(answer.text, false), calls: answer.calls }
    },

    /** One ticker's snapshot; no rows when the vendor does not know it or has nothing today. */
    async fetchSnapshot(
      assetClass: AssetClass,
      ticker: string,
      options?: CallOptions,
    ): Promise<PolygonAnswer> {
      const url = urlOf(baseUrl, `${SNAPSHOT_PATHS[assetClass]}/${encodeURIComponent(ticker)}`)
      const answer = await request(url, options, (status) => status === 404)
      const none = { rows: [], delayed: false, nextUrl: null, ticker: null }
      return { ...(answer.status === 404 ? none : parseSnapshots(answer.text, true)), calls: answer.calls }
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
  }
}

export interface DateRange {
  from: string
  to: string
}

/** Timeframes that the vendor's windows serve on the house's grid; its 4-hour windows start at midnight New York. */
export const servesTimeframe = (timeframe: Timeframe): boolean => timeframe in SPANS

/**
 * The next page at our own base, or an error. The key travels in a header, so an address that the vendor's body
 * names is followed only where it is the host that we were given, or its other name.
 */
export function nextPage(nextUrl: string, baseUrl: string): URL {
  const base = new URL(baseUrl)
  const next = URL.canParse(nextUrl) ? new URL(nextUrl) : null
  if (next && next.origin === base.origin) return next
  if (next && VENDOR_HOSTS.includes(next.host) && VENDOR_HOSTS.includes(base.host)) {
    return new URL(next.pathname + next.search, base)
  }
  const where = next ? next.host : 'no address'
  throw new ProviderError(
    'malformed',
    `Polygon's next page is at ${where}, not at the host in use: not followed`,
    {
      provider: 'polygon',
    },
  )
}

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
