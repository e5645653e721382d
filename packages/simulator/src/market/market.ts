// The one deterministic market that every simulated vendor reads from. Nothing here knows a wire format or a clock:
// the same seed, listing and instant give the same answer in any process.
import { addDays, lastSession, type Micros, type Session, sessionAt, sessionOn } from '@onetape/market'
import { sessionBefore, sessionsOf, venueOfListing } from './calendar.ts'
import { type DayFrame, dayFrame } from './day-frame.ts'
import { DayPath } from './day-path.ts'
import { mix } from './hash.ts'
import type { Listing } from './listing.ts'
import type { Minute, Trade } from './minute.ts'
import { buildUniverse, type Universe } from './universe.ts'

/** OHLCV in dollars and units. */
export interface Candle {
  /** Start of the minute, or the session's open. */
  start: Micros
  session: Session
  open: number
  high: number
  low: number
  close: number
  volume: number
  /** Trades counted. */
  count: number
}

export interface Print {
  ts: Micros
  price: number
  size: number
  id: number
}

export interface BidAsk {
  ts: Micros
  bid: number
  ask: number
  bidSize: number
  askSize: number
}

/** Day paths kept besides the current ones: a backfill reads a day once, a chart reads it again soon. */
const HISTORY_PATHS_MAX = 300

export class Market {
  readonly universe: Universe
  /** The path of the newest session asked for, by listing. */
  readonly #current: DayPath[] = []
  readonly #history = new Map<string, DayPath>()
  /** The newest frames asked for, by listing: a snapshot needs yesterday's again and again. */
  readonly #frames: DayFrame[] = []
  readonly #finalPrints: { date: string; print: Print }[] = []

  constructor(seed: number) {
    this.universe = buildUniverse(seed)
  }

  find(symbol: string): Listing | null {
    return this.universe.bySymbol.get(symbol) ?? null
  }

  /** The day of `session` as it stood at `now`, regular prices; null before its first regular trade or its listing. */
  day(listing: Listing, session: Session, now: Micros): Candle | null {
    if (session.date < listing.listed || now < session.open) return null
    if (now >= session.postClose) {
      const frame = this.#frame(listing, session)
      return candle(
        listing,
        frame,
        session.open,
        session,
        frame.stepsPerDollar,
        frame.preVolume + frame.volume + frame.postVolume,
      )
    }
    const path = this.#path(listing, session, now)
    const day = path.regularAt(now)
    return day && candle(listing, day, session.open, session, path.frame.stepsPerDollar, path.volumeAt(now))
  }

  /** Like `day`, but its volume counts the regular session alone. */
  regularDay(listing: Listing, session: Session, now: Micros): Candle | null {
    if (session.date < listing.listed || now < session.open) return null
    const path = now >= session.close ? null : this.#path(listing, session, now)
    const frame = path?.frame ?? this.#frame(listing, session)
    const day = path ? path.regularAt(now) : frame
    return day && candle(listing, day, session.open, session, frame.stepsPerDollar, day.volume)
  }

  /** Volume of the session so far, pre-market included. */
  volume(listing: Listing, session: Session, now: Micros): number {
    if (session.date < listing.listed || now < session.preOpen) return 0
    return this.#path(listing, session, now).volumeAt(now) / listing.lotsPerUnit
  }

  /** Minutes with trades that start in `from <= start < to`, oldest first; the last may still be open at `now`. */
  *minutes(listing: Listing, from: Micros, to: Micros, now: Micros, newestFirst = false): Generator<Candle> {
    const end = Math.min(to, now + 1)
    if (from >= end) return
    const venue = venueOfListing(listing)
    const first = lastSession(venue, from).date
    const last = sessionAt(venue, end - 1).session?.date ?? lastSession(venue, end - 1).date
    const sessions = sessionsOf(listing, first, last)
    if (newestFirst) sessions.reverse()
    for (const session of sessions) {
      const path = this.#path(listing, session, now)
      const minutes = path.minutes(from, end, now)
      if (newestFirst) minutes.reverse()
      for (const m of minutes) yield this.#minuteCandle(listing, path, m)
    }
  }

  /** The minute that the last trade of the session lies in; null before its first trade. */
  lastMinute(listing: Listing, session: Session, now: Micros): Candle | null {
    if (session.date < listing.listed || now < session.preOpen) return null
    const path = this.#path(listing, session, now)
    const minute = path.lastMinuteAt(now)
    return minute && this.#minuteCandle(listing, path, minute)
  }

  /** The last trade not later than `now`, of an earlier session where this one has none yet; null before the listing. */
  lastTrade(listing: Listing, now: Micros): Print | null {
    const session = begunSession(listing, now)
    if (session.date < listing.listed) return null
    const path = this.#path(listing, session, now)
    const trade = path.lastTradeAt(now)
    if (trade) return print(listing, trade, path.frame.stepsPerDollar)
    const before = sessionBefore(session)
    return before.date < listing.listed ? null : this.#finalPrint(listing, before)
  }

  /** The last trade of regular hours not later than `now`, in `session` only. */
  lastRegularTrade(listing: Listing, session: Session, now: Micros): Print | null {
    if (session.date < listing.listed || now < session.open) return null
    const path = this.#path(listing, session, now)
    const trade = path.lastTradeAt(now, ['regular'])
    return trade && print(listing, trade, path.frame.stepsPerDollar)
  }

