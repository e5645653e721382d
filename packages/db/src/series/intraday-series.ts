// Bars shorter than a session. Minutes come first: 1m bars, and the ticks of minutes that have none. Where no 1m bar
// lies in a bar that is asked for, a stored longer one goes before the ticks.
import {
  barStart,
  HOUR_US,
  INTRADAY_TIMEFRAMES,
  type IntradayTimeframe,
  isoFromMicros,
  MINUTE_US,
  type Micros,
  sessionAt,
  timeframeMicros,
} from '@onetape/market'
import type { Db } from '../connect.ts'
import { type IntradayChoice, intradayOffers, newestEvent } from './intraday-offers.ts'
import { DERIVE } from './intraday-sql.ts'
import { type LatestPrice, latestOf } from './latest-of.ts'
import { type Offer, pickOffer, type SeriesBar, type SeriesRequest, sourcesOf } from './series.ts'

export type IntradayRequest = SeriesRequest & { timeframe: IntradayTimeframe }

/** Start of the bucket of any length that divides the UTC day. */
export const bucketStart = (ts: Micros, lengthUs: number): Micros =>
  ts - (((ts % lengthUs) + lengthUs) % lengthUs)

/** Calendar time per trading time, generously: 6.5 of 24 hours on 5 of 7 days, and a long week-end. */
const CALENDAR_FACTOR = 8
const WINDOW_MIN_US = 96 * HOUR_US
export const FIRST_TS = Date.UTC(1900, 0, 1) * 1000
export const LAST_TS = Date.UTC(2250, 0, 1) * 1000

export async function intradaySeries(
  db: Db,
  request: IntradayRequest,
): Promise<{ offer: Offer | null; sources: string[]; bars: SeriesBar[] }> {
  const o = onBarStarts(request)
  const stored = INTRADAY_TIMEFRAMES.filter((tf) => timeframeMicros(tf) <= timeframeMicros(o.timeframe))
  const latest = await latestOf(db, o.instrumentId)
  const live = latest && o.from <= latest.ts && latest.ts < o.to ? latest : null
  const newest = Math.max((await newestEvent(db, o, stored)) ?? -Infinity, live?.ts ?? -Infinity)
  if (newest === -Infinity) return { offer: null, sources: [], bars: [] }
  const lengthUs = timeframeMicros(o.timeframe)
  const windowFrom = (us: number) =>
    Math.max(o.from, barStart(newest - Math.max(us, WINDOW_MIN_US), o.timeframe))
  const offers = await intradayOffers(
    db,
    { ...o, from: windowFrom(o.limit * lengthUs * CALENDAR_FACTOR) },
    { stored, live },
  )
  const offer = pickOffer(offers, o)
  if (!offer) return { offer, sources: sourcesOf(offers), bars: [] }
  for (let us = 2 * o.limit * lengthUs; ; us *= 4) {
    const from = windowFrom(us)
    const bars = await derive(db, { ...o, from }, { offer, stored })
    if (live?.sourceId === offer.sourceId) foldLatest(bars, live, timeframeMicros(o.timeframe))
    if (bars.length >= o.limit || from === o.from)
      return { offer, sources: sourcesOf(offers), bars: bars.slice(-o.limit) }
  }
}

/** A bar belongs to the range by its start, and is whole. */
function onBarStarts(o: IntradayRequest): IntradayRequest {
  const lengthUs = timeframeMicros(o.timeframe)
  const up = (ts: Micros) => barStart(Math.min(Math.max(ts, FIRST_TS), LAST_TS) + lengthUs - 1, o.timeframe)
  return { ...o, from: up(o.from), to: up(o.to) }
}

/** Bars of the timeframe by the whole rule, the newest `limit` of them. */
export async function derive(
  db: Db,
  o: IntradayRequest,
  { offer, stored }: { offer: Offer; stored: readonly IntradayTimeframe[] },
): Promise<SeriesBar[]> {
  const lengthUs = timeframeMicros(o.timeframe)
  const { rows } = await db.pool.query(DERIVE, [
    o.instrumentId,
    offer.sourceId,
    offer.basis,
    isoFromMicros(o.from),
    isoFromMicros(o.to),
    `${lengthUs / MINUTE_US} minutes`,
    `{${stored.filter((tf) => tf !== '1m').join(',')}}`,
    isoFromMicros(ticksFrom(o, offer)),
    o.limit,
  ])
  return rows.reverse().map((row, n) => ({
    ts: row.ts,
    open: row.open,
    high: row.high,
    low: row.low,
    close: row.close,
    volume: row.volume,
    final: n < rows.length - 1 || (row.final && row.until >= row.ts + lengthUs),
  }))
}

/** Ticks are raw: in an adjusted series only those of the session under way are on its basis. */
export function ticksFrom(o: IntradayChoice, offer: Offer): Micros {
  if (offer.basis === 'raw') return o.from
  const session = sessionAt(o.venue, offer.newest).session
  return Math.max(o.from, session?.preOpen ?? offer.newest)
}

/** The last bar moves with the latest price, and a new one begins with it. */
export function foldLatest(bars: SeriesBar[], latest: LatestPrice, lengthUs: number): void {
  const ts = bucketStart(latest.ts, lengthUs)
  const bar = bars.at(-1)
  const { last } = latest
  if (!bar || ts > bar.ts) {
    if (bar) bar.final = true
    bars.push({ ts, open: last, high: last, low: last, close: last, volume: null, final: false })
  } else if (ts === bar.ts && !bar.final) {
    bar.high = Math.max(bar.high, last)
    bar.low = Math.min(bar.low, last)
    bar.close = last
  }
}
