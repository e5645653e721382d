// Yahoo as an IDataProvider: batches of quotes, charts in windows.
import {
  addDays,
  type Bar,
  type CorporateAction,
  DAY_US,
  isIntraday,
  MINUTE_US,
  type Micros,
  type Quote,
  type Snapshot,
} from '@onetape/market'
import { inOrder, midnightOf } from '../bar-time.ts'
import type {
  BarsRequest,
  CallOptions,
  CorporateActionsRequest,
  Fetched,
  IDataProvider,
  ProviderDeps,
  SnapshotsRequest,
} from '../contract.ts'
import { ProviderError } from '../errors.ts'
import { byAssetClass, joinFetched } from '../fetched.ts'
import { allPieces, chunksOf, inPieces } from '../http/bounded.ts'
import { httpFor } from '../http/provider-http.ts'
import { askedFor, missingOf } from '../missing.ts'
import { requireCapability } from '../require-capability.ts'
import { readRows, textField } from '../wire-rows.ts'
import { capabilities } from './capabilities.ts'
import { createYahooClient, type YahooClient } from './client.ts'
import { INTERVALS } from './intervals.ts'
import { isGone, normalizeQuote } from './normalize.ts'
import { normalizeActions, normalizeChart } from './normalize-bars.ts'
import { explain, parseChart, parseQuotes, quoteSchema } from './payload.ts'
import { yahooFromRef } from './symbols.ts'

const NAME = 'yahoo'
const BATCH = 100
const IN_FLIGHT = 4

export const BASE_URLS = { query: 'https://query2.finance.yahoo.com', cookie: 'https://finance.yahoo.com' }

export function createYahoo(deps: ProviderDeps): IDataProvider {
  const http = httpFor(deps, { provider: NAME, explain })
  const client = createYahooClient({ http, baseUrls: { ...BASE_URLS, ...deps.baseUrls } })
  const now = () => deps.marketClock.now()
  const getSnapshots = (request: SnapshotsRequest, options?: CallOptions) =>
    fetchSnapshots(client, request, now, options)

  return {
    getName: () => NAME,
    getCapabilities: () => capabilities,
    getSnapshots,
    getBars: (request, options) => fetchBars(client, request, now, options),
    listCorporateActions: (request, options) => fetchActions(client, request, now, options),

    async getQuotes(refs, options) {
      const parts = await Promise.all(byAssetClass(refs).map((group) => getSnapshots(group, options)))
      const snapshots = joinFetched(parts, now())
      return { ...snapshots, rows: snapshots.rows.map((s): Quote => s.quote) }
    },
  }
}

type Now = () => Micros

async function fetchSnapshots(
  client: YahooClient,
  { assetClass, refs }: SnapshotsRequest,
  now: Now,
  options: CallOptions = {},
): Promise<Fetched<Snapshot>> {
  requireCapability(NAME, capabilities, { assetClass, need: 'snapshots', refs })
  const asked = askedFor(refs === 'all' ? [] : refs, yahooFromRef)
  const batches = chunksOf([...asked.refs.keys()], BATCH)
  const inFlight = { limit: IN_FLIGHT, signal: options.signal }
  const { done, failure } = await inPieces(batches, inFlight, async (batch) => {
    const answer = await client.fetchQuotes(batch, options)
    return { batch, rows: parseQuotes(answer.text), calls: answer.calls }
  })
  const present = done.flatMap((d) => d.rows).filter((raw) => !isGone(raw))
  const nameOf = (raw: unknown) => textField(raw, 'symbol')
  const { rows, dropped } = readRows(present, {
    schema: quoteSchema,
    nameOf,
    normalize: (row): Snapshot | string => {
      const ref = asked.refs.get(row.symbol)
      if (!ref) return 'was not asked for'
      const snapshot = normalizeQuote(row)
      // The house's own name wins: what was asked for is what the answer is about.
      return typeof snapshot === 'string' ? snapshot : { ...snapshot, quote: { ...snapshot.quote, ...ref } }
    },
  })
  const came = new Set(present.map((raw) => nameOf(raw) ?? ''))
  const answered = {
    ...asked,
    refs: new Map(done.flatMap((d) => d.batch.map((s) => [s, asked.refs.get(s)!]))),
  }
  return {
    rows,
    dropped,
    missing: missingOf(answered, came),
    fetchedAt: now(),
    calls: done.reduce((sum, d) => sum + d.calls, 0),
    ...(failure ? { failure } : {}),
  }
}

