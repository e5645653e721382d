// A venue's sessions laid on the line of UTC days, each built once. All questions about time are answered by
// walking a few days back or forth, so the cost of one answer is a handful of array look-ups.
import { DAY_US, type Micros } from '../instant.ts'
import type { Session, SessionMoment, SessionState } from '../session.ts'

/** Longest run of days without a session anywhere in the tables is 6 (September 2001); 30 means a wrong table. */
const DAYS_SEARCHED_MAX = 30
/** Sessions that touch longer than this belong to a venue that never closes. */
const RUN_SESSIONS_MAX = 10

/** Sessions never overlap and the one of date D lies within D-1 00:00 UTC and D+2 00:00 UTC. */
export class VenueSchedule {
  readonly #build: (date: string) => Session | null
  readonly #days = new Map<number, Session | null>()
  readonly #moments = new Map<Session, Moments>()

  constructor(build: (date: string) => Session | null) {
    this.#build = build
  }

  /** @param day whole days since 1970-01-01, of the session's date. */
  onDay(day: number): Session | null {
    let session = this.#days.get(day)
    if (session === undefined) {
      session = this.#build(new Date(day * 86_400_000).toISOString().slice(0, 10))
      if (session) Object.freeze(session)
      this.#days.set(day, session)
    }
    return session
  }

  /** The last session that has begun (its pre-market included) at `ts`. */
  begunBy(ts: Micros): Session {
    return this.#search(dayOf(ts) + 1, -1, (s) => s.preOpen <= ts)
  }

  /** The first session whose open is later than `ts`. */
  nextOpen(ts: Micros): Session {
    return this.#search(dayOf(ts) - 1, 1, (s) => s.open > ts)
  }

  /** The last session whose open is not later than `ts`. */
  lastOpen(ts: Micros): Session {
    return this.#search(dayOf(ts) + 1, -1, (s) => s.open <= ts)
  }

  momentAt(ts: Micros): SessionMoment {
    const session = this.begunBy(ts)
    let moments = this.#moments.get(session)
    if (!moments) {
      moments = momentsOf(session, this.#runEnd(session))
      this.#moments.set(session, moments)
    }
    if (ts >= session.postClose) return moments.closed
    if (ts >= session.close) return moments.post
    return ts >= session.open ? moments.open : moments.pre
  }

  /** Last session of the unbroken run that `session` is in, and the first after the break; null without a break. */
  #runEnd(session: Session): Run {
    let last = session
    for (let i = 0; i < RUN_SESSIONS_MAX; i++) {
      const next = this.nextOpen(last.open)
      if (next.preOpen > last.postClose) return { last, next }
      last = next
    }
    return null
  }

  #search(from: number, step: 1 | -1, fits: (s: Session) => boolean): Session {
    for (let i = 0; i < DAYS_SEARCHED_MAX; i++) {
      const session = this.onDay(from + i * step)
      if (session && fits(session)) return session
    }
    throw new Error(`no session found within ${DAYS_SEARCHED_MAX} days`)
  }
}

interface Moments {
  pre: SessionMoment
  open: SessionMoment
  post: SessionMoment
  closed: SessionMoment
}

type Run = { last: Session; next: Session } | null

function momentsOf(session: Session, run: Run): Moments {
  const moment = (state: SessionState, nextChange: SessionMoment['nextChange']): SessionMoment =>
    Object.freeze({
      state,
      session: state === 'closed' ? null : session,
      nextChange: nextChange && Object.freeze(nextChange),
    })
  const hasPost = session.postClose > session.close
  const reopening = run && { at: run.next.preOpen, state: openingOf(run.next) }
  const closing = run && { at: run.last.close, state: hasPost ? ('post' as const) : ('closed' as const) }
  return {
    pre: moment('pre', { at: session.open, state: 'open' }),
    open: moment('open', closing),
    post: moment('post', { at: session.postClose, state: 'closed' }),
    closed: moment('closed', reopening),
  }
}

const openingOf = (s: Session): 'pre' | 'open' => (s.preOpen < s.open ? 'pre' : 'open')

function dayOf(ts: Micros): number {
  if (!Number.isSafeInteger(ts)) throw new RangeError(`not an instant in microseconds: ${ts}`)
  return Math.floor(ts / DAY_US)
}
