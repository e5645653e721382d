// Polygon's aggregates: one symbol over a range, or a whole market on one day, within what the plan sees.
import {
  type AssetClass,
  type Bar,
  DAY_US,
  isIntraday,
  lastSession,
  type Micros,
  type SymbolRef,
  sessionAt,
  venueOf,
} from '@onetape/market'
import { inOrder, midnightOf } from '../bar-time.ts'
import type { BarsRequest, CallOptions, DataTier, Fetched, TierAccess } from '../contract.ts'
import { ProviderError } from '../errors.ts'
import { requireHistory } from '../require-access.ts'
import { requireCapability } from '../require-capability.ts'
import { readRows, textField } from '../wire-rows.ts'
import { capabilities } from './capabilities.ts'
import { accessTo, NAME, type PolygonContext } from './context.ts'
import { END_OF_DAY_MINUTES } from './feed.ts'
import { normalizeAggregate } from './normalize-bars.ts'
import type { PolygonAnswer } from './pages.ts'
import { aggregateSchema } from './payload.ts'
import { refFromTicker, tickerFromRef } from './symbols.ts'

export async function fetchBars(
  c: PolygonContext,
  request: BarsRequest,
  options: CallOptions = {},
): Promise<Fetched<Bar>> {
  const { ref, timeframe, from, to } = request
  requireCapability(NAME, capabilities, { assetClass: ref.assetClass, need: 'bars', timeframe })
  const access = accessTo(c, ref.assetClass, 'charts')
  const ticker = tickerFromRef(ref)
  if (ticker === null) throw unknownSymbol(ref)
  const seen = withinPlan({ tier: c.tier, access, now: c.now() }, request)
  const range = wireRange({ ...request, ...seen })
  const empty: PolygonAnswer = { rows: [], delayed: false, nextUrl: null, ticker: null, calls: 0 }
  const answer = range ? await c.client.fetchAggregates({ ticker, timeframe, ...range }, options) : empty
  const fetchedAt = c.now()
  const delayed = answer.delayed || access.delayedMinutes > 0
  const { rows, dropped } = readRows(answer.rows, {
    schema: aggregateSchema,
    normalize: (row) => normalizeAggregate(row, { ref, timeframe, delayed, fetchedAt }),
  })
  const { bars } = inOrder(rows.filter((bar) => bar.ts >= from && bar.ts < to))
  return { rows: bars, dropped, missing: [], fetchedAt, calls: answer.calls }
}

interface Plan {
  tier: DataTier
  access: TierAccess
  now: Micros
}

/** The part of a range that the plan sees; what lies outside it wholly is refused before a call is spent. */
function withinPlan({ tier, access, now }: Plan, { ref, timeframe, from, to }: BarsRequest) {
  const first = requireHistory(NAME, { tier, access }, { from, to, now })
  if (access.delayedMinutes < END_OF_DAY_MINUTES || to <= from) return { from: first, to }
  const over = lastFinished(ref.assetClass, now)
  const end = isIntraday(timeframe) ? over.end : midnightOf(over.date) + DAY_US
  if (first < end) return { from: first, to: Math.min(to, end) }
  throw new ProviderError('not_entitled', `the ${tier.label} plan of ${NAME} sees a day once it is over`, {
    provider: NAME,
  })
}

/** The newest trading day that is over, extended hours included, and when it ended. */
function lastFinished(assetClass: AssetClass, now: Micros): { date: string; end: Micros } {
  const venue = venueOf(assetClass)
  const running = sessionAt(venue, now).session
  const { date, postClose } = lastSession(venue, running ? running.open - 1 : now)
  return { date, end: postClose }
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
  const firstUs = timeframe === '1w' ? from - DAY_US : from
  const first = dateOf(firstUs)
  return { from: midnightOf(first) < firstUs ? dateOf(firstUs + DAY_US - 1) : first, to: dateOf(to - 1) }
}

export async function fetchMarketDay(
  c: PolygonContext,
  { assetClass, sessionDate }: { assetClass: AssetClass; sessionDate: string },
  options: CallOptions = {},
): Promise<Fetched<Bar>> {
  requireCapability(NAME, capabilities, { assetClass, need: 'snapshots', refs: 'all' })
  const access = accessTo(c, assetClass, 'charts')
  const from = midnightOf(sessionDate)
  const ref = { assetClass, symbol: '' }
  withinPlan({ tier: c.tier, access, now: c.now() }, { ref, timeframe: '1d', from, to: from + DAY_US })
  const answer = await c.client.fetchGroupedDaily(assetClass, sessionDate, options)
  const fetchedAt = c.now()
  const delayed = answer.delayed || access.delayedMinutes > 0
  const { rows, dropped } = readMarketDay(answer.rows, { delayed, fetchedAt })
  return { rows, dropped, missing: [], fetchedAt, calls: answer.calls }
}

export const readMarketDay = (list: readonly unknown[], o: { delayed: boolean; fetchedAt: Micros }) =>
  readRows(list, {
    schema: aggregateSchema,
    nameOf: (raw) => textField(raw, 'T'),
    normalize: (row): Bar | string => {
      const ref = row.T === undefined ? null : refFromTicker(row.T)
      if (!ref) return `ticker ${row.T ?? '(none)'} has no symbol here`
      return normalizeAggregate(row, { ref, timeframe: '1d', ...o })
    },
  })

const unknownSymbol = (ref: SymbolRef): ProviderError =>
  new ProviderError('not_found', `Polygon has no ticker for ${ref.assetClass} ${ref.symbol}`, {
    provider: NAME,
  })
