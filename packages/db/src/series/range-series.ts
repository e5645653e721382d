// A range at the resolution of a screen: the tape chooses how long the bars are, and says so.
import {
  barStart,
  DAY_US,
  HOUR_US,
  INTRADAY_TIMEFRAMES,
  isIntraday,
  MINUTE_US,
  type Micros,
  sessionDateOf,
  timeframeMicros,
} from '@onetape/market'
import type { Db } from '../connect.ts'
import { type Bucket, readBuckets, sumOf } from './buckets.ts'
import { barsOf, type DayRow, daySeries } from './day-series.ts'
import { type Extent, extentOf } from './extent.ts'
import { type IntradayChoice, intradayOffers, newestEvent } from './intraday-offers.ts'
import { bucketStart, derive, FIRST_TS, foldLatest, LAST_TS, ticksFrom } from './intraday-series.ts'
import { type LatestPrice, latestOf } from './latest-of.ts'
import {
  type DayUnit,
  type IntradayResolution,
  type Resolution,
  resolutionOf,
  resolutionsFor,
} from './resolution.ts'
import { type Offer, pickOffer, type SeriesBar, type SeriesChoice, sourcesOf } from './series.ts'

export interface RangeRequest extends SeriesChoice {
  /** Width of the screen in bars: not more than so many, as short as that allows, never shorter than the timeframe. */
  points: number
}

export interface RangeSeries {
  offer: Offer | null
  sources: string[]
  bars: SeriesBar[]
  resolution: Resolution
}

/** Sources count that have something new in these days before the newest event of the range. */
const OFFERS_WITHIN_US = 96 * HOUR_US
const ALL_ROWS = 10_000_000

export async function rangeSeries(db: Db, request: RangeRequest): Promise<RangeSeries> {
  const { timeframe } = request
  return isIntraday(timeframe)
    ? await intradayRange(db, { ...request, timeframe })
    : await dayRange(db, request, timeframe as DayUnit)
}

type IntradayRange = RangeRequest & IntradayChoice

async function intradayRange(db: Db, request: IntradayRange): Promise<RangeSeries> {
  const o = { ...request, ...covering(request, timeframeMicros(request.timeframe)) }
  const nothing = { offer: null, bars: [], resolution: resolutionOf(o.timeframe) }
  const stored = INTRADAY_TIMEFRAMES.filter((tf) => timeframeMicros(tf) <= timeframeMicros(o.timeframe))
  const latest = await latestOf(db, o.instrumentId)
  const live = latest && o.from <= latest.ts && latest.ts < o.to ? latest : null
  const newest = Math.max((await newestEvent(db, o, stored)) ?? -Infinity, live?.ts ?? -Infinity)
  if (newest === -Infinity) return { ...nothing, sources: [] }
  const offersFrom = Math.max(o.from, barStart(newest - OFFERS_WITHIN_US, o.timeframe))
  const offers = await intradayOffers(db, { ...o, from: offersFrom }, { stored, live })
  // Who is asked for by name may have ended long before the others.
  if (o.source !== undefined && !offers.some((offer) => offer.source === o.source))
    offers.push(...(await intradayOffers(db, o, { stored, live: null, only: o.source })))
  const offer = pickOffer(offers, o)
  const sources = sourcesOf(offers)
  if (!offer) return { ...nothing, sources }
  const longer = stored.filter((tf) => tf !== '1m')
  // From midnight UTC, where bars of every length begin: the first one reaches back before the range.
  const whole = { ...o, from: bucketStart(o.from, DAY_US) }
  const extent = await extentOf(db, whole, { offer, longer, ticksFrom: ticksFrom(whole, offer) })
  const reader: Reader = { db, o, offer, extent, live: latest?.sourceId === offer.sourceId ? latest : null }
  const span = {
    from: Math.max(o.from, Math.min(extent.oldest ?? offer.newest, offer.newest)),
    to: offer.newest + timeframeMicros(o.timeframe),
  }
  for (const resolution of resolutionsFor({ ...o, ...span, extended: extent.extended })) {
    if (resolution.lengthUs === null) {
      const days = await daysOf(reader, resolution.name)
      return { ...days, sources: [...new Set([...sources, ...days.sources])].sort(), resolution }
    }
    const bars = await intradayBars(reader, resolution)
    if (bars.length <= o.points) return { offer, sources, bars, resolution }
  }
  throw new RangeError('A range always has a longest resolution.')
}

interface Reader {
  db: Db
  o: IntradayRange
  offer: Offer
  extent: Extent
  /** The latest price, whenever it was, where it comes from the same source. */
  live: LatestPrice | null
}

