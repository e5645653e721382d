// Candles of a pair: sparse (a window without an update has none), oldest first, the last one still open.
import { DAY_US, MINUTE_US, type Micros } from '@onetape/market'
import { sessionsOf } from '../market/calendar.ts'
import { joined, type SidedBar, sidesOfDay, sidesOfMinute, sidesOfPrint } from '../market/fx-sides.ts'
import type { Listing } from '../market/listing.ts'
import type { Market } from '../market/market.ts'
import { type Alignment, DEFAULT_ALIGNMENT, type Windows } from './granularity.ts'

export interface CandleSource {
  market: Market
  listing: Listing
  windows: Windows
  alignment: Alignment
  now: Micros
}

/** A candle and whether its window is over. */
export interface OandaCandle extends SidedBar {
  complete: boolean
}

/** Windows that start in `from <= start < to`, worked out one after another; `from` is the start of one. */
export function* candlesBetween(source: CandleSource, from: Micros, to: Micros): Generator<OandaCandle> {
  const { windows, now } = source
  let open: OandaCandle | null = null
  let end = 0
  for (const part of partsBetween(source, from, to)) {
    if (open && part.start < end) {
      open = { ...joined(open, part), complete: open.complete }
      continue
    }
    if (open) yield open
    const start = windows.startOf(part.start)
    end = windows.after(start)
    if (start >= to) return
    open = { ...part, start, complete: end <= now }
  }
  if (open) yield open
}

/** The last `count` candles whose windows start before `to`. */
export function candlesBefore(source: CandleSource, to: Micros, count: number): OandaCandle[] {
  const { windows, listing } = source
  const first = Date.parse(`${listing.listed}T00:00:00Z`) * 1000 - DAY_US
  let found: OandaCandle[] = []
  let end = to
  let span = Math.max(count * windows.lengthUs, LOOK_BACK_MIN_US)
  while (found.length < count && end > first) {
    const start = windows.startOf(Math.max(first, end - span))
    found = [...candlesBetween(source, start, end), ...found]
    end = start
    span = Math.max(span, WEEKEND_US)
  }
  return found.slice(-count)
}

/** At the weekend there is nothing; further back there is. */
const LOOK_BACK_MIN_US = 10 * MINUTE_US
const WEEKEND_US = 3 * DAY_US

/** A smoothed candle opens where the one before it closed. */
export function smoothed(candles: readonly OandaCandle[], before: OandaCandle | null): OandaCandle[] {
  return candles.map((candle, i) => {
    const last = i > 0 ? candles[i - 1]! : before
    if (!last) return candle
    const side = (name: 'bid' | 'mid' | 'ask') => {
      const open = last[name].close
      const { high, low, close } = candle[name]
      return { open, high: Math.max(high, open), low: Math.min(low, open), close }
    }
    return { ...candle, bid: side('bid'), mid: side('mid'), ask: side('ask') }
  })
}

/** What candles are made of, oldest first: updates, minutes, or whole sessions where days are the vendor's own. */
function* partsBetween(source: CandleSource, from: Micros, to: Micros): Generator<SidedBar> {
  const { market, listing, windows, alignment, now } = source
  const end = windows.after(windows.startOf(to - 1))
  if (windows.lengthUs < MINUTE_US) {
    for (const print of market.prints(listing, from, end, now)) yield sidesOfPrint(listing, print)
  } else if (windows.lengthUs >= DAY_US && endsWithSessions(alignment)) {
    for (const session of sessionsOf(listing, dateText(from), dateText(Math.min(end, now + DAY_US)))) {
      const day = session.open >= from && session.open < end ? market.day(listing, session, now) : null
      if (day) yield sidesOfDay(listing, day, now)
    }
  } else {
    for (const minute of market.minutes(listing, from, end, now)) yield sidesOfMinute(listing, minute)
  }
}

const endsWithSessions = ({ hour, zone }: Alignment): boolean =>
  hour === DEFAULT_ALIGNMENT.hour && zone === DEFAULT_ALIGNMENT.zone

const dateText = (ts: Micros): string => new Date(Math.floor(ts / 1000)).toISOString().slice(0, 10)
