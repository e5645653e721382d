// The one deterministic market that every simulated vendor reads from. Nothing here knows a wire format or a clock:
// the same seed, listing and instant give the same answer in any process.
import { lastSession, type Micros, type Session } from '@onetape/market'
import { type BidAsk, bidAskAround } from './bid-ask.ts'
import { begunSession, dayOf, sessionBefore, sessionsOf, venueOfListing } from './calendar.ts'
import { type Candle, candle, type Print, print } from './candle.ts'
import { type DayFrame, dayFrame } from './day-frame.ts'
import { DayPath, type Ohlcv } from './day-path.ts'
import type { Listing } from './listing.ts'
import type { Minute } from './minute.ts'
import { buildUniverse, type Universe } from './universe.ts'

/** Day paths kept besides the current ones: a backfill reads a day once, a chart reads it again soon. */
const HISTORY_PATHS_MAX = 300

export class Market {
  readonly universe: Universe
  /** The path of the newest session asked for, by listing. */
  readonly #current: DayPath[] = []
  readonly #history = new Map<string, DayPath>()
  /** The newest frames asked for, two a listing: a snapshot needs yesterday's again and again. */
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
      return dayCandle(listing, frame, frame, frame.preVolume + frame.volume + frame.postVolume)
    }
    const path = this.#path(listing, session, now)
    const day = path.regularAt(now)
    return day && dayCandle(listing, path.frame, day, path.volumeAt(now))
  }

  /** Like `day`, but its volume counts the regular session alone. */
  regularDay(listing: Listing, session: Session, now: Micros): Candle | null {
    if (session.date < listing.listed || now < session.open) return null
    const path = now >= session.close ? null : this.#path(listing, session, now)
    const frame = path?.frame ?? this.#frame(listing, session)
    const day = path ? path.regularAt(now) : frame
    return day && dayCandle(listing, frame, day, day.volume)
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
    const sessions = sessionsWithin(listing, from, end)
    if (newestFirst) sessions.reverse()
    for (const session of sessions) {
      const path = this.#path(listing, session, now)
      const minutes = path.minutes(from, end, now)
      if (newestFirst) minutes.reverse()
      for (const m of minutes) yield minuteCandle(listing, path, m)
    }
  }

  /** Trades with `from <= ts < to` and not later than `now`, oldest first. Their sizes add up to their minutes' volumes. */
  *prints(listing: Listing, from: Micros, to: Micros, now: Micros): Generator<Print> {
    const end = Math.min(to, now + 1)
    if (from >= end) return
    for (const session of sessionsWithin(listing, from, end)) {
      const path = this.#path(listing, session, now)
      const { stepsPerDollar } = path.frame
      for (const { ts, price, lots, id } of path.trades(from, end, now)) {
        yield { ts, price: price / stepsPerDollar, size: lots / listing.lotsPerUnit, id }
      }
    }
  }

  /** The minute that the last trade of the session lies in; null before its first trade. */
  lastMinute(listing: Listing, session: Session, now: Micros): Candle | null {
    if (session.date < listing.listed || now < session.preOpen) return null
    const path = this.#path(listing, session, now)
    const minute = path.lastMinuteAt(now)
    return minute && minuteCandle(listing, path, minute)
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
    return last && bidAskAround(listing, last, { session: begunSession(listing, now), now })
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
    // Neighbouring days mostly fall into different slots, so that yesterday does not drive out today.
    const slot = listing.index * 2 + (dayOf(session) % 2)
    let frame = this.#frames[slot]
    if (frame?.session.date !== session.date) {
      frame = dayFrame(listing, session)
      this.#frames[slot] = frame
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
}

/** Sessions that an instant from `from` to before `end` may lie in. */
function sessionsWithin(listing: Listing, from: Micros, end: Micros): Session[] {
  const venue = venueOfListing(listing)
  const first = lastSession(venue, from).date
  return sessionsOf(listing, first, begunSession(listing, end - 1).date)
}

const minuteCandle = (listing: Listing, { session, frame }: DayPath, m: Minute): Candle =>
  candle(m, { listing, session, start: m.start, stepsPerDollar: frame.stepsPerDollar, lots: m.volume })

/** The day's prices with a volume counted one way or the other. */
function dayCandle(
  listing: Listing,
  { session, stepsPerDollar }: DayFrame,
  day: Ohlcv,
  lots: number,
): Candle {
  return candle(day, { listing, session, start: session.open, stepsPerDollar, lots })
}
