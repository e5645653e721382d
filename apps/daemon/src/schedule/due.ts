/**
 * Asked once a second: which tiers are due, and what the sessions want: a sweep after the close, the close jobs when a
 * session is over, and in demo the jump to the next open. Nothing here waits for a sweep, so a slow vendor of one
 * asset class delays nobody else.
 */
import { MINUTE_US, SECOND_US, sessionAt } from '@onetape/market'
import { landingAfterClose, landingAtStart } from '../clock/demo-clock.ts'
import type { Running } from '../assemble.ts'
import { canAsk } from '../ingest/ask-house.ts'
import { SWEPT_ASSET_CLASSES, type SweptAssetClass } from '../ingest/house-order.ts'
import { fillDemoTiers } from '../universe/demo-tiers.ts'
import { CLOSING_VENUES, type ClosingVenue, sweptAt } from './close-jobs.ts'
import { closeJobsDue, closeSweepDue, lastEndedSession } from './session-events.ts'

export interface DueHandler {
  run(): Promise<void>
  /** Settles when no close job is in flight. */
  idle(): Promise<void>
}

const CLOSE_RETRY_US = 30 * SECOND_US

export function createDueHandler(running: Running): DueHandler {
  const { market, wall, sweeper, closeJobs, complaints, house, book, tape } = running
  const isDemo = tape.mode === 'demo'
  const closing = new Map<ClosingVenue, Promise<unknown>>()
  const closeNotBefore = new Map<ClosingVenue, number>()
  let sweptAfterClose: string | null = null
  let demoTiersWanted = isDemo && running.universe.tiers().some((t) => t.name === 'sp500' && t.members === 0)

  const serve = async (assetClass: SweptAssetClass) => {
    const report = await complaints.guard(`sweeping ${assetClass}`, () => sweeper.serveDue(assetClass))
    if (!report?.answered || assetClass !== 'equity' || !demoTiersWanted) return
    demoTiersWanted = false
    const filled = await complaints.guard('filling the demo tiers', () => fillDemoTiers(tape.db))
    if (filled) await complaints.guard('reading the universe', () => running.universe.reload())
    else demoTiersWanted = true
  }
  const close = async (venue: ClosingVenue) => {
    const [main] = sweptAt[venue]
    const delayUs = Math.max(...sweptAt[venue].map((c) => book.delayedMinutes(c))) * MINUTE_US
    const session = closeJobsDue(venue, market.now(), closeJobs.done(venue), delayUs)
    if (!session) return
    if (closeJobs.done(venue) === null) return closeJobs.skip(venue, session)
    if (!canAsk(house, main)) return
    closeNotBefore.set(venue, wall.now() + CLOSE_RETRY_US)
    await closeJobs.run(venue, session)
  }
  const isOver = (): boolean => {
    const now = market.now()
    if (sessionAt('XNYS', now).state !== 'closed') return false
    return closeJobs.done('XNYS') === lastEndedSession('XNYS', now).date
  }

  return {
    async run() {
      for (const assetClass of SWEPT_ASSET_CLASSES) void serve(assetClass)
      const closed = closeSweepDue('XNYS', market.now(), sweptAfterClose)
      if (closed) {
        sweptAfterClose = closed.date
        for (const assetClass of sweptAt.XNYS) sweeper.wantAll(assetClass)
      }
      for (const venue of CLOSING_VENUES) {
        if (closing.has(venue) || wall.now() < (closeNotBefore.get(venue) ?? 0)) continue
        const work = complaints.guard(`closing ${venue}`, () => close(venue))
        closing.set(venue, work)
        void work.finally(() => closing.delete(venue))
      }
      if (isDemo && isOver() && closing.size === 0) await running.moveTo(landingAfterClose(market.now()))
    },
    async idle() {
      await Promise.all(closing.values())
    },
  }
}

/**
 * Demo at start: outside regular hours its clock goes on into the next session. What the tape saw of the last one is
 * closed and settled first; a new tape has nothing to close.
 */
export async function openMarket({ tape, market, closeJobs, complaints, moveTo }: Running): Promise<void> {
  const landing = tape.mode === 'demo' ? landingAtStart(market.now()) : null
  if (landing === null) return
  const done = closeJobs.done('XNYS')
  const { state, session: current } = sessionAt('XNYS', market.now())
  const session = state === 'closed' ? lastEndedSession('XNYS', market.now()) : current
  if (done !== null && session !== null && state !== 'pre' && session.date > done) {
    await complaints.guard('closing XNYS', () => closeJobs.run('XNYS', session))
  }
  await moveTo(landingAtStart(market.now()) ?? landing)
}
