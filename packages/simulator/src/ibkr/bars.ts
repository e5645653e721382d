// Bars of history. Intraday bars lie on New York's clock and begin no earlier than their session; weeks and months
// bear the date of their last session; prices stand on today's share basis.
import { DAY_US, instantInZone, MINUTE_US, type Micros, type Session, sessionAt } from '@onetape/market'
import { splitFactor } from '../market/actions.ts'
import { begunSession, sessionsOf } from '../market/calendar.ts'
import type { Candle } from '../market/candle.ts'
import { halfSpreadSteps } from '../market/fx-spread.ts'
import type { Listing } from '../market/listing.ts'
import type { Market } from '../market/market.ts'
import type { BarAsk } from './bar-ask.ts'
import { dateText, ZONE } from './time-text.ts'

export interface Bar {
  /** Start of an intraday bar. */
  start: Micros
  /** Trading date, of the last session for weeks and months. */
  date: string
  open: number
  high: number
  low: number
  close: number
  volume: number
  count: number
  /** Price times volume, added up. */
  turnover: number
  /** From the mid to the bid and to the ask, on average. */
  half: number
}

interface Source {
  market: Market
  listing: Listing
  ask: BarAsk
  now: Micros
}

export function barsOf(source: Source): Bar[] {
  const { ask } = source
  if ('us' in ask.length) return grouped(partsOf(source), keyOnClock(source, ask.length.us))
  const { unit } = ask.length
  const key = (bar: Bar) =>
    unit === 'day' ? bar.date : unit === 'week' ? weekOf(bar.date) : bar.date.slice(0, 7)
  return grouped(daysOf(source), (bar) => ({ key: key(bar), start: bar.start }))
}

interface Slot {
  key: string | number
  start: Micros
}

function grouped(parts: Iterable<Bar>, slotOf: (part: Bar) => Slot): Bar[] {
  const bars: Bar[] = []
  let lastKey: string | number | null = null
  for (const part of parts) {
    const { key, start } = slotOf(part)
    const bar = bars.at(-1)
    if (bar && key === lastKey) {
      bar.high = Math.max(bar.high, part.high)
      bar.low = Math.min(bar.low, part.low)
      bar.half = (bar.half + part.half) / 2
      for (const sum of ['volume', 'count', 'turnover'] as const) bar[sum] += part[sum]
      bar.close = part.close
      bar.date = part.date
    } else {
      bars.push({ ...part, start })
      lastKey = key
    }
  }
  return bars
}

/** Windows of the clock in New York, cut where a session begins. */
function keyOnClock({ listing, ask }: Source, us: number): (part: Bar) => Slot {
  const midnights = new Map<string, Micros>()
  return ({ start }) => {
    const day = dateText(start)
    let midnight = midnights.get(day)
    if (midnight === undefined) {
      midnight = instantInZone(day, 0, ZONE)
      midnights.set(day, midnight)
    }
    const window = start - ((start - midnight) % us)
    const session = begunSession(listing, start)
    const begin = ask.regularOnly ? session.open : session.preOpen
    return { key: window, start: Math.max(window, begin) }
  }
}

function* partsOf(source: Source): Generator<Bar> {
  const { market, listing, ask, now } = source
  const small = 'us' in ask.length && ask.length.us < MINUTE_US
  const basis = basisOf(listing, now)
  if (small) {
    for (const print of market.prints(listing, ask.from, ask.end, now)) {
      const session = begunSession(listing, print.ts)
      if (outside(session, print.ts, ask)) continue
      const { price, size } = print
      const flat = { open: price, high: price, low: price, close: price, volume: size, count: 1 }
      yield part(source, { ...flat, start: print.ts, session }, basis(session))
    }
    return
  }
  for (const minute of market.minutes(listing, ask.from, ask.end, now)) {
    if (!outside(minute.session, minute.start, ask)) yield part(source, minute, basis(minute.session))
  }
}

/** Sessions that begin within the range. With extended hours a day is made of all of its minutes. */
function* daysOf(source: Source): Generator<Bar> {
  const { market, listing, ask, now } = source
  const asOf = Math.min(now, ask.end)
  const basis = basisOf(listing, now)
  const whole = !ask.regularOnly && listing.kind === 'equity'
  for (const session of sessionsOf(listing, dateOf(ask.from - DAY_US), dateOf(ask.end + DAY_US))) {
    if (session.close <= ask.from || session.preOpen >= ask.end) continue
    const day = whole ? allHours(market, listing, session, asOf) : regular(market, listing, session, asOf)
    if (day) yield part(source, day, basis(session))
  }
}

const regular = (market: Market, listing: Listing, session: Session, asOf: Micros): Candle | null =>
  listing.kind === 'equity' ? market.regularDay(listing, session, asOf) : market.day(listing, session, asOf)

function allHours(market: Market, listing: Listing, session: Session, asOf: Micros): Candle | null {
  let day: Candle | null = null
  for (const m of market.minutes(listing, session.preOpen, session.postClose, asOf)) {
    if (!day) day = { ...m }
    else {
      day.high = Math.max(day.high, m.high)
      day.low = Math.min(day.low, m.low)
      day.close = m.close
      day.volume += m.volume
      day.count += m.count
    }
  }
  return day
}

const outside = (session: Session, ts: Micros, { regularOnly }: BarAsk): boolean =>
  regularOnly && (ts < session.open || ts >= session.close)

function part(
  { market, listing, now }: Source,
  candle: Omit<Candle, 'session'> & { session: Session },
  basis: number,
): Bar {
  const { start, session, open, high, low, close, volume, count } = candle
  return {
    start,
    date: session.date,
    open: open / basis,
    high: high / basis,
    low: low / basis,
    close: close / basis,
    volume: volume * basis,
    count,
    turnover: ((open + high + low + close) / 4) * volume,
    half: halfSpread(market, listing, Math.min(start, now)) / basis,
  }
}

function halfSpread(market: Market, listing: Listing, ts: Micros): number {
  if (listing.kind === 'fx') {
    const session = sessionAt('FX', ts).session
    return session ? halfSpreadSteps(listing, session, ts) / listing.stepsPerDollar! : 0
  }
  const quote = market.bidAsk(listing, ts)
  return quote ? Math.abs(quote.ask - quote.bid) / 2 : 0
}

/** Shares of today that one share of a session is. */
function basisOf(listing: Listing, now: Micros): (session: Session) => number {
  const today = begunSession(listing, now).date
  return (session) => splitFactor(listing, session.date, today)
}

/** Monday of the week. */
function weekOf(date: string): string {
  const day = Date.parse(`${date}T00:00:00Z`) / 86_400_000
  return new Date((day - ((day + 3) % 7)) * 86_400_000).toISOString().slice(0, 10)
}

const dateOf = (ts: Micros): string => new Date(Math.floor(ts / 1000)).toISOString().slice(0, 10)
