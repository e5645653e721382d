// Which part of a series the chart holds, and when it should ask for another: finer bars when a reader looks closer,
// coarser ones when more is in sight than pixels can tell, and more on a side before its end is reached.
import type { Micros } from '@onetape/market'

/** What is asked for. */
export interface ChartWindow {
  from: Micros
  /** Null: up to the newest bar, and along with it. */
  to: Micros | null
  /** Bars that fit, at most. */
  points: number
}

/** What a reader sees. */
export interface Sight {
  from: Micros
  /** Null: the newest bar is in sight. */
  to: Micros | null
  /** Pixels per bar, and of the whole width. */
  barPx: number
  widthPx: number
}

/** What is drawn. */
export interface Loaded {
  /** -Infinity: there is nothing older. */
  from: Micros
  to: Micros | null
  /** Of the newest bar. */
  newest: Micros
  /** Bars are as short as the timeframe asked for: there are no finer ones. */
  isFinest: boolean
}

/** Below it neighbours run into each other; above it there is room for finer bars. Between them nothing is asked. */
const BAR_PX = { dense: 1.2, wanted: 4, coarse: 14 }
/** A screen to either side is asked for, and more once less than a part of one is left. */
const SCREENS = 3
const MARGIN = 0.3
const POINTS = { min: 60, max: 6_000 }

/** By steps: the scale of prices takes a little more or less of the width as prices go. */
const pointsOf = (widthPx: number): number => {
  const wanted = Math.ceil(widthPx / BAR_PX.wanted / POINTS.min) * POINTS.min
  return Math.min(POINTS.max, Math.max(POINTS.min, wanted))
}

/** The window to ask for, or null when what is drawn will do. */
export function windowFor(sight: Sight, loaded: Loaded): ChartWindow | null {
  const to = sight.to ?? loaded.newest
  const span = Math.max(1, to - sight.from)
  const margin = span * MARGIN
  const covers = loaded.from <= sight.from - margin && (loaded.to === null || loaded.to >= to + margin)
  const isRight = sight.barPx >= BAR_PX.dense && (sight.barPx <= BAR_PX.coarse || loaded.isFinest)
  if (covers && isRight) return null
  const points = pointsOf(SCREENS * sight.widthPx)
  // On a coarse grid, so that a hand that trembles asks for the same.
  const step = stepOf(span)
  const from = Math.max(0, Math.floor((sight.from - span) / step) * step)
  const end = Math.ceil((to + span) / step) * step
  const followsNewest = sight.to === null || (loaded.to === null && end >= loaded.newest)
  return { from, to: followsNewest ? null : end, points }
}

/** A quarter of the span, rounded down to a power of two of seconds. */
const stepOf = (span: number): number => 1_000_000 * 2 ** Math.max(0, Math.floor(Math.log2(span / 4_000_000)))

/** All there is, at the width of the screen. */
export const wholeHistory = (widthPx: number): ChartWindow => ({
  from: 0,
  to: null,
  points: pointsOf(widthPx),
})
