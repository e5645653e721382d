// The frame of one session: its open, high, low, close and volumes, known without looking at a single minute. What
// happens inside (day-path.ts) must fill exactly this frame; so decades of daily bars cost nothing.
import type { Session } from '@onetape/market'
import { splitFactor } from './actions.ts'
import { dayNumber, dayOf, sessionBefore } from './calendar.ts'
import { mix, normal, uniform } from './hash.ts'
import type { Listing } from './listing.ts'
import { wander } from './noise.ts'

const ANCHOR_DAY = dayNumber('2026-11-20')
const FOREVER = '9999-12-31'
/** Below this price in dollars a day is counted in hundredths of a cent. */
const PENNY_BELOW = 4
/** So that every minute of a session can print at least one share, see day-path.ts. */
const VOLUME_MIN = 500
const EXTENDED_VOLUME_MIN = 400

/** Prices are whole steps, `stepsPerDollar` to the dollar, on the day's own share basis; volumes are whole lots. */
export interface DayFrame {
  session: Session
  stepsPerDollar: number
  open: number
  high: number
  low: number
  close: number
  /** Where the price stands when the pre-market begins and when the post-market ends. */
  before: number
  after: number
  volume: number
  preVolume: number
  postVolume: number
}

/** Where each listing's walk stands on the anchor date: asked for with every day. */
const anchors = new WeakMap<Listing, number>()

function anchorOf(listing: Listing): number {
  let anchor = anchors.get(listing)
  if (anchor === undefined) {
    anchor = wander(listing.key, ANCHOR_DAY)
    anchors.set(listing, anchor)
  }
  return anchor
}

/** Price at a session's close on the basis of the anchor date: the slow part, smooth over years. */
function levelOf(listing: Listing, day: number): number {
  const { legs } = listing
  if (legs) return levelOf(legs.first, day) * levelOf(legs.second, day) ** (legs.divided ? -1 : 1)
  const years = (day - ANCHOR_DAY) / 365.25
  const walk = (wander(listing.key, day) - anchorOf(listing)) * listing.volatility * 0.83
  // The past of a known stock is its own; ahead, nothing keeps growing at the pace of its best years.
  const growth = years > 0 ? Math.min(0.08, Math.max(-0.05, listing.growth)) : listing.growth
  return Math.max(0.03, listing.price * Math.exp(growth * years + walk))
}

export function dayFrame(listing: Listing, session: Session): DayFrame {
  const day = dayOf(session)
  const previousDay = dayOf(sessionBefore(session))
  const key = mix(listing.key, day)
  const previousKey = mix(listing.key, previousDay)
  const basis = splitFactor(listing, session.date, FOREVER)
  const last = levelOf(listing, previousDay) * basis
  const close = levelOf(listing, day) * basis
  const sigma = listing.volatility
  const alwaysOpen = listing.kind !== 'equity'
  const afterBreak = listing.kind === 'fx' && day - previousDay > 1
  const gap = afterBreak
    ? 0.25 * sigma * normal(key, 1)
    : alwaysOpen
      ? 0
      : 0.3 * Math.log(close / last) + 0.3 * sigma * normal(key, 1)
  const open = last * Math.exp(gap)
  const extent = (n: number) => 1 + sigma * 0.42 * Math.min(6, -Math.log(1 - uniform(key, n)))
  const stepsPerDollar = listing.stepsPerDollar ?? (Math.min(open, close) < PENNY_BELOW ? 10_000 : 100)
  const steps = (price: number) => quantise(price * stepsPerDollar, tradesWholeCents(listing, stepsPerDollar))
  const drift = (k: number) => (alwaysOpen ? 1 : Math.exp(0.12 * sigma * normal(k, 2)))
  const move = Math.min(4, Math.abs(Math.log(close / last)) / sigma)
  // Volume is stated on the anchor's basis too: fewer shares traded when each was worth more.
  const average = (listing.volume * listing.lotsPerUnit) / basis
  const volume = average * Math.exp(0.28 * normal(key, 3) + 0.22 * move - 0.15)
  return {
    session,
    stepsPerDollar,
    open: steps(open),
    high: steps(Math.max(open, close) * extent(4)),
    low: steps(Math.min(open, close) / extent(5)),
    close: steps(close),
    before: steps(last * drift(previousKey)),
    after: steps(close * drift(key)),
    volume: Math.max(VOLUME_MIN, Math.round(volume * hoursShare(session))),
    preVolume: alwaysOpen ? 0 : extended(volume * 0.018, key, 6),
    postVolume: alwaysOpen ? 0 : extended(volume * 0.012, key, 7),
  }
}

/**
 * Whole steps, never zero.
 * @param wholeCents Steps are hundredths of a cent, but from a dollar on equities trade in whole cents.
 */
export function quantise(steps: number, wholeCents: boolean): number {
  const whole = steps < 1 ? 1 : Math.round(steps)
  return wholeCents && whole >= 10_000 ? Math.round(whole / 100) * 100 : whole
}

export const tradesWholeCents = (listing: Listing, stepsPerDollar: number): boolean =>
  listing.kind === 'equity' && stepsPerDollar === 10_000

const hoursShare = (session: Session): number => (session.earlyClose ? 0.55 : 1)

function extended(mean: number, key: number, n: number): number {
  const volume = Math.round(mean * Math.exp(0.6 * normal(key, n)))
  return volume < EXTENDED_VOLUME_MIN ? 0 : volume
}
