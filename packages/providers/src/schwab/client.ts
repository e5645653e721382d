// Schwab's endpoints: knows addresses and the token; gives bytes.
import type { Timeframe } from '@onetape/market'
import type { CallOptions } from '../contract.ts'
import { ProviderError } from '../errors.ts'
import type { Http, HttpAnswer } from '../http/request.ts'
import { urlOf } from '../http/url.ts'
import type { TokenStore } from './token.ts'

const DATA = '/marketdata/v1'

const FREQUENCIES: Partial<
  Record<Timeframe, { periodType: string; frequencyType: string; frequency: number }>
> = {
  '1m': { periodType: 'day', frequencyType: 'minute', frequency: 1 },
  '5m': { periodType: 'day', frequencyType: 'minute', frequency: 5 },
  '15m': { periodType: 'day', frequencyType: 'minute', frequency: 15 },
  '30m': { periodType: 'day', frequencyType: 'minute', frequency: 30 },
  '1d': { periodType: 'year', frequencyType: 'daily', frequency: 1 },
  '1w': { periodType: 'year', frequencyType: 'weekly', frequency: 1 },
  '1mo': { periodType: 'year', frequencyType: 'monthly', frequency: 1 },
}
export const TIMEFRAMES = Object.keys(FREQUENCIES) as Timeframe[]

export interface HistoryRequest {
  symbol: string
  timeframe: Timeframe
  /** Milliseconds, both ends included. */
  startDate: number
  endDate: number
}

export interface ChainRequest {
  symbol: string
  contractType: 'ALL' | 'CALL' | 'PUT'
  /** `YYYY-MM-DD`, both ends included. */
  fromDate: string
  toDate: string
  /** In, or out of the money; both when absent. */
  range?: 'ITM' | 'OTM'
}

export type SchwabClient = ReturnType<typeof createSchwabClient>

export function createSchwabClient({
  http,
  baseUrl,
  tokens,
}: {
  http: Http
  baseUrl: string
  tokens: TokenStore
}) {
  async function ask(url: URL, options: CallOptions = {}, unknown404 = false): Promise<HttpAnswer> {
    const accept = unknown404 ? (status: number) => status === 404 : undefined
    const send = async (token: string) => {
      try {
        const headers = { authorization: `Bearer ${token}` }
        return await http({ role: "Schwab's API", url, headers, call: options, accept })
      } catch (error) {
        if (error instanceof ProviderError && error.status === 401) tokens.refused(token)
        throw error
      }
    }
    const first = await tokens.current(options)
    try {
      const answer = await send(first.text)
      return { ...answer, calls: answer.calls + first.calls }
    } catch (error) {
      // A token dies early when another process refreshes with the same app key: one more try with a new one. A
      // token that was new already was not the reason.
      const isOld = first.calls === 0
      if (!(isOld && error instanceof ProviderError && error.status === 401)) throw error
      const second = await tokens.current(options)
      const answer = await send(second.text)
      return { ...answer, calls: answer.calls + 1 + second.calls }
    }
  }

  return {
    /** The list form also for one symbol: `/{symbol}/quotes` cannot carry a slash. */
    fetchQuotes: (symbols: readonly string[], options?: CallOptions): Promise<HttpAnswer> =>
      ask(
        urlOf(baseUrl, `${DATA}/quotes`, {
          symbols: symbols.join(','),
          fields: 'quote,reference,regular',
          indicative: false,
        }),
        options,
      ),

    /** `period` is not sent: the vendor ignores it beside a start. Extended hours only matter to minutes. */
    fetchHistory(o: HistoryRequest, options?: CallOptions): Promise<HttpAnswer> {
      const { symbol, startDate, endDate } = o
      const query = {
        symbol,
        ...FREQUENCIES[o.timeframe],
        startDate,
        endDate,
        needExtendedHoursData: true,
        needPreviousClose: false,
      }
      return ask(urlOf(baseUrl, `${DATA}/pricehistory`, query), options)
    },

    /** May be a 404, which is an answer: no options, or no such underlying. */
    fetchExpirations: (symbol: string, options?: CallOptions): Promise<HttpAnswer> =>
      ask(urlOf(baseUrl, `${DATA}/expirationchain`, { symbol }), options, true),

    fetchChain: (o: ChainRequest, options?: CallOptions): Promise<HttpAnswer> =>
      ask(
        urlOf(baseUrl, `${DATA}/chains`, {
          symbol: o.symbol,
          contractType: o.contractType,
          strategy: 'SINGLE',
          range: o.range,
          fromDate: o.fromDate,
          toDate: o.toDate,
        }),
        options,
        true,
      ),

    /** May be a 404 too. */
    fetchFundamental: (symbol: string, options?: CallOptions): Promise<HttpAnswer> =>
      ask(urlOf(baseUrl, `${DATA}/instruments`, { symbol, projection: 'fundamental' }), options, true),

    /** Where the streamer is and who we are to it. */
    fetchPreference: (options?: CallOptions): Promise<HttpAnswer> =>
      ask(urlOf(baseUrl, '/trader/v1/userPreference'), options),
  }
}
