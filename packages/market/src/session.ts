import type { Micros } from './instant.ts'
import type { AssetClass } from './instrument.ts'

/** Where an instrument trades: US equities share one calendar; crypto never closes; forex has its week. */
export type Venue = 'XNYS' | 'CRYPTO' | 'FX'
export type SessionState = 'pre' | 'open' | 'post' | 'closed'

/** A trading day of a venue. For CRYPTO it is the UTC day and `preOpen = open`, `close = postClose`. */
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

export interface SessionMoment {
  state: SessionState
  /** The session that `ts` lies in (pre to post), or null when closed. */
  session: Session | null
  /** When `state` next changes, and to what; null for a venue that never closes. */
  nextChange: { at: Micros; state: SessionState } | null
}

export declare function venueOf(assetClass: AssetClass): Venue
/** The session of a trading date, or null on a holiday or weekend. */
export declare function sessionOn(venue: Venue, date: string): Session | null
export declare function sessionAt(venue: Venue, ts: Micros): SessionMoment
/** The first session whose open is later than `ts`. */
export declare function nextSession(venue: Venue, ts: Micros): Session
/** The last session whose open is not later than `ts`. */
export declare function lastSession(venue: Venue, ts: Micros): Session
/** Trading date that an event at `ts` belongs to: its session's, else the last session's before it. */
export declare function sessionDateOf(venue: Venue, ts: Micros): string
/** Sessions with `from <= date <= to`, oldest first. */
export declare function sessionsBetween(venue: Venue, from: string, to: string): Session[]
