// Candles from a start, page by page: the vendor counts candles, and a minute without ticks has none.
import {
  addDays,
  type Bar,
  DAY_US,
  instantInZone,
  isIntraday,
  isoFromMicros,
  type Micros,
  microsFromIso,
  type Timeframe,
  timeframeMicros,
} from '@onetape/market'
import { inOrder, NEW_YORK } from '../bar-time.ts'
import type { BarsRequest, CallOptions, Fetched } from '../contract.ts'
import { ProviderError } from '../errors.ts'
import { requireCapability } from '../require-capability.ts'
import { readRows, textField } from '../wire-rows.ts'
import { capabilities } from './capabilities.ts'
import { CANDLES_MAX, type OandaClient } from './client.ts'
import { normalizeCandle } from './normalize.ts'
import { candleSchema, parseCandles } from './payload.ts'
import { spell } from './symbols.ts'

const PAGES_MAX = 1000
const ROLL_MS = 17 * 3_600_000

/** How long before the date that they bear here days, weeks (Friday for Monday) and months begin. */
const DAYS_BEFORE: Partial<Record<Timeframe, number>> = { '1d': 1, '1w': 3, '1mo': 1 }

export const createBars =
  (client: OandaClient, now: () => Micros) =>
  async (request: BarsRequest, options: CallOptions = {}): Promise<Fetched<Bar>> => {
    const { ref, timeframe, from, to } = request
    requireCapability('oanda', capabilities, { assetClass: ref.assetClass, need: 'bars', timeframe })
    const instrument = spell(ref)
    if (instrument === null) throw fault('not_found', `has no instrument for ${ref.assetClass} ${ref.symbol}`)
    const range = { first: stampOf(from, timeframe), last: stampOf(to, timeframe) }
    const { candles, calls } = await pages({ client, now, instrument, timeframe, ...range }, options)
    const { rows, dropped } = readRows(candles, {
      schema: candleSchema,
      nameOf: (raw) => textField(raw, 'time'),
      normalize: (row) => normalizeCandle(row, { ref, timeframe }),
    })
    const { bars } = inOrder(rows.filter((bar) => bar.ts >= from && bar.ts < to))
    return { rows: bars, dropped, missing: [], fetchedAt: now(), calls }
  }

interface Walk {
  client: OandaClient
  now: () => Micros
  instrument: string
  timeframe: Timeframe
  /** Half-open range of the vendor's stamps. */
  first: Micros
  last: Micros
}

/**
 * A page that is shorter than asked ends at the present, or was cut: unless its last candle is open or reaches the
 * end, the next page is asked for, and an empty one settles it. The vendor refuses a start in the future.
 */
async function pages(walk: Walk, options: CallOptions): Promise<{ candles: unknown[]; calls: number }> {
  const { client, now, instrument, timeframe, first, last } = walk
  const candles: unknown[] = []
  let calls = 0
  let from = first
  for (let page = 0; page < PAGES_MAX; page++) {
    const end = Math.min(last, now())
    if (from >= end) return { candles, calls }
    const count = Math.min(CANDLES_MAX, Math.ceil((last - from) / lengthOf(timeframe)) + 1)
    const query = { instrument, timeframe, from: isoFromMicros(from), includeFirst: page === 0, count }
    const answer = await client.fetchCandles(query, options)
    const body = parseCandles(answer.text)
    calls += answer.calls
    if (body.instrument.replace('/', '_') !== instrument) {
      throw fault('malformed', `answered with candles of ${body.instrument}, not of ${instrument}`)
    }
    candles.push(...body.candles)
    const newest = body.candles.at(-1)
    const stamp = microsFromIso(textField(newest, 'time') ?? '')
    const isOpen = (newest as { complete?: unknown } | undefined)?.complete === false
    if (stamp === null || stamp <= from - (page === 0 ? lengthOf(timeframe) : 0) || isOpen) {
      return { candles, calls }
    }
    if (stamp + lengthOf(timeframe) >= end) return { candles, calls }
    from = stamp
  }
  throw fault('invalid_request', `has more than ${PAGES_MAX} pages of candles there: ask for a shorter range`)
}

/** Of a month the shortest: the count asked for is never too small. */
const lengthOf = (timeframe: Timeframe): number => {
  if (isIntraday(timeframe)) return timeframeMicros(timeframe)
  return { '1d': DAY_US, '1w': 7 * DAY_US, '1mo': 28 * DAY_US }[timeframe as '1d']!
}

/** Start of the vendor's candle for the first bar at or after `ts`, which is midnight UTC of a date for days and longer. */
function stampOf(ts: Micros, timeframe: Timeframe): Micros {
  const before = DAYS_BEFORE[timeframe]
  if (before === undefined) return ts
  const date = new Date(Math.ceil(ts / DAY_US) * (DAY_US / 1000)).toISOString().slice(0, 10)
  return instantInZone(addDays(date, -before), ROLL_MS, NEW_YORK)
}

const fault = (kind: 'not_found' | 'malformed' | 'invalid_request', words: string): ProviderError =>
  new ProviderError(kind, `OANDA ${words}`, { provider: 'oanda' })
