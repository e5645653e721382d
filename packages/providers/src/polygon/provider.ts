// Polygon as an IDataProvider: which call answers which question.
import { type Bar, isIntraday, type Quote, type Snapshot, type SymbolRef } from '@onetape/market'
import { inOrder, midnightOf } from '../bar-time.ts'
import type {
  BarsRequest,
  CallOptions,
  Fetched,
  IDataProvider,
  ProviderDeps,
  SnapshotsRequest,
} from '../contract.ts'
import { ProviderError } from '../errors.ts'
import { byAssetClass, joinFetched } from '../fetched.ts'
import { inPieces } from '../http/bounded.ts'
import { httpFor } from '../http/provider-http.ts'
import { askedFor, missingOf } from '../missing.ts'
import { requireCapability } from '../require-capability.ts'
import { readRows, textField } from '../wire-rows.ts'
import { capabilities } from './capabilities.ts'
import { createPolygonClient, type PolygonAnswer, type PolygonClient, tickerLists } from './client.ts'
import { normalizeSnapshot } from './normalize.ts'
import { normalizeAggregate } from './normalize-bars.ts'
import { aggregateSchema, explain, snapshotSchema } from './payload.ts'
import { createPolygonReference } from './reference.ts'
import { refFromTicker, tickerFromRef } from './symbols.ts'

const NAME = 'polygon'
const IN_FLIGHT = 4
/** A list that needs more calls than this is cheaper as the whole market. */
const LISTS_MAX = 3

export const BASE_URLS = { rest: 'https://api.massive.com' }

export function createPolygon(deps: ProviderDeps): IDataProvider {
  const apiKey = deps.credentials.apiKey
  const http = httpFor(deps, {
    provider: NAME,
    secrets: apiKey ? [apiKey] : [],
    explain,
  })
  const client = createPolygonClient({ http, baseUrl: deps.baseUrls?.rest ?? BASE_URLS.rest, apiKey })
  const now = () => deps.marketClock.now()
  const getSnapshots = (request: SnapshotsRequest, options?: CallOptions) =>
    fetchSnapshots(client, request, now, options)

  return {
    getName: () => NAME,
    getCapabilities: () => capabilities,
    getSnapshots,
    getBars: (request, options) => fetchBars(client, request, now, options),
    getMarketDay: (request, options) => fetchMarketDay(client, request, now, options),
    ...createPolygonReference(client, now),

    async getQuotes(refs, options) {
      const parts = await Promise.all(byAssetClass(refs).map((group) => getSnapshots(group, options)))
      const snapshots = joinFetched(parts, now())
      return { ...snapshots, rows: snapshots.rows.map((s): Quote => s.quote) }
    },
  }
}

type Now = () => number

async function fetchSnapshots(
  client: PolygonClient,
  { assetClass, refs }: SnapshotsRequest,
  now: Now,
  options: CallOptions = {},
): Promise<Fetched<Snapshot>> {
  requireCapability(NAME, capabilities, { assetClass, need: 'snapshots', refs })
  const asked = refs === 'all' ? null : askedFor(refs, tickerFromRef)
  const tickers = asked ? [...asked.refs.keys()] : 'all'
  const { done, failure } = await askSnapshots(client, assetClass, tickers, options)
  const fetchedAt = now()
  const came = new Set<string>()
  const parts = done.map(({ rows, delayed }) =>
    readRows(rows, {
      schema: snapshotSchema,
      nameOf: (raw) => textField(raw, 'ticker'),
      normalize: (row) => normalizeSnapshot(row, { assetClass, delayed, fetchedAt }),
    }),
  )
  for (const { rows } of done) for (const raw of rows) came.add(textField(raw, 'ticker') ?? '')
  const wanted = (s: Snapshot) => asked === null || asked.refs.has(tickerFromRef(s.quote)!)
  return {
    rows: parts.flatMap((p) => p.rows).filter(wanted),
    // A row too broken to say whose it is counts too.
    dropped: parts
      .flatMap((p) => p.dropped)
      .filter(({ row }) => asked === null || typeof row === 'number' || asked.refs.has(row)),
    missing: asked && !failure ? missingOf(asked, came) : [],
    fetchedAt,
    calls: done.reduce((sum, answer) => sum + answer.calls, 0),
    ...(failure ? { failure } : {}),
  }
}

