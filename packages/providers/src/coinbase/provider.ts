// Coinbase as an IDataProvider: all products in one call, tickers for a few, candles in windows.
import {
  type Bar,
  DAY_US,
  type InstrumentInfo,
  isIntraday,
  type Snapshot,
  timeframeMicros,
} from '@onetape/market'
import { inOrder } from '../bar-time.ts'
import type {
  BarsRequest,
  CallOptions,
  Fetched,
  IDataProvider,
  ProviderDeps,
  SnapshotsRequest,
} from '../contract.ts'
import { joinFetched } from '../fetched.ts'
import { allPieces, chunksOf, inPieces } from '../http/bounded.ts'
import { httpFor } from '../http/provider-http.ts'
import type { HttpAnswer } from '../http/request.ts'
import { answeredAt } from '../http/retry-after.ts'
import { askedFor, missingOf } from '../missing.ts'
import { requireCapability } from '../require-capability.ts'
import { readRows, textField } from '../wire-rows.ts'
import { capabilities } from './capabilities.ts'
import { CANDLES_MAX, type CoinbaseClient, createCoinbaseClient } from './client.ts'
import { normalizeCandle, normalizeListing, normalizeProduct } from './normalize.ts'
import { candleSchema, explain, parseCandles, parseProduct, parseProducts, productSchema } from './payload.ts'
import { STREAM_URL, streamCoinbase } from './stream.ts'
import { fetchTickers, IN_FLIGHT, NAME, type Now, productId, TICKERS_MAX } from './tickers.ts'

/** Ids in one address, far below the 8 kB that proxies refuse. */
const IDS_MAX = 150

export const BASE_URLS = { rest: 'https://api.coinbase.com', stream: STREAM_URL }

export function createCoinbase(deps: ProviderDeps): IDataProvider {
  const http = httpFor(deps, { provider: NAME, explain })
  const client = createCoinbaseClient({ http, baseUrl: deps.baseUrls?.rest ?? BASE_URLS.rest })
  const now = () => deps.marketClock.now()

  return {
    getName: () => NAME,
    getCapabilities: () => capabilities,
    getSnapshots: (request, options) => fetchSnapshots(client, request, now, options),
    getBars: (request, options) => fetchBars(client, request, now, options),
    streamQuotes: (refs, options) => streamCoinbase(deps, refs, options),
    listInstruments: (assetClass, options) => fetchListing(client, assetClass, now, options),

    async getQuotes(refs, options) {
      if (refs.length === 0) return joinFetched([], now())
      if (refs.length <= TICKERS_MAX) return fetchTickers(client, refs, now, options)
      const snapshots = await fetchSnapshots(client, { assetClass: 'crypto', refs }, now, options)
      return { ...snapshots, rows: snapshots.rows.map((s) => s.quote) }
    },
  }
}

async function fetchSnapshots(
  client: CoinbaseClient,
  { assetClass, refs }: SnapshotsRequest,
  now: Now,
  options: CallOptions = {},
): Promise<Fetched<Snapshot>> {
  requireCapability(NAME, capabilities, { assetClass, need: 'snapshots', refs })
  const asked = refs === 'all' ? null : askedFor(refs, productId)
  const ids = asked ? [...asked.refs.keys()] : 'all'
  const { done, failure } = await askProducts(client, ids, options)
  const fetchedAt = now()
  const nameOf = (raw: unknown) => textField(raw, 'product_id')
  const parts = done.map(({ list, answer }) => {
    // A row too broken to say whose it is stays, to be counted.
    const wanted = asked ? list.filter((raw) => asked.refs.has(nameOf(raw) ?? '') || !nameOf(raw)) : list
    const ts = answeredAt(answer.headers) ?? fetchedAt
    return {
      ...readRows(wanted, { schema: productSchema, nameOf, normalize: (row) => normalizeProduct(row, ts) }),
      came: wanted.map((raw) => nameOf(raw) ?? ''),
    }
  })
  return {
    rows: parts.flatMap((p) => p.rows),
    dropped: parts.flatMap((p) => p.dropped),
    missing: asked && !failure ? missingOf(asked, new Set(parts.flatMap((p) => p.came))) : [],
    fetchedAt,
    calls: done.reduce((sum, { answer }) => sum + answer.calls, 0),
    ...(failure ? { failure } : {}),
  }
}

type Products = { answer: HttpAnswer; list: unknown[] }

async function askProducts(client: CoinbaseClient, ids: readonly string[] | 'all', options: CallOptions) {
  if (ids !== 'all' && ids.length === 1) {
    const answer = await client.fetchProduct(ids[0]!, options)
    const list = answer.status === 404 ? [] : parseProduct(answer.text)
    return { done: [{ answer, list }] as Products[], failure: null }
  }
  const lists = ids === 'all' ? (['all'] as const) : chunksOf(ids, IDS_MAX)
  return inPieces<readonly string[] | 'all', Products>(
    lists,
    { limit: IN_FLIGHT, signal: options.signal },
    async (list) => {
      const answer = await client.fetchProducts(list, options)
      return { answer, list: parseProducts(answer.text) }
    },
  )
}

async function fetchBars(
  client: CoinbaseClient,
  request: BarsRequest,
  now: Now,
  options: CallOptions = {},
): Promise<Fetched<Bar>> {
  const { ref, timeframe, from, to } = request
  requireCapability(NAME, capabilities, { assetClass: ref.assetClass, need: 'bars', timeframe })
  const inFlight = { limit: IN_FLIGHT, signal: options.signal }
  const answers = await allPieces(windowsOf(request), inFlight, (window) =>
    client.fetchCandles({ productId: productId(ref), timeframe, ...window }, options),
  )
  const fetchedAt = now()
  const parts = answers.map((answer) =>
    readRows(parseCandles(answer.text), {
      schema: candleSchema,
      nameOf: (raw) => textField(raw, 'start'),
      normalize: (row) => normalizeCandle(row, { ref, timeframe, fetchedAt }),
    }),
  )
  const { bars } = inOrder(parts.flatMap((p) => p.rows).filter((bar) => bar.ts >= from && bar.ts < to))
  const calls = answers.reduce((sum, answer) => sum + answer.calls, 0)
  return { rows: bars, dropped: parts.flatMap((p) => p.dropped), missing: [], fetchedAt, calls }
}

/** Pieces of at most 300 candles; the vendor includes both ends, so each ends a second before the next begins. */
function windowsOf({ timeframe, from, to }: BarsRequest): { start: number; end: number }[] {
  const lengthUs = isIntraday(timeframe) ? timeframeMicros(timeframe) : DAY_US
  const first = Math.ceil(from / lengthUs) * lengthUs
  const windows = []
  for (let start = first; start < to; start += CANDLES_MAX * lengthUs) {
    const end = Math.min(start + CANDLES_MAX * lengthUs, to)
    windows.push({ start: start / 1e6, end: Math.ceil(end / 1e6) - 1 })
  }
  return windows
}

async function fetchListing(
  client: CoinbaseClient,
  assetClass: SnapshotsRequest['assetClass'],
  now: Now,
  options: CallOptions = {},
): Promise<Fetched<InstrumentInfo>> {
  requireCapability(NAME, capabilities, { assetClass, need: 'reference' })
  const answer = await client.fetchProducts('all', options)
  const listing = readRows(parseProducts(answer.text), {
    schema: productSchema,
    nameOf: (raw) => textField(raw, 'product_id'),
    normalize: normalizeListing,
  })
  return { ...listing, missing: [], fetchedAt: now(), calls: answer.calls }
}
