// What a key's plan sees. Any key opens the simulated Polygon; its beginning says which plan it has: `free` sees days
// once they are over, `starter`, `developer` and `delayed` run 15 minutes behind, all others see everything live.
import { DAY_US, MINUTE_US, type Micros, sessionAt } from '@onetape/market'
import type { FastifyRequest } from 'fastify'
import { venueOfListing } from '../market/calendar.ts'
import type { Listing } from '../market/listing.ts'
import { midnightInNewYork } from '../new-york.ts'
import { keyOf } from './key.ts'

export interface Plan {
  name: 'free' | 'starter' | 'developer' | 'delayed' | 'advanced'
  snapshots: boolean
  financials: boolean
  streams: boolean
  /** The stock and option snapshots of a plan may lack a part. */
  lastTrade: boolean
  lastQuote: boolean
  /** Depth of history of stocks; null for all of it. */
  historyDays: number | null
}

const ALL = {
  snapshots: true,
  financials: true,
  streams: true,
  lastTrade: true,
  lastQuote: true,
  historyDays: null,
}
const DELAYED_US = 15 * MINUTE_US

const PLANS: readonly Plan[] = [
  { ...ALL, name: 'free', snapshots: false, financials: false, streams: false, historyDays: 730 },
  { ...ALL, name: 'starter', financials: false, lastTrade: false, historyDays: 1_826 },
  { ...ALL, name: 'developer', financials: false, lastQuote: false, historyDays: 3_652 },
  { ...ALL, name: 'delayed', financials: false },
]
const ADVANCED: Plan = { ...ALL, name: 'advanced' }

export const planOfKey = (key: string): Plan => PLANS.find(({ name }) => key.startsWith(name)) ?? ADVANCED
export const planOf = (request: FastifyRequest): Plan => planOfKey(keyOf(request) ?? '')

/** Plans of stocks say nothing about currencies, but for the free one. */
const runsBehind = (plan: Plan, kind: Listing['kind']): boolean =>
  plan.name !== 'advanced' && kind === 'equity'

/** What the plan takes for now: the moment itself, 15 minutes before, or the end of the newest day that is over. */
export function seenAt(plan: Plan, listing: Listing, now: Micros): Micros {
  if (plan.name === 'free') {
    const running = sessionAt(venueOfListing(listing), now).session
    if (!running) return now
    return (listing.kind === 'equity' ? midnightInNewYork(running.date) : running.open) - 1
  }
  return runsBehind(plan, listing.kind) ? now - DELAYED_US : now
}

/** Whether answers say `DELAYED`. */
export const saysDelayed = (plan: Plan, kind: Listing['kind']): boolean =>
  plan.name === 'free' || runsBehind(plan, kind)

export const statusWord = (plan: Plan, kind: Listing['kind']): 'DELAYED' | 'OK' =>
  saysDelayed(plan, kind) ? 'DELAYED' : 'OK'

/** Whether a range that begins at `from` is beyond the plan: too recent for the free one, or too long ago. */
export function refusesRange(
  plan: Plan,
  listing: Listing,
  { from, now }: { from: Micros; now: Micros },
): boolean {
  if (plan.name === 'free' && from > seenAt(plan, listing, now)) return true
  // A day of grace: clocks and time zones differ.
  return plan.historyDays !== null && from < now - (plan.historyDays + 1) * DAY_US
}
