// Yahoo's charts: bars in the windows that one call may span, and the splits and dividends that come with days.
import {
  addDays,
  type Bar,
  type CorporateAction,
  DAY_US,
  isIntraday,
  MINUTE_US,
  type Micros,
} from '@onetape/market'
import { inOrder, midnightOf } from '../bar-time.ts'
import type { BarsRequest, CallOptions, CorporateActionsRequest, Fetched } from '../contract.ts'
import { ProviderError } from '../errors.ts'
import { allPieces } from '../http/bounded.ts'
import { requireCapability } from '../require-capability.ts'
import { capabilities } from './capabilities.ts'
import type { YahooClient } from './client.ts'
import { INTERVALS } from './intervals.ts'
import { asPaid, normalizeActions } from './normalize-actions.ts'
import { normalizeChart } from './normalize-bars.ts'
import { parseChart } from './payload.ts'
import { yahooFromRef } from './symbols.ts'

const NAME = 'yahoo'
const IN_FLIGHT = 4

type Now = () => Micros

export async function fetchBars(
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
    return chart
      ? normalizeChart(chart, { ref, timeframe, fetchedAt })
      : { rows: [], dropped: [], unit: null }
  })
  const currency = parts.find((part) => part.unit !== null)?.unit?.currency
  const { bars } = inOrder(parts.flatMap((p) => p.rows).filter((bar) => bar.ts >= from && bar.ts < to))
  const calls = answers.reduce((sum, answer) => sum + answer.calls, 0)
  return {
    rows: bars,
    dropped: parts.flatMap((p) => p.dropped),
    missing: [],
    fetchedAt,
    calls,
    ...(currency ? { currency } : {}),
  }
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

export async function fetchActions(
  client: YahooClient,
  { refs, from, to }: CorporateActionsRequest,
  now: Now,
  options: CallOptions = {},
): Promise<Fetched<CorporateAction>> {
  const need = 'corporateActions' as const
  if (refs === 'all') {
    throw new ProviderError('unsupported', 'Yahoo lists splits and dividends by symbol only', {
      provider: NAME,
    })
  }
  for (const { assetClass } of refs) requireCapability(NAME, capabilities, { assetClass, need, refs })
  // Up to today, whatever was asked for: only with every split since are old dividends known as they were paid.
  const last = Math.max(midnightOf(addDays(to, 1)), now() + DAY_US)
  const period = { period1: midnightOf(addDays(from, -1)) / 1e6, period2: Math.ceil(last / 1e6) }
  const inFlight = { limit: IN_FLIGHT, signal: options.signal }
  const answers = await allPieces(refs, inFlight, async (ref) => {
    const symbol = yahooFromRef(ref) ?? ref.symbol
    const answer = await client.fetchChart({ symbol, interval: '1d', ...period }, options)
    const chart = parseChart(answer.text)
    const { rows, dropped } = chart ? normalizeActions(chart, ref) : { rows: [], dropped: [] }
    return { calls: answer.calls, rows: asPaid(rows), dropped }
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
