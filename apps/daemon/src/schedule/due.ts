/**
 * Asked once a second: what the tape says of the slots, which tiers are due, and what the sessions want: a sweep after
 * the close, the close jobs when a session is over, and in demo the jump to the next open. Nothing here waits for a
 * sweep, so a slow vendor of one asset class delays nobody else. Of several daemons one minds the sessions of a venue.
 */
import { MINUTE_US, SECOND_US, sessionAt } from '@onetape/market'
import type { Running } from '../assemble.ts'
import { landingAfterClose, landingAtStart } from '../clock/demo-clock.ts'
import { canAsk } from '../ingest/ask-house.ts'
import { SWEPT_ASSET_CLASSES, type SweptAssetClass } from '../ingest/house-order.ts'
import { emptyDemoTiers, fillDemoTiers } from '../universe/demo-tiers.ts'
import { CLOSING_VENUES, type ClosingVenue, sweptAt } from './close-jobs.ts'
import type { Leases } from './leases.ts'
import { closeJobsDue, closeSweepDue, lastEndedSession } from './session-events.ts'

export interface DueHandler {
  run(): Promise<void>
  /** Settles when no close job is in flight. */
  idle(): Promise<void>
}

const CLOSE_RETRY_US = 30 * SECOND_US

/** The lease on a venue's closings: `close:XNYS`. */
export const closeLease = (venue: ClosingVenue): string => `close:${venue}`

export function createDueHandler(running: Running, leases: Pick<Leases, 'hold'>): DueHandler {
  const { market, wall, sweeper, closeJobs, complaints, house, book, tape, universe } = running
  const isDemo = tape.mode === 'demo'
  const closing = new Map<ClosingVenue, Promise<unknown>>()
  const closeNotBefore = new Map<ClosingVenue, number>()
  let sweptAfterClose: string | null = null
  let tiersMark: string | null = null
  let demoTiers = isDemo ? emptyDemoTiers(universe.tiers()) : []

  const look = async () => {
    const board = await complaints.guard('reading the slots', running.watch.look)
    if (!board) {
      for (const assetClass of SWEPT_ASSET_CLASSES) running.obstacles.met(assetClass, 'tape', market.now())
      return false
    }
    book.learn(board.slots)
    // A row that was edited by hand counts from the next second on.
    if (tiersMark !== null && tiersMark !== board.tiersMark)
      await complaints.guard('reading the universe', universe.refresh)
    tiersMark = board.tiersMark
    return true
  }
  const serve = async (assetClass: SweptAssetClass) => {
    const report = await complaints.guard(`sweeping ${assetClass}`, () => sweeper.serveDue(assetClass))
    if (!report?.answered || assetClass !== 'equity' || demoTiers.length === 0) return
    const filled = await complaints.guard('filling the demo tiers', () => fillDemoTiers(tape.db, demoTiers))
    if (filled) demoTiers = []
  }
  const dueToClose = (venue: ClosingVenue) => {
    const delayUs = Math.max(...sweptAt[venue].map((c) => book.delayedMinutes(c))) * MINUTE_US
    return closeJobsDue(venue, market.now(), closeJobs.done(venue), delayUs)
  }
  const close = async (venue: ClosingVenue) => {
    if (!dueToClose(venue) || !(await leases.hold(closeLease(venue)))) return
    await closeJobs.refresh()
    const session = dueToClose(venue)
    if (!session) return
    if (closeJobs.done(venue) === null) return closeJobs.skip(venue, session)
    if (!canAsk(house, sweptAt[venue][0])) return
    closeNotBefore.set(venue, wall.now() + CLOSE_RETRY_US)
    await closeJobs.run(venue, session)
  }
  const sweepAfterClose = async () => {
    const closed = closeSweepDue('XNYS', market.now(), sweptAfterClose)
    if (!closed || !(await leases.hold(closeLease('XNYS')))) return
    sweptAfterClose = closed.date
    for (const assetClass of sweptAt.XNYS) sweeper.wantAll(assetClass)
  }
  const isOver = (): boolean => {
    const now = market.now()
    if (sessionAt('XNYS', now).state !== 'closed') return false
    return closeJobs.done('XNYS') === lastEndedSession('XNYS', now).date
  }

  return {
    async run() {
      if (!(await look())) return
      await complaints.guard('the sweep after the close', sweepAfterClose)
      for (const assetClass of SWEPT_ASSET_CLASSES) void serve(assetClass)
      for (const venue of CLOSING_VENUES) {
        if (closing.has(venue) || wall.now() < (closeNotBefore.get(venue) ?? 0)) continue
        const work = complaints.guard(`closing ${venue}`, () => close(venue))
        closing.set(venue, work)
        void work.finally(() => closing.delete(venue))
      }
      if (isDemo && isOver() && closing.size === 0 && (await leases.hold(closeLease('XNYS'))))
        await running.moveTo(landingAfterClose(market.now()))
    },
    async idle() {
      await Promise.all(closing.values())
    },
  }
}

/**
 * Demo at start: outside regular hours its clock goes on into the next session. What the tape saw of the last one is
 * closed and settled first; a new tape has nothing to close. Where another daemon minds that, it has been done.
 */
export async function openMarket(running: Running, leases: Pick<Leases, 'hold'>): Promise<void> {
  const { tape, market, closeJobs, complaints, moveTo } = running
  const landing = tape.mode === 'demo' ? landingAtStart(market.now()) : null
  if (landing === null || !(await leases.hold(closeLease('XNYS')))) return
  const done = closeJobs.done('XNYS')
  const { state, session: current } = sessionAt('XNYS', market.now())
  const session = state === 'closed' ? lastEndedSession('XNYS', market.now()) : current
  if (done !== null && session !== null && state !== 'pre' && session.date > done) {
    await complaints.guard('closing XNYS', () => closeJobs.run('XNYS', session))
  }
  await moveTo(landingAtStart(market.now()) ?? landing)
}