  /** The newest trades not later than `now`, newest first. */
  trades(listing: Listing, now: Micros, limit: number): Print[] {
    const found: Print[] = []
    let session = begunSession(listing, now)
    for (let days = 0; days < 3 && found.length < limit && session.date >= listing.listed; days++) {
      const path = this.#path(listing, session, now)
      found.push(
        ...path
          .tradesBefore(now, limit - found.length)
          .map((t) => print(listing, t, path.frame.stepsPerDollar)),
      )
      session = sessionBefore(session)
    }
    return found
  }

  /** Best bid and ask around the last trade; wider where less is traded. Null before the listing. */
  bidAsk(listing: Listing, now: Micros): BidAsk | null {
    const last = this.lastTrade(listing, now)
    if (!last) return null
    const session = begunSession(listing, now)
    // Quotes are renewed every 250 ms while the venue takes orders, and stand still afterwards.
    const until = Math.min(now, session.postClose - 1)
    const ts = Math.max(last.ts, until - (until % 250_000))
    const steps = listing.stepsPerDollar ?? (last.price < 1 ? 10_000 : 100)
    const draw = mix(listing.key, Math.floor(ts / 250_000))
    const width = spreadSteps(listing, last.price * steps, now < session.open || now >= session.close)
    const below = (draw & 0xff) % (width + 1)
    const at = Math.round(last.price * steps)
    const bid = Math.max(1, at - below)
    const round =
      listing.kind === 'crypto' ? Math.max(1, Math.round((listing.volume / 50_000) * 1000)) / 1000 : 1
    return {
      ts,
      bid: bid / steps,
      ask: (bid + width) / steps,
      bidSize: round * (1 + (((draw >>> 8) & 0xff) % 24)),
      askSize: round * (1 + (((draw >>> 16) & 0xff) % 24)),
    }
  }

  #finalPrint(listing: Listing, session: Session): Print {
    const known = this.#finalPrints[listing.index]
    if (known?.date === session.date) return known.print
    const path = this.#path(listing, session, session.postClose - 1)
    const last = print(listing, path.lastTradeAt(session.postClose)!, path.frame.stepsPerDollar)
    this.#finalPrints[listing.index] = { date: session.date, print: last }
    return last
  }

  #frame(listing: Listing, session: Session): DayFrame {
    let frame = this.#frames[listing.index]
    if (frame?.session.date !== session.date) {
      frame = dayFrame(listing, session)
      this.#frames[listing.index] = frame
    }
    return frame
  }

  #path(listing: Listing, session: Session, now: Micros): DayPath {
    const current = this.#current[listing.index]
    if (current?.session.date === session.date) return current
    if (
      session.date === begunSession(listing, now).date &&
      !(current && current.session.date > session.date)
    ) {
      const path = new DayPath(listing, session)
      this.#current[listing.index] = path
      return path
    }
    const key = `${listing.symbol} ${session.date}`
    const path = this.#history.get(key) ?? new DayPath(listing, session)
    this.#history.delete(key)
    this.#history.set(key, path)
    if (this.#history.size > HISTORY_PATHS_MAX) this.#history.delete(this.#history.keys().next().value!)
    return path
  }

  #minuteCandle(listing: Listing, path: DayPath, m: Minute): Candle {
    return candle(listing, m, m.start, path.session, path.frame.stepsPerDollar, m.volume)
  }
}

/** The session that has begun, pre-market included, at `now`. */
export function begunSession(listing: Listing, now: Micros): Session {
  const venue = venueOfListing(listing)
  return sessionAt(venue, now).session ?? lastSession(venue, now)
}

/** The session that a vendor's day shows: the next one once `leadUs` before its pre-market is reached. */
export const sessionShown = (listing: Listing, now: Micros, leadUs: number): Session =>
  begunSession(listing, now + leadUs)

/** The next session's date after one, for ranges that end before it. */
export function nextSessionDate(session: Session): string {
  let date = addDays(session.date, 1)
  while (!sessionOn(session.venue, date)) date = addDays(date, 1)
  return date
}

interface Steps {
  open: number
  high: number
  low: number
  close: number
}

const candle = (
  listing: Listing,
  s: Steps,
  start: Micros,
  session: Session,
  stepsPerDollar: number,
  lots: number,
): Candle => ({
  start,
  session,
  open: s.open / stepsPerDollar,
  high: s.high / stepsPerDollar,
  low: s.low / stepsPerDollar,
  close: s.close / stepsPerDollar,
  volume: lots / listing.lotsPerUnit,
  count: Math.max(1, Math.round((lots * 40_000) / (listing.volume * listing.lotsPerUnit + 4_000_000))),
})

const print = (listing: Listing, t: Trade, stepsPerDollar: number): Print => ({
  ts: t.ts,
  price: t.price / stepsPerDollar,
  // A stock's prints stand for many; the size shown is that of one.
  size:
    listing.kind === 'crypto'
      ? t.lots / listing.lotsPerUnit
      : Math.min(t.lots, 1 + (mix(listing.key, t.id) % 400)),
  id: t.id,
})

/** Width of the spread in steps: a cent where millions trade, a percent where hardly anything does. */
function spreadSteps(listing: Listing, priceSteps: number, extended: boolean): number {
  const turnover = listing.volume * listing.price
  const share =
    listing.kind === 'crypto' ? 0.00002 + 2_000 / (turnover + 1e6) : 0.00003 + 1_500 / (turnover + 120_000)
  return Math.max(1, Math.round(priceSteps * Math.min(0.02, share) * (extended ? 3 : 1)))
}
