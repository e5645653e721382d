// Schwab's candles over a range: one call, or as many as its gateway can carry.
import { type Bar, HOUR_US, isIntraday } from '@onetape/market'
import { inOrder } from '../bar-time.ts'
import type { BarsRequest, CallOptions, Fetched } from '../contract.ts'
import { ProviderError } from '../errors.ts'
import { requireAccess } from '../require-access.ts'
import { requireCapability } from '../require-capability.ts'
import { readRows } from '../wire-rows.ts'
import { capabilities } from './capabilities.ts'
import type { HistoryRequest, SchwabClient } from './client.ts'
import { normalizeCandle } from './normalize-bars.ts'
import { candleSchema, isTooBig, NAME, parseHistory } from './payload.ts'
import type { SchwabContext } from './provider.ts'
import { symbolFromRef } from './symbols.ts'

/** A week is dated by its Monday here; the vendor's stamp may lie a day before. */
const WEEK_SLACK_US = 24 * HOUR_US
/** Halved this often, minutes of two months are pieces of an hour: what is still too big then is no matter of size. */
const HALVINGS_MAX = 10

export async function fetchBars(
  { client, tier, now }: SchwabContext,
  request: BarsRequest,
  options: CallOptions = {},
): Promise<Fetched<Bar>> {
  const { ref, timeframe, from, to } = request
  requireCapability(NAME, capabilities, { assetClass: ref.assetClass, need: 'bars', timeframe })
  const access = requireAccess(NAME, tier, { assetClass: ref.assetClass, kind: 'charts' })
  const symbol = symbolFromRef(ref)
  if (symbol === null) {
    throw new ProviderError('not_found', `Schwab has no symbol for ${ref.assetClass} ${ref.symbol}`, {
      provider: NAME,
    })
  }
  const startUs = timeframe === '1w' && !isIntraday(timeframe) ? from - WEEK_SLACK_US : from
  const range = { symbol, timeframe, startDate: Math.ceil(startUs / 1000), endDate: Math.ceil(to / 1000) - 1 }
  const { list, calls } = to > from ? await fetchPieces(client, range, options) : { list: [], calls: 0 }
  const fetchedAt = now()
  const { feed, delayedMinutes } = access
  const { rows, dropped } = readRows(list, {
    schema: candleSchema,
    normalize: (row) => normalizeCandle(row, { ref, timeframe, feed, delayedMinutes, fetchedAt }),
  })
  const { bars } = inOrder(rows.filter((bar) => bar.ts >= from && bar.ts < to))
  return { rows: bars, dropped, missing: [], fetchedAt, calls }
}

async function fetchPieces(
  client: SchwabClient,
  range: HistoryRequest,
  options: CallOptions,
  halvings = 0,
): Promise<{ list: unknown[]; calls: number }> {
  try {
    const answer = await client.fetchHistory(range, options)
    return { list: parseHistory(answer.text, range.symbol), calls: answer.calls }
  } catch (error) {
    if (!isTooBig(error) || halvings >= HALVINGS_MAX) throw error
    const middle = Math.floor((range.startDate + range.endDate) / 2)
    const first = await fetchPieces(client, { ...range, endDate: middle }, options, halvings + 1)
    const second = await fetchPieces(client, { ...range, startDate: middle + 1 }, options, halvings + 1)
    return { list: [...first.list, ...second.list], calls: 1 + first.calls + second.calls }
  }
}
