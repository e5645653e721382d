// OANDA's prices, candles and instruments as market nouns. Pure.
import {
  addDays,
  type Bar,
  barStart,
  dateInZone,
  HOUR_US,
  type InstrumentInfo,
  isIntraday,
  type Micros,
  microsFromIso,
  ohlcvFault,
  type Quote,
  type Snapshot,
  type SymbolRef,
  sessionDateOf,
  type Timeframe,
} from '@onetape/market'
import { midnightOf, NEW_YORK, periodStart } from '../bar-time.ts'
import { FEED } from './feed.ts'
import type { CandleRow, InstrumentRow, PriceRow } from './payload.ts'
import { currencyOf, refFrom } from './symbols.ts'

/**
 * There are no trades: last is the middle of the best bid and ask, at the price's own time. An instrument that is
 * not tradeable keeps its last price and that price's time.
 */
export function normalizePrice(row: PriceRow): Quote | string {
  const ref = refFrom(row.instrument)
  if (!ref) return `instrument ${row.instrument} has no symbol here`
  const ts = microsFromIso(row.time)
  if (ts === null || ts <= 0) return `time is ${JSON.stringify(row.time)}, not an instant`
  if (row.status === 'invalid') return 'status is invalid'
  const bid = best(row.bids, row.closeoutBid, Math.max)
  const ask = best(row.asks, row.closeoutAsk, Math.min)
  if (bid.price === null && ask.price === null) return 'no price'
  return {
    ...ref,
    ts,
    tsOrigin: 'vendor',
    last: bid.price !== null && ask.price !== null ? middle(bid.price, ask.price) : null,
    bid: bid.price,
    ask: ask.price,
    bidSize: bid.size,
    askSize: ask.size,
    volume: null, // nobody's: a dealer's quotes have none
    feed: FEED,
    delayedMinutes: 0,
    currency: currencyOf(ref),
  }
}

/** Top of a ladder; an empty ladder leaves the price at which positions are closed, which has no size. */
function best(
  ladder: PriceRow['bids'],
  closeout: string | null | undefined,
  choose: (...prices: number[]) => number,
): { price: number | null; size: number | null } {
  const levels = (ladder ?? []).map((l) => ({ price: Number(l.price), size: l.liquidity ?? null }))
  const real = levels.filter((l) => l.price > 0)
  if (real.length > 0) {
    const price = choose(...real.map((l) => l.price))
    const size = real.find((l) => l.price === price)?.size ?? null
    return { price, size: size !== null && size > 0 ? size : null }
  }
  const price = Number(closeout ?? 0)
  return { price: price > 0 ? price : null, size: null }
}

/** Of 5 decimals each: the sum of floats is cut back to what the text said. */
const middle = (bid: number, ask: number): number => Number(((bid + ask) / 2).toPrecision(12))

export function normalizeSnapshot(row: PriceRow): Snapshot | string {
  const quote = normalizePrice(row)
  if (typeof quote === 'string') return quote
  const sessionDate = sessionDateOf('FX', quote.ts)
  return { quote, minuteBar: null, day: null, sessionDate, previousClose: null }
}

export interface CandleContext {
  ref: SymbolRef
  timeframe: Timeframe
}

/** A bar of the middle prices. */
export function normalizeCandle(row: CandleRow, { ref, timeframe }: CandleContext): Bar | string {
  const { mid } = row
  if (!mid) return 'has no middle prices'
  const [open, high, low, close] = [mid.o, mid.h, mid.l, mid.c].map(Number) as [
    number,
    number,
    number,
    number,
  ]
  const prices = { open, high, low, close, volume: null } // the vendor's `volume` counts ticks
  const fault = ohlcvFault(prices)
  if (fault) return fault
  const stamp = microsFromIso(row.time)
  if (stamp === null) return `time is ${JSON.stringify(row.time)}, not an instant`
  if (isIntraday(timeframe)) {
    if (barStart(stamp, timeframe) !== stamp) return `starts off the ${timeframe} grid`
    const sessionDate = sessionDateOf('FX', stamp)
    return {
      ...ref,
      ...prices,
      timeframe,
      ts: stamp,
      sessionDate,
      basis: 'raw',
      feed: FEED,
      final: row.complete,
    }
  }
  const sessionDate = periodDate(stamp, timeframe)
  if (sessionDate === null) return `starts off the ${timeframe} grid: no session begins there`
  const ts = midnightOf(sessionDate)
  return { ...ref, ...prices, timeframe, ts, sessionDate, basis: 'raw', feed: FEED, final: row.complete }
}

/**
 * Days are stamped with their start at 17:00 New York, the evening before the date that they bear here: Sunday
 * evening opens Monday. Weeks start on Friday 17:00 (or Sunday 17:00), months at 17:00 of the month's eve.
 */
function periodDate(stamp: Micros, timeframe: Timeframe): string | null {
  const date = dateInZone(stamp + 7 * HOUR_US, NEW_YORK)
  const isAligned = dateInZone(stamp + 7 * HOUR_US - 1, NEW_YORK) < date
  if (!isAligned) return null
  if (timeframe === '1mo') return periodStart(date, '1mo')
  const weekday = new Date(`${date}T00:00:00Z`).getUTCDay()
  const isWeekend = weekday === 6 || weekday === 0
  // A week that starts on Friday evening begins, for us, with the Monday after it.
  if (timeframe === '1w') return periodStart(isWeekend ? addDays(date, weekday === 6 ? 2 : 1) : date, '1w')
  return isWeekend ? null : date
}

/** Pairs of currencies. Metals keep other hours, and indices, bonds and commodities have no name in the grammar. */
export function normalizeInstrument(row: InstrumentRow): InstrumentInfo | string {
  if (row.type !== 'CURRENCY') return `is a ${row.type}, no pair of currencies`
  const ref = refFrom(row.name)
  if (!ref) return `instrument ${row.name} has no symbol here`
  return { ...ref, name: row.displayName ?? null, currency: currencyOf(ref), listingType: row.type }
}