async function askSnapshots(
  client: PolygonClient,
  assetClass: SnapshotsRequest['assetClass'],
  tickers: readonly string[] | 'all',
  options: CallOptions,
) {
  const whole = async () => ({
    done: [await client.fetchSnapshots(assetClass, 'all', options)],
    failure: null,
  })
  if (tickers === 'all') return whole()
  if (tickers.length === 1) {
    return { done: [await client.fetchSnapshot(assetClass, tickers[0]!, options)], failure: null }
  }
  const lists = tickerLists(tickers)
  if (lists.length > LISTS_MAX) return whole()
  return inPieces(lists, { limit: IN_FLIGHT, signal: options.signal }, (list) =>
    client.fetchSnapshots(assetClass, list, options),
  )
}

async function fetchBars(
  client: PolygonClient,
  request: BarsRequest,
  now: Now,
  options: CallOptions = {},
): Promise<Fetched<Bar>> {
  const { ref, timeframe, from, to } = request
  requireCapability(NAME, capabilities, { assetClass: ref.assetClass, need: 'bars', timeframe })
  const ticker = tickerFromRef(ref)
  if (ticker === null) throw unknownSymbol(ref)
  const range = wireRange(request)
  const empty: PolygonAnswer = { rows: [], delayed: false, nextUrl: null, ticker: null, calls: 0 }
  const answer = range ? await client.fetchAggregates({ ticker, timeframe, ...range }, options) : empty
  const fetchedAt = now()
  const { rows, dropped } = readRows(answer.rows, {
    schema: aggregateSchema,
    normalize: (row) => normalizeAggregate(row, { ref, timeframe, delayed: answer.delayed, fetchedAt }),
  })
  const { bars } = inOrder(rows.filter((bar) => bar.ts >= from && bar.ts < to))
  return { rows: bars, dropped, missing: [], fetchedAt, calls: answer.calls }
}

/** The vendor includes both ends; daily and longer windows are asked by date. Null when nothing can lie between. */
function wireRange({
  timeframe,
  from,
  to,
}: BarsRequest): { from: string | number; to: string | number } | null {
  if (to <= from) return null
  if (isIntraday(timeframe)) return { from: Math.ceil(from / 1000), to: Math.ceil(to / 1000) - 1 }
  const dateOf = (us: number) => new Date(Math.floor(us / 1000)).toISOString().slice(0, 10)
  // A week is stamped with its Sunday and known here by its Monday: one day earlier finds it.
  const firstUs = timeframe === '1w' ? from - 86_400_000_000 : from
  const first = dateOf(firstUs)
  return { from: midnightOf(first) < firstUs ? dateOf(firstUs + 86_399_999_999) : first, to: dateOf(to - 1) }
}

async function fetchMarketDay(
  client: PolygonClient,
  { assetClass, sessionDate }: { assetClass: SnapshotsRequest['assetClass']; sessionDate: string },
  now: Now,
  options: CallOptions = {},
): Promise<Fetched<Bar>> {
  requireCapability(NAME, capabilities, { assetClass, need: 'snapshots', refs: 'all' })
  const answer = await client.fetchGroupedDaily(assetClass, sessionDate, options)
  const fetchedAt = now()
  const { rows, dropped } = readRows(answer.rows, {
    schema: aggregateSchema,
    nameOf: (raw) => textField(raw, 'T'),
    normalize: (row): Bar | string => {
      const ref = row.T === undefined ? null : refFromTicker(row.T)
      if (!ref) return `ticker ${row.T ?? '(none)'} has no symbol here`
      return normalizeAggregate(row, { ref, timeframe: '1d', delayed: answer.delayed, fetchedAt })
    },
  })
  return { rows, dropped, missing: [], fetchedAt, calls: answer.calls }
}

const unknownSymbol = (ref: SymbolRef): ProviderError =>
  new ProviderError('not_found', `Polygon has no ticker for ${ref.assetClass} ${ref.symbol}`, {
    provider: NAME,
  })
