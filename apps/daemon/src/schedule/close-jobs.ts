/**
 * What is done once a session is over: a last sweep of everything, the official days, the roll-up; then the tape notes
 * that it is done. Until then it is due again, so a kill or an outage in the middle only costs time. Sessions that
 * passed while nobody looked are settled together with the last one.
 */
import { type Db, readSettlements, readSync, recordEvent, type Settlements, writeBatch } from '@onetape/db'
import {
  addDays,
  type Clock,
  type Micros,
  nextSession,
  type Session,
  sessionAt,
  sessionsBetween,
  type Venue,
} from '@onetape/market'
import { canAsk } from '../ingest/ask-house.ts'
import type { House } from '../ingest/ask-source.ts'
import { HOUSE_ORDER, type SweptAssetClass } from '../ingest/house-order.ts'
import { type SettleReport, settle } from '../ingest/settle.ts'
import type { Sweeper } from '../ingest/sweeper.ts'
import type { Log } from '../log.ts'
import type { RollUpFollower } from '../rollup/follow-ledger.ts'
import { CORE } from '../universe/reference.ts'
import type { Universe } from '../universe/universe.ts'

export interface CloseJobs {
  /** Date of the last session of a venue whose close jobs ran; null when none ever did. */
  done(venue: Venue): string | null
  /** Reads from the tape what was done: another daemon may have done it. */
  refresh(): Promise<void>
  /** @returns whether all was done; false when no source answered and it should be tried again. */
  run(venue: ClosingVenue, session: Session): Promise<boolean>
  /** Notes a session as done without doing anything: it ended before this tape began. */
  skip(venue: ClosingVenue, session: Session): Promise<void>
}

export const CLOSING_VENUES = ['XNYS', 'CRYPTO', 'FX'] as const satisfies readonly Venue[]
export type ClosingVenue = (typeof CLOSING_VENUES)[number]

/** What trades at a venue, as far as it is swept: what the session is closed for, then what goes with it. */
export const sweptAt: Record<ClosingVenue, readonly [SweptAssetClass, ...SweptAssetClass[]]> = {
  XNYS: ['equity', 'index'],
  CRYPTO: ['crypto'],
  FX: ['fx'],
}

export interface CloseJobsDeps {
  db: Db
  house: House
  market: Clock
  sweeper: Sweeper
  universe: Universe
  follower: RollUpFollower
  log: Log
  signal: AbortSignal
}

/** Longer absences are a backfill, which a person plans. */
const CATCH_UP_DAYS_MAX = 14
/** The closing auction is often a little off the last trade that was seen; more than this is worth a look. */
const CLOSE_OFF_BY = 0.01
const FAR_SHOWN = 20

export async function createCloseJobs(deps: CloseJobsDeps): Promise<CloseJobs> {
  const dates = new Map<Venue, string>()
  const refresh = async () => {
    for (const { scope, detail } of await readSync(deps.db)) {
      const [kind, venue] = scope.split(':')
      const { date } = (detail ?? {}) as { date?: unknown }
      if (kind === 'close' && typeof date === 'string') dates.set(venue as Venue, date)
    }
  }
  await refresh()
  const note = async (venue: ClosingVenue, session: Session, report: ClosingReport | null) => {
    await writeDone(deps, { venue, session, report })
    dates.set(venue, session.date)
  }
  return {
    done: (venue) => dates.get(venue) ?? null,
    refresh,
    skip: (venue, session) => note(venue, session, null),
    async run(venue, session) {
      const [main, ...others] = sweptAt[venue]
      const swept = await deps.sweeper.sweepAll(main)
      if (!swept.answered) return false
      const since = dates.get(venue)
      const earliest = addDays(session.date, -CATCH_UP_DAYS_MAX)
      const from = since === undefined ? session.date : latestOf(addDays(since, 1), earliest)
      const days = sessionsBetween(venue, from, session.date).map((s) => s.date)
      // What the official bars are compared with is complete.
      await deps.follower.level()
      const report = await settleClass(deps, main, days)
      for (const assetClass of others) {
        // Nobody waits for these: a source of theirs that is away must not keep the session open.
        if (canAsk(deps.house, assetClass)) await deps.sweeper.sweepAll(assetClass)
        const { settled, unsettled } = await settleClass(deps, assetClass, days)
        report.settled += settled
        report.unsettled.push(...unsettled)
      }
      await deps.follower.level()
      const compared = await readSettlements(deps.db, {
        sessionDates: days,
        closeOffBy: CLOSE_OFF_BY,
        limit: FAR_SHOWN,
      })
      await note(venue, session, { ...report, ...compared })
      tellClosed(deps.log, { venue, date: session.date, ...report, ...compared })
      return true
    },
  }
}

type ClosingReport = SettleReport & Settlements

/** One line; a close that the official bar contradicts is somebody's to look at. */
function tellClosed(log: Log, o: ClosingReport & { venue: ClosingVenue; date: string }): void {
  const differing = o.differing > 0 ? `; ${o.differing} official bars differ from what was rolled up` : ''
  log.info(o, `${o.venue} ${o.date} is closed and settled${differing}`)
  for (const { symbol, source, sessionDate, rolledUp, official } of o.far)
    log.warn(
      `${symbol} closed ${sessionDate} at ${official} by the official bar of ${source}, rolled up it was ${rolledUp}`,
    )
}

const settleClass = (
  deps: CloseJobsDeps,
  assetClass: SweptAssetClass,
  dates: readonly string[],
): Promise<SettleReport> => {
  const { universe, signal } = deps
  const rest = universe.tiers().flatMap((t) => (t.name === CORE ? [] : universe.members(t.name, assetClass)))
  return settle(deps, { core: universe.members(CORE, assetClass), rest, dates, assetClass, signal })
}

const latestOf = (a: string, b: string): string => (a > b ? a : b)

async function writeDone(
  { db, market }: CloseJobsDeps,
  o: { venue: ClosingVenue; session: Session; report: ClosingReport | null },
): Promise<void> {
  const { venue, session, report } = o
  const now: Micros = market.now()
  const source = HOUSE_ORDER[sweptAt[venue][0]][0]!
  const sync = {
    scope: `close:${venue}`,
    lastSync: now,
    nextSync: (sessionAt(venue, now).session ?? nextSession(venue, now)).postClose,
    status: report ? 'ok' : 'skipped',
    rowsBehind: report?.unsettled.length ?? 0,
    detail: { date: session.date },
  }
  await writeBatch(db, { kind: 'daily', source, feed: source, fetchedAt: now, marketNow: now, sync })
  if (report) await recordEvent(db, 'session_closed', { venue, date: session.date, ...report }, now)
}
