// Bars: base aggregates (minutes or days) gathered into windows. The limit counts base aggregates, and a page ends
// with a whole window.
import { addDays, type Micros } from '@onetape/market'
import { splitFactor } from '../market/actions.ts'
import { sessionsOf } from '../market/calendar.ts'
import type { Candle } from '../market/candle.ts'
import { isIndex } from '../market/index-listing.ts'
import type { Listing } from '../market/listing.ts'
import type { Market } from '../market/market.ts'
import { dateInNewYork } from '../new-york.ts'
import { rounded, roundedRate } from './round.ts'
import {
  intradayWindowStart,
  isIntraday,
  midnightOf,
  type Window,
  windowDate,
  windowLastDate,
  windowLengthUs,
} from './windows.ts'

export interface AggregateQuery {
  listing: Listing
  window: Window
  /** First and last instant of the range, both included. */
  from: Micros
  to: Micros
  adjusted: boolean
  newestFirst: boolean
  limit: number
}

/** Indices have neither volume nor trades. */
export interface AggregateRow {
  v?: number
  vw?: number
  o: number
  c: number
  h: number
  l: number
  t: number
  n?: number
}

/** A row that is being put together. */
type Gathered = Required<Omit<AggregateRow, 'vw'>>

export interface AggregatePage {
  rows: AggregateRow[]
  baseCount: number
  /** Where the next page starts (the end of it, when the newest come first); null at the end. */
  next: Micros | null
}

export function aggregate(market: Market, query: AggregateQuery, now: Micros): AggregatePage {
  const today = dateInNewYork(now)
  const finish = (rows: Gathered[]) => rows.map((row) => finished(row, query.listing))
  const rows: Gathered[] = []
  let baseCount = 0
  for (const base of baseCandles(market, query, now)) {
    const factor = query.adjusted ? splitFactor(query.listing, base.session.date, today) : 1
    const t = windowStart(query, base) / 1000
    let row = rows.at(-1)
    if (row?.t !== t) {
      if (row && baseCount >= query.limit) {
        return {
          rows: finish(rows),
          baseCount,
          next: query.newestFirst ? row.t * 1000 - 1 : t * 1000,
        }
      }
      row = { v: 0, o: 0, c: 0, h: 0, l: 0, t, n: 0 }
      rows.push(row)
    }
    baseCount++
    include(row, base, factor, query.newestFirst)
  }
  return { rows: finish(rows), baseCount, next: null }
}

function* baseCandles(
  market: Market,
  { listing, window, from, to, newestFirst }: AggregateQuery,
  now: Micros,
): Generator<Candle> {
  // A currency's days are cut at midnight UTC, where its sessions are not: they are made of minutes too.
  if (isIntraday(window.timespan) || listing.kind === 'fx') {
    const [start, end] = [stretchedFrom(listing, window, from), stretchedTo(listing, window, to)]
    for (const minute of market.minutes(listing, start, end, now, newestFirst)) {
      // Indices are worked out in regular hours alone.
      const { open, close } = minute.session
      if (!isIndex(listing) || (minute.start >= open && minute.start < close)) yield minute
    }
    return
  }
  const first = windowDate(window, dateOf(listing, from))
  const sessions = sessionsOf(listing, first, windowLastDate(window, dateOf(listing, to)))
  if (newestFirst) sessions.reverse()
  for (const session of sessions) {
    if (session.open > now) continue
    const day = market.day(listing, session, now)
    if (day) yield day
  }
}

const dateOf = (listing: Listing, ts: Micros): string =>
  listing.kind !== 'equity' ? new Date(Math.floor(ts / 1000)).toISOString().slice(0, 10) : dateInNewYork(ts)

function stretchedFrom(listing: Listing, window: Window, from: Micros): Micros {
  if (!isIntraday(window.timespan)) return midnightOf(listing, windowDate(window, dateOf(listing, from)))
  return intradayWindowStart(window, midnightOf(listing, dateOf(listing, from)), from)
}

function stretchedTo(listing: Listing, window: Window, to: Micros): Micros {
  if (!isIntraday(window.timespan)) {
    return midnightOf(listing, addDays(windowLastDate(window, dateOf(listing, to)), 1))
  }
  return intradayWindowStart(window, midnightOf(listing, dateOf(listing, to)), to) + windowLengthUs(window)
}

function windowStart({ listing, window }: AggregateQuery, base: Candle): Micros {
  const date = listing.kind === 'fx' ? dateOf(listing, base.start) : base.session.date
  return isIntraday(window.timespan)
    ? intradayWindowStart(window, midnightOf(listing, date), base.start)
    : midnightOf(listing, windowDate(window, date))
}

/** Prices of different days may stand on different share bases, so each is adjusted before it is compared. */
function include(row: Gathered, base: Candle, factor: number, newestFirst: boolean): void {
  const [o, h, l, c] = [base.open / factor, base.high / factor, base.low / factor, base.close / factor]
  const empty = row.n === 0
  if (empty || newestFirst) row.o = o
  if (empty || !newestFirst) row.c = c
  row.h = empty ? h : Math.max(row.h, h)
  row.l = empty ? l : Math.min(row.l, l)
  row.v += base.volume * factor
  row.n += base.count
}

function finished({ v, o, c, h, l, t, n }: Gathered, listing: Listing): AggregateRow {
  const round = listing.kind === 'fx' ? roundedRate : rounded
  const prices = { o: round(o), c: round(c), h: round(h), l: round(l), t }
  if (isIndex(listing)) return prices
  return { v: Number(v.toFixed(8)), vw: round((o + h + l + c) / 4), ...prices, n }
}
