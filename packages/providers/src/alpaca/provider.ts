// Alpaca as an IDataProvider: which call answers which question, on the tape that the plan grants.
import {
  type Bar,
  DAY_US,
  dateInZone,
  instantInZone,
  isIntraday,
  isoFromMicros,
  MINUTE_US,
  type Micros,
} from '@onetape/market'
import { inOrder, NEW_YORK } from '../bar-time.ts'
import type { BarsRequest, CallOptions, Fetched, IDataProvider, ProviderDeps } from '../contract.ts'
import { ProviderError } from '../errors.ts'
import { byAssetClass, joinFetched } from '../fetched.ts'
import { httpFor } from '../http/provider-http.ts'
import { requireCapability } from '../require-capability.ts'
import { readRows } from '../wire-rows.ts'
import { createActions } from './actions.ts'
import { capabilities } from './capabilities.ts'
import { createChain } from './chain.ts'
import { type AlpacaClient, createAlpacaClient } from './client.ts'
import { cryptoFeed, type Feed, type Feeds, feedsOf } from './feed.ts'
import { normalizeBar } from './normalize-bars.ts'
import { barSchema, malformed } from './payload.ts'
import { explain, lessonOf } from './refusal.ts'
import { createSnapshots } from './snapshots.ts'
import { createStream, STREAM_URL } from './stream.ts'
import { spell } from './symbols.ts'

const NAME = 'alpaca'

export const BASE_URLS = { rest: 'https://data.alpaca.markets', stream: STREAM_URL }

/** Kept away from the edge of what a delayed plan may see: the vendor measures by its own clock. */
const EDGE_US = MINUTE_US
/** A range that begins this long before that edge is short. */
const SHORT_US = 45 * MINUTE_US

export function createAlpaca(deps: ProviderDeps): IDataProvider {
  const { keyId, secretKey } = deps.credentials
  const http = httpFor(deps, {
    provider: NAME,
    secrets: [keyId, secretKey].filter((s) => s !== undefined),
    explain,
    lesson: (headers) => lessonOf(headers, deps.wallClock.now() / 1000),
  })
  const baseUrl = deps.baseUrls?.rest ?? BASE_URLS.rest
  const client = createAlpacaClient({ http, baseUrl, keys: { keyId, secretKey } })
  const feeds = feedsOf(capabilities, deps.tier)
  const now = () => deps.marketClock.now()
  const getSnapshots = createSnapshots(client, feeds, now)

  return {
    getName: () => NAME,
    getCapabilities: () => capabilities,
    getSnapshots,
    getBars: (request, options) => fetchBars({ client, feeds, now }, request, options),
    listCorporateActions: createActions(client, now),
    getOptionsChain: createChain(client, feeds, now),
    streamQuotes: createStream(deps, feeds),

    async getQuotes(refs, options) {
      const parts = await Promise.all(byAssetClass(refs).map((group) => getSnapshots(group, options)))
      const snapshots = joinFetched(parts, now())
      return { ...snapshots, rows: snapshots.rows.map((s) => s.quote) }
    },
  }
}

interface Context {
  client: AlpacaClient
  feeds: Feeds
  now: () => Micros
}

async function fetchBars(
  { client, feeds, now }: Context,
  request: BarsRequest,
  options: CallOptions = {},
): Promise<Fetched<Bar>> {
  const { ref, timeframe, from, to } = request
  requireCapability(NAME, capabilities, { assetClass: ref.assetClass, need: 'bars', timeframe })
  const symbol = spell(ref)
  if (symbol === null) {
    throw new ProviderError('not_found', `Alpaca has no symbol for ${ref.assetClass} ${ref.symbol}`, {
      provider: NAME,
    })
  }
  const feed = ref.assetClass === 'crypto' ? cryptoFeed : chartsFeed(request, { feeds, now: now() })
  const range = wireRange(request, seenUntil(feed, now()))
  const market = ref.assetClass === 'crypto' ? 'crypto' : 'stocks'
  const asof = dateInZone(now(), NEW_YORK)
  const query = { market, symbol, timeframe, feed: feed.name, asof } as const
  const { pages, calls } = range
    ? await client.fetchBars({ ...query, ...range }, options)
    : { pages: [], calls: 0 }
  const fetchedAt = now()
  const { rows, dropped } = readRows(
    pages.flatMap((page) => rowsOf(page, symbol)),
    { schema: barSchema, normalize: (row) => normalizeBar(row, { ref, timeframe, feed, fetchedAt }) },
  )
  const { bars } = inOrder(rows.filter((bar) => bar.ts >= from && bar.ts < to))
  return { rows: bars, dropped, missing: [], fetchedAt, calls }
}

/** One symbol was asked for: bars of another are an answer to another question. */
function rowsOf(page: Record<string, unknown[]>, symbol: string): unknown[] {
  const other = Object.keys(page).find((name) => name !== symbol)
  if (other !== undefined) throw malformed(`answered with bars of ${other}, not of ${symbol}`)
  return page[symbol] ?? []
}

/** Until when a tape may be read. */
const seenUntil = (feed: Feed, now: Micros): Micros =>
  feed.delayedMinutes > 0 ? now - feed.delayedMinutes * MINUTE_US - EDGE_US : Number.POSITIVE_INFINITY

/**
 * The free plan's whole market is late. A short range that needs what is newer, as a break of the live stream does,
 * is answered from the live tape, the stream's own. An answer is of one tape, never of both.
 */
function chartsFeed({ timeframe, from, to }: BarsRequest, o: { feeds: Feeds; now: Micros }): Feed {
  const edge = seenUntil(o.feeds.charts, o.now)
  const isFresh = isIntraday(timeframe) && to > edge && from > edge - SHORT_US
  return isFresh ? o.feeds.quotes : o.feeds.charts
}

/** Both ends are included by the vendor. Null when nothing can lie between. */
function wireRange(
  { timeframe, from, to }: BarsRequest,
  edge: Micros,
): { start: string; end: string } | null {
  const stampOf = (ts: Micros) => (isIntraday(timeframe) ? ts : dayStamp(ts))
  // A week that holds `from` may be stamped before it.
  const first = stampOf(timeframe === '1w' ? from - DAY_US : from)
  const last = Math.min(stampOf(to) - 1, edge)
  return to <= from || first > last ? null : { start: isoFromMicros(first), end: isoFromMicros(last) }
}

/** Days of shares begin at midnight New York; `ts` is midnight UTC of a date, or within it. */
function dayStamp(ts: Micros): Micros {
  const date = new Date(Math.ceil(ts / DAY_US) * (DAY_US / 1000)).toISOString().slice(0, 10)
  return instantInZone(date, 0, NEW_YORK)
}
