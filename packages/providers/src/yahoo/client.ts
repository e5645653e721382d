// Yahoo's endpoints: knows addresses, the entrance ticket and its renewal; gives bodies.
import type { CallOptions } from '../contract.ts'
import { ProviderError } from '../errors.ts'
import type { Http, HttpAnswer, HttpRequest } from '../http/request.ts'
import { urlOf } from '../http/url.ts'
import { createCrumbStore, USER_AGENT } from './crumb.ts'
import { descriptionIn, QUOTE_FIELDS, saysEmptyRange } from './payload.ts'

export interface YahooClientOptions {
  http: Http
  baseUrls: { query: string; cookie: string }
}

export interface ChartRequest {
  symbol: string
  interval: string
  /** Unix seconds, half-open. */
  period1: number
  period2: number
}

export interface StatementsRequest {
  symbol: string
  /** `annualTotalRevenue`, `quarterlyNetIncome`. */
  types: readonly string[]
  /** Unix seconds. */
  period1: number
  period2: number
}

export type YahooClient = ReturnType<typeof createYahooClient>

export function createYahooClient({ http, baseUrls }: YahooClientOptions) {
  const crumbs = createCrumbStore({ http, baseUrls })
  const ask = (request: Omit<HttpRequest, 'role'>) =>
    http({ role: "Yahoo's API", ...request, headers: { 'user-agent': USER_AGENT, ...request.headers } })

  /** With a ticket; one that is refused is dropped and the call made once more. */
  async function askWithCrumb(
    urlWith: (crumb: string) => URL,
    options: CallOptions,
    accept?: (status: number) => boolean,
  ): Promise<HttpAnswer> {
    let spent = 0
    for (let tries = 0; ; tries++) {
      const { ticket, calls } = await crumbs.get(options)
      const answer = await ask({
        url: urlWith(ticket.crumb),
        headers: { cookie: ticket.cookie },
        call: options,
        accept: (status) => status === 401 || accept?.(status) === true,
      })
      spent += calls + answer.calls
      if (answer.status !== 401) return { ...answer, calls: spent }
      crumbs.drop(ticket)
      if (tries > 0) {
        throw new ProviderError('unauthorized', 'Yahoo refused a fresh crumb', {
          provider: 'yahoo',
          status: 401,
        })
      }
    }
  }

  return {
    async fetchQuotes(symbols: readonly string[], options: CallOptions = {}): Promise<HttpAnswer> {
      const query = { symbols: symbols.join(','), fields: QUOTE_FIELDS.join(',') }
      return askWithCrumb((crumb) => urlOf(baseUrls.query, '/v7/finance/quote', { ...query, crumb }), options)
    },

    /** @param date Expiry, unix seconds at midnight UTC; the nearest one when absent. */
    async fetchOptions(
      symbol: string,
      date: number | undefined,
      options: CallOptions = {},
    ): Promise<HttpAnswer> {
      const path = `/v7/finance/options/${encodeURIComponent(symbol)}`
      return askWithCrumb((crumb) => urlOf(baseUrls.query, path, { date, crumb }), options)
    },

    /** May be a 404, which is an answer: the vendor has nothing of the kind for this symbol. */
    async fetchSummary(
      symbol: string,
      modules: readonly string[],
      options: CallOptions = {},
    ): Promise<HttpAnswer> {
      const path = `/v10/finance/quoteSummary/${encodeURIComponent(symbol)}`
      const query = { formatted: false, modules: modules.join(',') }
      const urlWith = (crumb: string) => urlOf(baseUrls.query, path, { ...query, crumb })
      return askWithCrumb(urlWith, options, (status) => status === 404)
    },

    /** Needs no crumb. */
    async fetchStatements(request: StatementsRequest, options: CallOptions = {}): Promise<HttpAnswer> {
      const { symbol, types, ...range } = request
      const path = `/ws/fundamentals-timeseries/v1/finance/timeseries/${encodeURIComponent(symbol)}`
      const url = urlOf(baseUrls.query, path, { symbol, type: types.join(','), merge: false, ...range })
      return ask({ url, call: options })
    },

    /** Needs no crumb. An empty range is a 400 with its own words. */
    async fetchChart(request: ChartRequest, options: CallOptions = {}): Promise<HttpAnswer> {
      const { symbol, ...range } = request
      const url = urlOf(baseUrls.query, `/v8/finance/chart/${encodeURIComponent(symbol)}`, {
        ...range,
        includePrePost: false,
        events: 'div|split',
      })
      const answer = await ask({ url, call: options, accept: (status) => status === 400 })
      if (answer.status === 400 && !saysEmptyRange(answer.text)) throw badRequest(answer.text)
      return answer
    },
  }
}

const badRequest = (text: string): ProviderError =>
  new ProviderError('invalid_request', `Yahoo's API answered 400: ${descriptionIn(text) ?? 'bad request'}`, {
    provider: 'yahoo',
    status: 400,
  })
