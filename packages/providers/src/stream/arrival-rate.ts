/**
 * How often something speaks, learnt from its own arrivals, and how long a silence it explains. Pure: times are
 * milliseconds that the caller counts, and only those in which the market was open.
 *
 * Two kinds of speakers must both be judged well: one like a clock is missed after two or three intervals; one that
 * speaks at random (trades do) is silent for many times its mean every day. So the silence allowed is the larger of
 * mean + deviations, twice the longest gap lately seen, and the same for the mean over all the time it was watched: a
 * burst of trades in a thin symbol does not make it a busy one.
 */

export interface ArrivalRate {
  /** Something came at `atMs`. */
  heard(atMs: number): void
  /** A gap up to `atMs` is not to be learnt from: the market was closed, the connection gone. */
  skipTo(atMs: number): void
  /** The longest silence that its own rate explains; null while too little is known. */
  patienceMs(): number | null
  /** When it was last heard, or the silence was last excused. */
  readonly since: number
  readonly arrivals: number
  /** Mean gap of the last ones, in milliseconds; 0 while unknown. */
  readonly meanMs: number
}

const WEIGHT = 1 / 16
/** How fast the longest gap is forgotten, per arrival. */
const FADE = 0.995
/** What comes this close together is one arrival: vendors send in bursts. */
const BURST_MS = 50
const ARRIVALS_MIN = 8
const WATCHED_MIN_MS = 5_000
const MEANS = 2.5
const DEVIATIONS = 8
const LONGEST = 2

export function createArrivalRate(startMs: number): ArrivalRate {
  let since = startMs
  let lastArrival: number | null = null
  let watchedMs = 0
  let arrivals = 0
  let mean = 0
  let deviation = 0
  let longest = 0

  const learn = (gap: number) => {
    if (mean === 0) mean = gap
    deviation += WEIGHT * (Math.abs(gap - mean) - deviation)
    mean += WEIGHT * (gap - mean)
    longest = Math.max(longest * FADE, gap)
  }
  const patience = (): number | null => {
    if (arrivals < ARRIVALS_MIN || watchedMs < WATCHED_MIN_MS) return null
    // The silence under way is not part of the rate that shall explain it.
    const slow = watchedMs / arrivals
    return Math.max(MEANS * mean + DEVIATIONS * deviation, LONGEST * longest, MEANS * slow)
  }
  return {
    get since() {
      return since
    },
    get arrivals() {
      return arrivals
    },
    get meanMs() {
      return mean
    },
    patienceMs: patience,
    heard(atMs) {
      const gap = atMs - since
      if (lastArrival !== null && gap < BURST_MS) return
      // A silence that was too long is a fault more often than a rate; still, a rate that has fallen must be learnt.
      const most = patience()
      const learnt = most === null ? gap : Math.min(gap, most)
      watchedMs += gap
      arrivals += 1
      if (lastArrival !== null) learn(learnt)
      lastArrival = atMs
      since = atMs
    },
    skipTo(atMs) {
      if (atMs <= since) return
      since = atMs
      lastArrival = null
    },
  }
}
