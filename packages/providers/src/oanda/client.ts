// OANDA's endpoints: knows addresses, the token and the account. Practice and live are two hosts.
import type { Timeframe } from '@onetape/market'
import type { CallOptions, ProviderDeps } from '../contract.ts'
import { ProviderError } from '../errors.ts'
import { openLines } from '../http/lines.ts'
import type { Http, HttpAnswer } from '../http/request.ts'
import { urlOf } from '../http/url.ts'
import { explain } from './payload.ts'

export const GRANULARITIES: Partial<Record<Timeframe, string>> = {
  '1m': 'M1',
  '5m': 'M5',
  '15m': 'M15',
  '30m': 'M30',
  '1h': 'H1',
  '1d': 'D',
  '1w': 'W',
  '1mo': 'M',
}
/** No 4 hours: the vendor aligns them to 17:00 New York, off the house's UTC grid. */
export const TIMEFRAMES = Object.keys(GRANULARITIES) as Timeframe[]

export const CANDLES_MAX = 5000
/** Room for instruments in one address, far below the 8 kB that proxies refuse. */
export const INSTRUMENTS_MAX = 500

export interface CandlesQuery {
  instrument: string
  timeframe: Timeframe
  /** RFC 3339. */
  from: string
  /** Whether a candle that begins at `from` is wanted. */
  includeFirst: boolean
  /** Candles, not slots: minutes without ticks have none. Never sent together with an end. */
  count: number
}

export interface OandaHosts {
  rest: string
  stream: string
}

export type OandaClient = ReturnType<typeof createOandaClient>

export function createOandaClient(deps: ProviderDeps, { http, hosts }: { http: Http; hosts: OandaHosts }) {
  const { token, accountId } = deps.credentials
  const headersOf = () => {
    if (token && accountId) {
      return { authorization: `Bearer ${token}`, 'accept-datetime-format': 'RFC3339' }
    }
    throw new ProviderError(
      'unauthorized',
      'OANDA needs a token and an account id (credentials token, accountId)',
      {
        provider: 'oanda',
      },
    )
  }
  const ask = async (url: URL, options: CallOptions = {}): Promise<HttpAnswer> =>
    http({ role: "OANDA's API", url, headers: headersOf(), call: options })
  const account = (path: string) => `/v3/accounts/${encodeURIComponent(accountId ?? '')}${path}`

  return {
    fetchPrices: (instruments: readonly string[], options?: CallOptions): Promise<HttpAnswer> =>
      ask(urlOf(hosts.rest, account('/pricing'), { instruments: instruments.join(',') }), options),

    fetchInstruments: (options?: CallOptions): Promise<HttpAnswer> =>
      ask(urlOf(hosts.rest, account('/instruments')), options),

    /** The middle of bid and ask; days end at 17:00 New York, weeks on Friday. */
    fetchCandles(q: CandlesQuery, options?: CallOptions): Promise<HttpAnswer> {
      const path = `/v3/instruments/${encodeURIComponent(q.instrument)}/candles`
      const query = {
        price: 'M',
        granularity: GRANULARITIES[q.timeframe],
        from: q.from,
        count: q.count,
        includeFirst: q.includeFirst,
        smooth: false,
        dailyAlignment: 17,
        alignmentTimezone: 'America/New_York',
        weeklyAlignment: 'Friday',
      }
      return ask(urlOf(hosts.rest, path, query), options)
    },

    /** Lines of JSON that never end: prices, and a heartbeat every 5 s. */
    openPrices: async (instruments: readonly string[], signal: AbortSignal) =>
      openLines({
        fetch: deps.fetch,
        url: urlOf(hosts.stream, account('/pricing/stream'), {
          instruments: instruments.join(','),
          snapshot: true,
        }),
        provider: 'oanda',
        role: "OANDA's stream",
        headers: headersOf(),
        signal,
        timeoutMs: deps.timeoutMs,
        secrets: [token, accountId].filter((s) => s !== undefined),
        explain,
        budget: deps.budget,
        meter: { scope: 'stream', weight: 1 },
        wallClock: deps.wallClock,
      }),
  }
}
