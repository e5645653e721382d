// Trading days: when a venue opens and closes, and which day an instant belongs to.
import { cryptoSession } from './calendar/always.ts'
import { fxSession } from './calendar/fx.ts'
import { VenueSchedule } from './calendar/schedule.ts'
import { xnysSession } from './calendar/xnys.ts'
import type { Micros } from './instant.ts'
import type { AssetClass } from './instrument.ts'

/** Where an instrument trades: US equities share one calendar; crypto never closes; forex has its week. */
export type Venue = 'XNYS' | 'CRYPTO' | 'FX'
export type SessionState = 'pre' | 'open' | 'post' | 'closed'

/** A trading day of a venue. Shared between callers: never change one. For CRYPTO it is the UTC day and `preOpen = open`, `close = postClose`. */
export interface Session {
  venue: Venue
  /** Trading date at the venue, `YYYY-MM-DD`. */
  date: string
  preOpen: Micros
  open: Micros
  close: Micros
  postClose: Micros
  earlyClose: boolean
}

/** Shared between callers: never change one. */
export interface SessionMoment {
  state: SessionState
  /** The session that `ts` lies in (pre to post), or null when closed. */
  session: Session | null
  /** When `state` next changes, and to what; null for a venue that never closes. */
  nextChange: { at: Micros; state: SessionState } | null
}

const SCHEDULES: Record<Venue, VenueSchedule> = {
  XNYS: new VenueSchedule(xnysSession),
  CRYPTO: new VenueSchedule(cryptoSession),
  FX: new VenueSchedule(fxSession),
}

const VENUES: Record<AssetClass, Venue> = {
  equity: 'XNYS',
  index: 'XNYS',
  option: 'XNYS',
  crypto: 'CRYPTO',
  fx: 'FX',
}

export const venueOf = (assetClass: AssetClass): Venue => VENUES[assetClass]

/** The session of a trading date, or null on a holiday or weekend. @throws RangeError when `date` is no date. */
export const sessionOn = (venue: Venue, date: string): Session | null =>
  SCHEDULES[venue].onDay(dayNumber(date))

/** What the venue is doing at an instant. Cheap enough to ask per row: the answer is built once per session. */
export const sessionAt = (venue: Venue, ts: Micros): SessionMoment => SCHEDULES[venue].momentAt(ts)

/** The first session whose open is later than `ts`. */
export const nextSession = (venue: Venue, ts: Micros): Session => SCHEDULES[venue].nextOpen(ts)

/** The last session whose open is not later than `ts`. */
export const lastSession = (venue: Venue, ts: Micros): Session => SCHEDULES[venue].lastOpen(ts)

/** Trading date that an event at `ts` belongs to: its session's, pre-market included, else that of the last one. */
export const sessionDateOf = (venue: Venue, ts: Micros): string => SCHEDULES[venue].begunBy(ts).date

/** Sessions with `from <= date <= to`, oldest first. */
export function sessionsBetween(venue: Venue, from: string, to: string): Session[] {
  const sessions: Session[] = []
  const last = dayNumber(to)
  for (let day = dayNumber(from); day <= last; day++) {
    const session = SCHEDULES[venue].onDay(day)
    if (session) sessions.push(session)
  }
  return sessions
}

function dayNumber(date: string): number {
  const ms = Date.parse(`${date}T00:00:00Z`)
  if (Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 10) !== date) {
    throw new RangeError(`not a date, YYYY-MM-DD is expected: ${date}`)
  }
  return ms / 86_400_000
}
