// Coinbase Advanced Trade's public endpoints: no key, one host.
import type { Timeframe } from '@onetape/market'
import type { CallOptions } from '../contract.ts'
import type { Http, HttpAnswer } from '../http/request.ts'
import { urlOf } from '../http/url.ts'

const ROOT = '/api/v3/brokerage/market/products'

export const GRANULARITIES: Partial<Record<Timeframe, string>> = {
  '1m': 'ONE_MINUTE',
  '5m': 'FIVE_MINUTE',
  '15m': 'FIFTEEN_MINUTE',
  '30m': 'THIRTY_MINUTE',
  '1h': 'ONE_HOUR',
  '1d': 'ONE_DAY',
}
export const TIMEFRAMES = Object.keys(GRANULARITIES) as Timeframe[]

/** The documents say 350; clients in the field ask for 300 and are never refused. */
export const CANDLES_MAX = 300

export interface CandlesRequest {
  productId: string
  timeframe: Timeframe
  /** Unix seconds, both ends included. */
  start: number
  end: number
}

export type CoinbaseClient = ReturnType<typeof createCoinbaseClient>

export function createCoinbaseClient({ http, baseUrl }: { http: Http; baseUrl: string }) {
  const ask = (
    url: URL,
    options: CallOptions = {},
    accept?: (status: number) => boolean,
  ): Promise<HttpAnswer> => http({ role: "Coinbase's API", url, call: options, accept })
  const productUrl = (id: string, path = '', query = {}) =>
    urlOf(baseUrl, `${ROOT}/${encodeURIComponent(id)}${path}`, query)

  return {
    /** @param ids `all` for every spot product; the key is repeated, a comma list is ignored by the vendor. */
    fetchProducts: (ids: readonly string[] | 'all', options?: CallOptions): Promise<HttpAnswer> =>
      ask(urlOf(baseUrl, ROOT, ids === 'all' ? { product_type: 'SPOT' } : { product_ids: ids }), options),

    /** May be a 404, which is an answer: the vendor does not know the product. */
    fetchProduct: (id: string, options?: CallOptions): Promise<HttpAnswer> =>
      ask(productUrl(id), options, (status) => status === 404),

    /** May be a 404 too. */
    fetchTicker: (id: string, options?: CallOptions): Promise<HttpAnswer> =>
      ask(productUrl(id, '/ticker', { limit: 1 }), options, (status) => status === 404),

    fetchCandles(
      { productId, timeframe, start, end }: CandlesRequest,
      options?: CallOptions,
    ): Promise<HttpAnswer> {
      const query = { start, end, granularity: GRANULARITIES[timeframe], limit: CANDLES_MAX }
      return ask(productUrl(productId, '/candles', query), options)
    },
  }
}
