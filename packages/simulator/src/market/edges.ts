// The price path of a stretch: through its landmarks, with noise in between.
import { quantise } from './day-frame.ts'
import { mix, uniform } from './hash.ts'
import type { Stretch } from './stretch.ts'

/** Straight lines between the landmarks, with noise of several wave lengths that vanishes at each of them. */
export function drawEdges(s: Stretch, points: readonly [number, number][]): void {
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
