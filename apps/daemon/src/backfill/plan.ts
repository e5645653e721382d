// Which pieces of history a backfill asks for, and what they will cost. Pure: instruments, days and a time in, chunks out.
import type { Instrument, PlannedChunk } from '@onetape/db'
import {
  type AssetClass,
  addDays,
  DAY_US,
  isIntraday,
  lastSession,
  type Micros,
  type Session,
  sessionOn,
  sessionsBetween,
  type Timeframe,
  timeframeMicros,
  type Venue,
  venueOf,
} from '@onetape/market'

export interface PlanRequest {
  days: number
  /** Null asks for the usual: days over the whole range, and minutes for its last five days. */
  timeframes: readonly Timeframe[] | null
  /** Whether the session that is still running belongs to it. */
  today: boolean
}

export interface BackfillPlan {
  from: Micros
  to: Micros
  chunks: PlannedChunk[]
  estimate: { calls: number; rows: number }
}

/** Vendors hand out minutes for a week at a time at most; longer bars are fewer. */
const CHUNK_DAYS: Partial<Record<Timeframe, number>> = {
  '1m': 7,
  '5m': 30,
  '15m': 30,
  '30m': 30,
  '1h': 180,
  '4h': 180,
}
const MINUTE_DAYS_USUAL = 5
/** Minutes with trades in a session of a liquid name, before and after the bell included. */
const ACTIVE_MINUTES: Record<Venue, number> = { XNYS: 800, CRYPTO: 1440, FX: 1440 }
/** Rows that the first source of each asset class gives per call; for the estimate alone. */
const ROWS_PER_CALL: Partial<Record<AssetClass, number>> = { equity: 50_000, crypto: 300 }

export function planChunks(
  instruments: readonly Instrument[],
  request: PlanRequest,
  now: Micros,
): BackfillPlan {
  const timeframes: readonly { timeframe: Timeframe; days: number }[] = request.timeframes?.map(
    (timeframe) => ({ timeframe, days: request.days }),
  ) ?? [
    { timeframe: '1d', days: request.days },
    { timeframe: '1m', days: Math.min(request.days, MINUTE_DAYS_USUAL) },
  ]
  const chunks: PlannedChunk[] = []
  const estimate = { calls: 0, rows: 0 }
  // Timeframe by timeframe: whoever stops half way has the days of everybody rather than the minutes of a few.
  for (const { timeframe, days } of timeframes) {
    for (const { id, assetClass } of instruments) {
      const venue = venueOf(assetClass)
      const sessions = sessionsOf(venue, { days, today: request.today, now })
      if (sessions.length === 0) continue
      const pieces = rangesOf(sessions, timeframe, now)
      chunks.push(...pieces.map((range) => ({ instrumentId: id, timeframe, ...range })))
      const rows = sessions.length * rowsPerSession(venue, timeframe)
      estimate.rows += rows
      estimate.calls += Math.max(pieces.length, Math.ceil(rows / (ROWS_PER_CALL[assetClass] ?? 5_000)))
    }
  }
  const from = chunks.reduce((least, c) => Math.min(least, c.from), now)
  const to = chunks.reduce((most, c) => Math.max(most, c.to), from)
  return { from, to, chunks, estimate }
}

const rowsPerSession = (venue: Venue, timeframe: Timeframe): number =>
  isIntraday(timeframe)
    ? Math.ceil((ACTIVE_MINUTES[venue] * timeframeMicros('1m')) / timeframeMicros(timeframe))
    : 1

/**
 * Sessions of the last `days` calendar days, and at least one. Without `today` the newest is the last one that has
 * ended, so that the same request gives the same rows all day long: the running session belongs to the daemon.
 */
function sessionsOf(venue: Venue, o: { days: number; today: boolean; now: Micros }): Session[] {
  const begun = lastSession(venue, o.now)
  const running = o.now < begun.postClose
  const last = running && !o.today ? lastSession(venue, begun.open - 1) : preOpened(venue, begun, o)
  const [from] = [addDays(begun.date, -o.days), last.date].sort()
  return sessionsBetween(venue, from!, last.date)
}

/** Before the open, the session whose pre-market has begun counts as today's. */
function preOpened(venue: Venue, begun: Session, o: { today: boolean; now: Micros }): Session {
  const next = sessionOn(venue, addDays(begun.date, 1))
  return o.today && next && next.preOpen <= o.now ? next : begun
}

function rangesOf(
  sessions: readonly Session[],
  timeframe: Timeframe,
  now: Micros,
): { from: Micros; to: Micros }[] {
  const [first, last] = [sessions[0]!, sessions.at(-1)!]
  if (!isIntraday(timeframe)) return [{ from: midnight(first.date), to: midnight(last.date) + DAY_US }]
  const to = Math.min(last.postClose, now)
  const step = (CHUNK_DAYS[timeframe] ?? 7) * DAY_US
  const ranges: { from: Micros; to: Micros }[] = []
  for (let from = first.preOpen; from < to; from += step) ranges.push({ from, to: Math.min(from + step, to) })
  return ranges
}

const midnight = (date: string): Micros => Date.parse(`${date}T00:00:00Z`) * 1000