/** Bars of one length. Up to the newest stored longer bar by the whole rule; minutes alone after it. */
async function intradayBars(reader: Reader, { lengthUs }: IntradayResolution): Promise<SeriesBar[]> {
  const { db, o, offer, extent, live } = reader
  const { from, to } = covering(o, lengthUs)
  const bound = extent.newestLonger === null ? from : bucketStart(extent.newestLonger, lengthUs) + lengthUs
  const start = Math.max(from, bucketStart(extent.oldest ?? from, lengthUs))
  const old: Bucket[] = []
  if (start < bound) {
    const derived = await derive(db, { ...o, from: start, to: bound, limit: ALL_ROWS }, derivedFrom(o, offer))
    old.push(...foldBars(derived, { lengthUs, partUs: timeframeMicros(o.timeframe) }))
  }
  const minutes = await readBuckets(db, {
    ...{ instrumentId: o.instrumentId, offer, lengthUs, to },
    from: Math.max(start, bound),
    ticksFrom: extent.hasTicks ? ticksFrom({ ...o, from: start }, offer) : null,
  })
  const bars = [...old, ...minutes].map(
    ({ ts, open, high, low, close, volume, final, last }, n, all): SeriesBar => {
      const isOver = n < all.length - 1 || (final && last + MINUTE_US >= ts + lengthUs)
      return { ts, open, high, low, close, volume, final: isOver }
    },
  )
  if (live && start <= live.ts && live.ts < to) foldLatest(bars, live, lengthUs)
  return bars
}

const derivedFrom = (o: IntradayRange, offer: Offer) => ({
  offer,
  stored: INTRADAY_TIMEFRAMES.filter((tf) => timeframeMicros(tf) <= timeframeMicros(o.timeframe)),
})

/** Longer bars out of whole shorter ones. */
function foldBars(bars: readonly SeriesBar[], x: { lengthUs: number; partUs: number }): Bucket[] {
  const buckets: Bucket[] = []
  for (const bar of bars) {
    const ts = bucketStart(bar.ts, x.lengthUs)
    const last = bar.ts + x.partUs - MINUTE_US
    const bucket = buckets.at(-1)
    if (bucket?.ts !== ts) {
      buckets.push({ ...bar, ts, first: bar.ts, last })
      continue
    }
    bucket.high = Math.max(bucket.high, bar.high)
    bucket.low = Math.min(bucket.low, bar.low)
    bucket.close = bar.close
    bucket.volume = sumOf(bucket.volume, bar.volume)
    bucket.final &&= bar.final
    bucket.last = last
  }
  return buckets
}

/**
 * Bars of whole sessions: the source's days, or another's where the caller left it open. Where nobody keeps days of
 * this instrument, they are made of what was traded in each session.
 */
async function daysOf(reader: Reader, unit: DayUnit): Promise<Omit<RangeSeries, 'resolution'>> {
  const { db, o, offer } = reader
  const common = { ...o, timeframe: unit, limit: ALL_ROWS, covering: true }
  const own = await daySeries(db, { ...common, source: offer.source })
  if (own.offer && own.bars.length > 0) return own
  const any = o.source === undefined ? await daySeries(db, common) : own
  if (any.offer && any.bars.length > 0) return any
  const hours = { name: '1h', lengthUs: Math.max(HOUR_US, timeframeMicros(o.timeframe)) }
  const rows: DayRow[] = []
  for (const { ts, final: _, ...prices } of await intradayBars(reader, hours)) {
    // By its end: the first hour of a pre-market may begin before it.
    const session_date = sessionDateOf(o.venue, ts + hours.lengthUs - 1)
    const row = rows.at(-1)
    if (row?.session_date !== session_date) rows.push({ session_date, settled: false, ...prices })
    else
      Object.assign(row, {
        high: Math.max(row.high, prices.high),
        low: Math.min(row.low, prices.low),
        close: prices.close,
        volume: sumOf(row.volume, prices.volume),
      })
  }
  const days = o.convertDays ? await o.convertDays(rows, offer) : rows
  return { offer, sources: any.sources, bars: barsOf(days, unit) }
}

async function dayRange(db: Db, o: RangeRequest, timeframe: DayUnit): Promise<RangeSeries> {
  const days = await daySeries(db, { ...o, timeframe, limit: ALL_ROWS, covering: true })
  const [first, last] = [days.bars[0], days.bars.at(-1)]
  const span = { from: first?.ts ?? o.from, to: (last?.ts ?? o.from) + 1 }
  if (days.bars.length <= o.points) return { ...days, resolution: { name: timeframe, lengthUs: null } }
  const [resolution] = resolutionsFor({ ...o, ...span, extended: false })
  const unit = resolution!.name as DayUnit
  const longer = await daySeries(db, { ...o, timeframe: unit, limit: ALL_ROWS, covering: true })
  return { ...longer, resolution: { name: unit, lengthUs: null } }
}

/** Bounds of whole bars that the range touches. */
const covering = ({ from, to }: { from: Micros; to: Micros }, lengthUs: number) => ({
  from: bucketStart(Math.min(Math.max(from, FIRST_TS), LAST_TS), lengthUs),
  to: bucketStart(Math.min(Math.max(to, FIRST_TS), LAST_TS) + lengthUs - 1, lengthUs),
})
