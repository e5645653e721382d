// Whether a series of samples grows: a slope that a few outliers do not bend, over the last two thirds of it. Pure.
import { median } from '../report.ts'

export interface Trend {
  median: number
  /** What the straight line through the samples gains from the first of them to the last. */
  growth: number
}

/** The beginning is warming up: caches fill, code is compiled, connections are opened. */
const WARM_UP_SHARE = 1 / 3
/** Pairs of samples that a slope is taken from; more say nothing new. */
const SAMPLES_MAX = 200

/** Theil and Sen: the median of the slopes between all pairs of samples. */
export function trendOf(values: readonly number[]): Trend {
  const judged = thinned(values.slice(Math.floor(values.length * WARM_UP_SHARE)).filter(Number.isFinite))
  if (judged.length < 2) return { median: judged[0] ?? Number.NaN, growth: 0 }
  const slopes: number[] = []
  for (let i = 0; i < judged.length; i++)
    for (let j = i + 1; j < judged.length; j++) slopes.push((judged[j]! - judged[i]!) / (j - i))
  return { median: median(judged), growth: median(slopes) * (judged.length - 1) }
}

function thinned(values: readonly number[]): number[] {
  const step = Math.ceil(values.length / SAMPLES_MAX)
  return values.filter((_, i) => i % step === 0)
}

const BARS = '▁▂▃▄▅▆▇█'

/** The series as a line of small bars, lowest to highest. */
export function sparkline(values: readonly number[], width = 40): string {
  const known = values.filter(Number.isFinite)
  if (known.length === 0) return ''
  const low = Math.min(...known)
  const range = Math.max(...known) - low || 1
  const columns = Math.min(width, known.length)
  return Array.from({ length: columns }, (_, i) => {
    const from = Math.floor((i * known.length) / columns)
    const to = Math.max(from + 1, Math.floor(((i + 1) * known.length) / columns))
    const highest = Math.max(...known.slice(from, to))
    return BARS[Math.min(BARS.length - 1, Math.floor(((highest - low) / range) * BARS.length))]
  }).join('')
}
