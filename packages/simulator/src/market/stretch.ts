// The minutes of one part of a session: the price at each minute's edge and the volume traded before it.
import { MINUTE_US, type Micros } from '@onetape/market'
import type { DayFrame } from './day-frame.ts'
import { quantise, tradesWholeCents } from './day-frame.ts'
import type { Part } from './day-path.ts'
import { mix, uniform } from './hash.ts'
import type { Listing } from './listing.ts'

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

/** Lots that a minute which must print one of the frame's prices has at least, so that it can print four trades. */
export const FORCED_LOTS = 4
/** Lots of one typical trade. */
const TRADE_SHARES = 90

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
  // Extremes gather near the open, so the draw is squared.
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

/** Straight lines between the landmarks, with noise of several wave lengths that vanishes at each of them. */
function drawEdges(s: Stretch, points: readonly [number, number][]): void {
  const { edges, key, low, high, wholeCents } = s
  const amplitude = (s.listing.volatility / Math.sqrt(s.minutes)) * points[0]![1]
  s.reach = amplitude * 0.8
  const noise = waves(key, s.minutes + 1)
  for (let p = 0; p + 1 < points.length; p++) {
    const [from, a] = points[p]!
    const [to, b] = points[p + 1]!
    for (let i = from; i <= to; i++) {
      const f = to === from ? 1 : (i - from) / (to - from)
      const window = Math.min(1, 4 * f * (1 - f))
      const price = a + (b - a) * f + noise[i]! * amplitude * window
      edges[i] = quantise(within(price, low, high), wholeCents)
    }
  }
}

/** Beyond its bounds the path turns back instead of sticking to them. */
function within(price: number, low: number, high: number): number {
  const turned = price > high ? high - (price - high) : price < low ? low + (low - price) : price
  return Math.min(high, Math.max(low, turned))
}

const WAVE_MINUTES = [1, 3, 9, 27, 81]
const scratch = new Float64Array(1_500)

/** Noise at each edge, valid until the next call. */
function waves(key: number, count: number): Float64Array {
  scratch.fill(0, 0, count)
  for (const [octave, length] of WAVE_MINUTES.entries()) {
    const waveKey = mix(key, 40 + octave)
    const height = Math.sqrt(length) * 1.3
    let left = uniform(waveKey, 0) - 0.5
    for (let cell = 0; cell * length < count; cell++) {
      const right = uniform(waveKey, cell + 1) - 0.5
      const end = Math.min(count, (cell + 1) * length)
      const slope = (right - left) / length
      for (let i = cell * length; i < end; i++) scratch[i]! += (left + slope * (i - cell * length)) * height
      left = right
    }
  }
  return scratch
}

/**
 * Lots for each minute, heavy at the open and the close. A minute trades or not by chance; those that do get one lot
 * each (four where a landmark must be printed) and a share of the rest, so the sum is exactly `volume`.
 */
function spreadVolume(s: Stretch, volume: number, part: Part): void {
  const { cumulative, minutes, key } = s
  const drawKey = mix(key, 60)
  const perMinute = volume / minutes / s.lotsPerTrade
  const onlyAt = part === 'pre' ? minutes - 1 : part === 'post' ? 0 : -1
  const weights = scratch
  const busy = shapeOf(minutes, part)
  let total = 0
  let base = 0
  for (let i = 0; i < minutes; i++) {
    const draw = mix(drawKey, i)
    const weight = busy[i]! * (0.5 + (draw & 0xffff) / 65_536)
    const expected = perMinute * weight
    const forced = isLandmark(s, i) || i === onlyAt
    const within = part !== 'regular' || (i > s.firstAt && i < s.lastAt)
    const trades = forced || (within && (draw >>> 16) / 65_536 < (expected * 1.6) / (1 + expected * 1.6))
    weights[i] = trades ? weight : 0
    total += weights[i]!
    base += forced ? FORCED_LOTS : trades ? 1 : 0
  }
  const rest = volume - base
  let weightSoFar = 0
  let baseSoFar = 0
  for (let i = 0; i < minutes; i++) {
    if (weights[i]! > 0) {
      weightSoFar += weights[i]!
      baseSoFar += isLandmark(s, i) || i === onlyAt ? FORCED_LOTS : 1
    }
    cumulative[i + 1] = baseSoFar + (weightSoFar >= total ? rest : Math.floor((rest * weightSoFar) / total))
  }
}

export const isLandmark = (s: Stretch, i: number): boolean =>
  i === s.firstAt || i === s.highAt || i === s.lowAt || i === s.lastAt

const lotsPerTrade = (listing: Listing): number =>
  listing.kind === 'crypto' ? (listing.volume * listing.lotsPerUnit) / 60_000 : TRADE_SHARES

const shapes = new Map<string, Float64Array>()

function shapeOf(minutes: number, part: Part): Float64Array {
  let known = shapes.get(`${part} ${minutes}`)
  if (!known) {
    known = Float64Array.from({ length: minutes }, (_, i) => shape(i / minutes, part))
    shapes.set(`${part} ${minutes}`, known)
  }
  return known
}

/** How busy a minute is, 1 on average; `x` runs from 0 to 1 over the part. */
function shape(x: number, part: Part): number {
  if (part === 'pre') return 0.15 + 2.6 * x * x
  if (part === 'post') return 0.1 + 2.8 * (1 - x) ** 3
  const u = 2 * x - 1
  return 0.62 + 1.9 * u ** 4 + (x < 0.013 ? 2.5 : 0) + (x > 0.995 ? 5 : 0)
}
