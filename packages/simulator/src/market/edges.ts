// The price path of a stretch: through its landmarks, with noise in between.
import { quantise } from './day-frame.ts'
import { mix, uniform } from './hash.ts'
import type { Stretch } from './stretch.ts'

/** Straight lines between the landmarks, with noise of many wave lengths that vanishes at each of them. */
export function drawEdges(s: Stretch, points: readonly [number, number][]): void {
  const { edges, key, low, high, wholeCents } = s
  const amplitude = (sigmaOf(s, points[0]![1]) / Math.sqrt(s.minutes)) * points[0]![1]
  s.reach = amplitude * 0.8
  const noise = wavesOf(key, s.minutes + 1)
  for (let p = 0; p + 1 < points.length; p++) {
    const [from, a] = points[p]!
    const [to, b] = points[p + 1]!
    // A wave longer than the way would only shift it.
    const layers = noise.filter(
      (_, i) => LAYERS[i]!.at(-1)! * WAVES_A_WAY <= Math.max(to - from, SHORT_MINUTES),
    )
    for (let i = from; i <= to; i++) {
      const f = to === from ? 1 : (i - from) / (to - from)
      const window = Math.min(1, 4 * f * (1 - f))
      let wave = 0
      for (const layer of layers) wave += layer[i]!
      const price = a + (b - a) * f + wave * amplitude * window
      edges[i] = quantise(within(price, low, high), wholeCents)
    }
  }
}

/** Deviation of the whole stretch: the listing's own, or what the range of the day tells of a wilder one. */
function sigmaOf({ listing, high, low }: Stretch, price: number): number {
  const range = high < Number.MAX_SAFE_INTEGER ? (high - low) / price : 0
  return Math.max(listing.volatility, Math.min(range / RANGE_A_SIGMA, listing.volatility * 3))
}

/** Beyond its bounds the path turns back, as often as it must, instead of sticking to them. */
function within(price: number, low: number, high: number): number {
  if (price >= low && price <= high) return price
  const width = high - low
  if (!(width > 0)) return low
  const folded = (((price - low) % (2 * width)) + 2 * width) % (2 * width)
  return low + (folded <= width ? folded : 2 * width - folded)
}

/** Wave lengths in minutes; the long ones are for stretches between landmarks that are long themselves. */
const LAYERS = [[1, 3, 9, 27, 81], [243], [729]] as const
const SHORT_MINUTES = 100
/** A random walk's range is some 1.6 times its deviation. */
const RANGE_A_SIGMA = 1.6
/** Makes the noise between two landmarks as tall as a walk between them would be. */
const WAVE_HEIGHT = 2
const WAVES_A_WAY = 1.2
const scratch = LAYERS.map(() => new Float64Array(1_500))

/** Noise at each edge by layer, valid until the next call. */
function wavesOf(key: number, count: number): Float64Array[] {
  let octave = 0
  for (const [l, lengths] of LAYERS.entries()) {
    const sum = scratch[l]!
    sum.fill(0, 0, count)
    for (const length of lengths) addWave(sum, { key: mix(key, 40 + octave++), length, count })
  }
  return scratch
}

function addWave(sum: Float64Array, o: { key: number; length: number; count: number }): void {
  const { key, length, count } = o
  const height = Math.sqrt(length) * WAVE_HEIGHT
  let left = uniform(key, 0) - 0.5
  for (let cell = 0; cell * length < count; cell++) {
    const right = uniform(key, cell + 1) - 0.5
    const end = Math.min(count, (cell + 1) * length)
    const slope = (right - left) / length
    for (let i = cell * length; i < end; i++) sum[i]! += (left + slope * (i - cell * length)) * height
    left = right
  }
}
