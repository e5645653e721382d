// The minutes of one part of a session: the price at each minute's edge and the volume traded before it.
import { MINUTE_US, type Micros } from '@onetape/market'
import type { DayFrame } from './day-frame.ts'
import { tradesWholeCents } from './day-frame.ts'
import type { Part } from './day-path.ts'
import { drawEdges } from './edges.ts'
import { uniform } from './hash.ts'
import type { Listing } from './listing.ts'
import { spreadVolume } from './spread-volume.ts'

export interface Stretch {
  key: number
  start: Micros
  minutes: number
  listing: Listing
  wholeCents: boolean
  lotsPerTrade: number
  /** Price in steps at the edges of the minutes: one more than there are minutes. */
  edges: Int32Array
  /** Lots traded before each edge; equal neighbours mean a minute without a trade. */
  cumulative: Float64Array | Uint32Array
  /** No trade goes beyond these. */
  high: number
  low: number
  /** Minutes that must print the frame's own prices, -1 where there are none (outside regular hours). */
  firstAt: number
  highAt: number
  lowAt: number
  lastAt: number
  /** Steps that a minute's high and low reach beyond its edges, on average. */
  reach: number
}

/** Lots of one typical trade. */
const TRADE_SHARES = 90
/** A dealer's updates that one print stands for. */
const FX_UPDATES = 2

export function buildStretch(listing: Listing, frame: DayFrame, part: Part, key: number): Stretch {
  const { session } = frame
  const [start, end] = {
    pre: [session.preOpen, session.open],
    regular: [session.open, session.close],
    post: [session.close, session.postClose],
  }[part] as [Micros, Micros]
  const minutes = Math.round((end - start) / MINUTE_US)
  const regular = part === 'regular'
  const volume = part === 'pre' ? frame.preVolume : regular ? frame.volume : frame.postVolume
  const stretch: Stretch = {
    key,
    start,
    minutes,
    listing,
    wholeCents: tradesWholeCents(listing, frame.stepsPerDollar),
    lotsPerTrade: lotsPerTrade(listing),
    edges: new Int32Array(minutes + 1),
    // Shares of a day fit 32 bits, the smallest parts of a coin do not.
    cumulative: listing.kind === 'crypto' ? new Float64Array(minutes + 1) : new Uint32Array(minutes + 1),
    high: regular ? frame.high : Number.MAX_SAFE_INTEGER,
    low: regular ? frame.low : 1,
    firstAt: -1,
    highAt: -1,
    lowAt: -1,
    lastAt: -1,
    reach: 0,
  }
  if (minutes === 0) return stretch
  if (regular) placeLandmarks(stretch, volume)
  drawEdges(stretch, landmarks(stretch, frame, part))
  if (volume > 0) spreadVolume(stretch, volume, part)
  return stretch
}

/** Which minutes print the open, the high, the low and the close. A thin stock opens late and closes early. */
function placeLandmarks(stretch: Stretch, volume: number): void {
  const { key, minutes } = stretch
  const tradesPerMinute = volume / minutes / stretch.lotsPerTrade
  const slack = tradesPerMinute > 3 ? 0 : Math.floor(minutes * 0.15 * Math.min(1, 1 / (1 + tradesPerMinute)))
  stretch.firstAt = Math.floor(slack * uniform(key, 1))
  stretch.lastAt = minutes - 1 - Math.floor(slack * uniform(key, 2))
  const inner = stretch.lastAt - stretch.firstAt - 1
  // Extremes gather near the open.
  stretch.highAt = stretch.firstAt + 1 + Math.floor(inner * uniform(key, 3) ** 1.4)
  stretch.lowAt = stretch.firstAt + 1 + Math.floor(inner * uniform(key, 4) ** 1.4)
  if (stretch.lowAt === stretch.highAt) stretch.lowAt += stretch.lowAt + 1 < stretch.lastAt ? 1 : -1
}

/** Edge index and price of the points that the path goes through. */
function landmarks(s: Stretch, frame: DayFrame, part: Part): [number, number][] {
  if (part === 'pre')
    return [
      [0, frame.before],
      [s.minutes, frame.open],
    ]
  if (part === 'post')
    return [
      [0, frame.close],
      [s.minutes, frame.after],
    ]
  const extremes: [number, number][] = [
    [s.highAt, frame.high],
    [s.lowAt, frame.low],
  ]
  extremes.sort((a, b) => a[0] - b[0])
  return [
    [0, frame.open],
    [s.firstAt, frame.open],
    ...extremes,
    [s.lastAt + 1, frame.close],
    [s.minutes, frame.close],
  ]
}

function lotsPerTrade(listing: Listing): number {
  if (listing.kind === 'crypto') return (listing.volume * listing.lotsPerUnit) / 60_000
  return listing.kind === 'fx' ? FX_UPDATES : TRADE_SHARES
}
