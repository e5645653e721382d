// Alpaca's endpoints: knows addresses, pages and the key; gives bytes and the vendor's page marks.
import type { Timeframe } from '@onetape/market'
import type { CallOptions } from '../contract.ts'
import { ProviderError } from '../errors.ts'
import type { Http, HttpAnswer } from '../http/request.ts'
import { urlOf } from '../http/url.ts'
import { malformed, type Page, parseActions, parseBars, parseWrapped } from './payload.ts'

const PAGES_MAX = 1000
const BARS_MAX = 10_000
const CONTRACTS_MAX = 1000
const ACTIONS_MAX = 1000
/** No cap on symbols is documented; an address of 8 kB is refused by proxies, and a comma is three characters there. */
const SYMBOLS_MAX = 1000
const SYMBOLS_CHARS_MAX = 6000
const OPTION_SYMBOLS_MAX = 100

export const FRAMES: Partial<Record<Timeframe, string>> = {
  '1m': '1Min',
  '5m': '5Min',
  '15m': '15Min',
  '30m': '30Min',
  '1h': '1Hour',
  '1d': '1Day',
  '1w': '1Week',
  '1mo': '1Month',
}

export interface Keys {
  keyId: string | undefined
  secretKey: string | undefined
}

export interface BarsQuery {
  market: 'stocks' | 'crypto'
  symbol: string
  timeframe: Timeframe
  /** RFC 3339, both ends included. */
  start: string
  end: string
  /** Stocks only. */
  feed?: string
  /** Stocks only: the date on which the symbol is the name of what is asked for. */
  asof?: string
}

export interface ActionsQuery {
  /** Absent for the whole market. */
  symbols?: readonly string[]
  /** `YYYY-MM-DD`, both ends included; they bound the day on which the vendor books the action. */
  start: string
  end: string
}

/** All pages of a listing, in the vendor's order. */
export interface Pages<T> {
  pages: T[]
  calls: number
}

export type AlpacaClient = ReturnType<typeof createAlpacaClient>

export function createAlpacaClient({ http, baseUrl, keys }: { http: Http; baseUrl: string; keys: Keys }) {
  function ask(url: URL, options: CallOptions = {}): Promise<HttpAnswer> {
    return http({ role: "Alpaca's API", url, headers: headersOf(keys), call: options })
  }
  const askStocks = (url: URL, options?: CallOptions) => {
    requireKeys(keys)
    return ask(url, options)
  }

  async function pagesOf<T>(
    first: URL,
    parse: (text: string) => Page<T>,
    o: { options?: CallOptions; keyless?: boolean },
  ): Promise<Pages<T>> {
    if (!o.keyless) requireKeys(keys)
    const all: Pages<T> = { pages: [], calls: 0 }
    const url = new URL(first)
    const seen = new Set<string>()
    for (let page = 0; page < PAGES_MAX; page++) {
      const answer = await ask(url, o.options)
      const { rows, nextToken } = parse(answer.text)
      all.calls += answer.calls
      if (nextToken === undefined)
        throw malformed('sent a page without its next_page_token: it was cut short')
      all.pages.push(rows)
      if (nextToken === null || nextToken === '') return all
      if (seen.has(nextToken)) throw malformed('named the same next page twice')
      seen.add(nextToken)
      url.searchParams.set('page_token', nextToken)
    }
    throw malformed(`has more than ${PAGES_MAX} pages: ask for a shorter range`)
  }

  return {
    fetchStocks: (symbols: readonly string[], feed: string, options?: CallOptions): Promise<HttpAnswer> =>
      askStocks(urlOf(baseUrl, '/v2/stocks/snapshots', { symbols: symbols.join(','), feed }), options),

    /** Crypto needs no key. */
    fetchCrypto: (symbols: readonly string[], options?: CallOptions): Promise<HttpAnswer> =>
      ask(urlOf(baseUrl, '/v1beta3/crypto/us/snapshots', { symbols: symbols.join(',') }), options),

    fetchOptions: (symbols: readonly string[], feed: string, options?: CallOptions): Promise<HttpAnswer> => {
      const query = { symbols: symbols.join(','), feed, limit: OPTION_SYMBOLS_MAX }
      return askStocks(urlOf(baseUrl, '/v1beta1/options/snapshots', query), options)
    },

    fetchChain(underlying: string, feed: string, options?: CallOptions): Promise<Pages<BySymbolPage>> {
      const path = `/v1beta1/options/snapshots/${encodeURIComponent(underlying)}`
      const url = urlOf(baseUrl, path, { feed, limit: CONTRACTS_MAX })
      // A chain of one page has been seen without its mark.
      const parse = (text: string) => {
        const page = parseWrapped(text)
        return { ...page, nextToken: page.nextToken ?? null }
      }
      return pagesOf(url, parse, { options })
    },

    fetchBars(q: BarsQuery, options?: CallOptions): Promise<Pages<Record<string, unknown[]>>> {
      const stocks = q.market === 'stocks'
      const url = urlOf(baseUrl, stocks ? '/v2/stocks/bars' : '/v1beta3/crypto/us/bars', {
        symbols: q.symbol,
        timeframe: FRAMES[q.timeframe],
        start: q.start,
        end: q.end,
        limit: BARS_MAX,
        sort: 'asc',
        ...(stocks ? { adjustment: 'split', feed: q.feed, asof: q.asof } : {}),
      })
      return pagesOf(url, parseBars, { options, keyless: !stocks })
    },

    fetchActions(q: ActionsQuery, options?: CallOptions): Promise<Pages<ActionsPage>> {
      const url = urlOf(baseUrl, '/v1/corporate-actions', {
        symbols: q.symbols?.join(','),
        types: 'forward_split,reverse_split,cash_dividend',
        start: q.start,
        end: q.end,
        limit: ACTIONS_MAX,
        sort: 'asc',
      })
      return pagesOf(url, parseActions, { options })
    },
  }
}

type BySymbolPage = Record<string, unknown>
type ActionsPage = Record<string, unknown[] | null | undefined>

const headersOf = ({ keyId, secretKey }: Keys): Record<string, string> =>
  keyId && secretKey ? { 'APCA-API-KEY-ID': keyId, 'APCA-API-SECRET-KEY': secretKey } : {}

function requireKeys({ keyId, secretKey }: Keys): void {
  if (keyId && secretKey) return
  throw new ProviderError('unauthorized', 'Alpaca needs a key (credentials keyId and secretKey)', {
    provider: 'alpaca',
  })
}

/** Symbols cut into lists that fit one address each. */
export function symbolLists(symbols: readonly string[], market: 'stocks' | 'crypto' | 'options'): string[][] {
  const most = market === 'options' ? OPTION_SYMBOLS_MAX : SYMBOLS_MAX
  const lists: string[][] = []
  let room = 0
  for (const symbol of symbols) {
    const needs = encodeURIComponent(symbol).length + 3
    if (needs > room || (lists.at(-1)?.length ?? 0) >= most) {
      lists.push([])
      room = SYMBOLS_CHARS_MAX
    }
    lists.at(-1)!.push(symbol)
    room -= needs
  }
  return lists
}