async function fetchBars(
  client: YahooClient,
  request: BarsRequest,
  now: Now,
  options: CallOptions = {},
): Promise<Fetched<Bar>> {
  const { ref, timeframe, from, to } = request
  requireCapability(NAME, capabilities, { assetClass: ref.assetClass, need: 'bars', timeframe })
  const symbol = yahooFromRef(ref)!
  const inFlight = { limit: 2, signal: options.signal }
  const answers = await allPieces(windowsOf(request, now()), inFlight, (window) =>
    client.fetchChart({ symbol, interval: INTERVALS[timeframe]!.interval, ...window }, options),
  )
  const fetchedAt = now()
  const parts = answers.map((answer) => {
    const chart = parseChart(answer.text)
    return chart ? normalizeChart(chart, { ref, timeframe, fetchedAt }) : { rows: [], dropped: [] }
  })
  const { bars } = inOrder(parts.flatMap((p) => p.rows).filter((bar) => bar.ts >= from && bar.ts < to))
  const calls = answers.reduce((sum, answer) => sum + answer.calls, 0)
  return { rows: bars, dropped: parts.flatMap((p) => p.dropped), missing: [], fetchedAt, calls }
}

/** Ranges that the vendor answers in one call each; what it no longer keeps is left out. */
function windowsOf(
  { timeframe, from, to }: BarsRequest,
  now: Micros,
): { period1: number; period2: number }[] {
  const { keptDays, windowDays } = INTERVALS[timeframe]!
  const kept = keptDays === undefined ? Number.NEGATIVE_INFINITY : now - keptDays * DAY_US + MINUTE_US
  if (to <= kept) {
    throw new ProviderError('unsupported', `Yahoo keeps ${timeframe} bars for ${keptDays} days only`, {
      provider: NAME,
    })
  }
  // A day is stamped with its exchange's open, up to 14 hours either side of the midnight that we call it by.
  const slackUs = isIntraday(timeframe) ? 0 : DAY_US
  const first = Math.max(from - slackUs, kept)
  const last = to + slackUs
  const stepUs = windowDays === undefined ? Math.max(last - first, 1) : windowDays * DAY_US
  const windows = []
  for (let start = first; start < last; start += stepUs) {
    const end = Math.min(start + stepUs, last)
    windows.push({ period1: Math.ceil(start / 1e6), period2: Math.ceil(end / 1e6) })
  }
  return windows
}

async function fetchActions(
  client: YahooClient,
  { refs, from, to }: CorporateActionsRequest,
  now: Now,
  options: CallOptions = {},
): Promise<Fetched<CorporateAction>> {
  if (refs === 'all') {
    throw new ProviderError('unsupported', 'Yahoo lists splits and dividends by symbol only', {
      provider: NAME,
    })
  }
  const period = { period1: midnightOf(addDays(from, -1)) / 1e6, period2: midnightOf(addDays(to, 1)) / 1e6 }
  const inFlight = { limit: IN_FLIGHT, signal: options.signal }
  const answers = await allPieces(refs, inFlight, async (ref) => {
    const symbol = yahooFromRef(ref) ?? ref.symbol
    const answer = await client.fetchChart({ symbol, interval: '1d', ...period }, options)
    const chart = parseChart(answer.text)
    return { calls: answer.calls, ...(chart ? normalizeActions(chart, ref) : { rows: [], dropped: [] }) }
  })
  const inRange = (a: CorporateAction) => a.exDate >= from && a.exDate < to
  return {
    rows: answers.flatMap((a) => a.rows).filter(inRange),
    dropped: answers.flatMap((a) => a.dropped),
    missing: [],
    fetchedAt: now(),
    calls: answers.reduce((sum, a) => sum + a.calls, 0),
  }
}
