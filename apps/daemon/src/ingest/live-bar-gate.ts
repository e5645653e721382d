/**
 * What the gate for history cannot know of a minute bar that has just come: whether it fits the price that the tape
 * holds, and whether the vendor merely said the minute before again. Pure; a bar with a fault never becomes a fact.
 */
import { type Bar, MINUTE_US, type Micros } from '@onetape/market'
import type { GateThresholds } from './gate-thresholds.ts'

export interface LiveBarFault {
  kind: 'unit_jump' | 'jump' | 'stale_repeat'
  reason: string
  evidence: Record<string, unknown>
}

export interface LiveBarContext {
  /** The latest price that the tape holds, or null. */
  held: { last: number; ts: Micros } | null
  /** The bar of the same series accepted before this one, or null. */
  previous: Bar | null
  thresholds: GateThresholds
}

/** A price older than this judges no bar. */
const COMPARABLE_US = 60 * MINUTE_US
/** Nor does one that is newer than this: the market may have jumped in between. */
const LATER_MAX_US = 3 * MINUTE_US

export function liveBarFault(bar: Bar, { held, previous, thresholds }: LiveBarContext): LiveBarFault | null {
  const yardsticks = yardsticksOf(bar, held, previous)
  const { jumpMax, unitJumpWithin } = thresholds
  const fits = yardsticks.some((y) => y >= bar.low * (1 - jumpMax) && y <= bar.high * (1 + jumpMax))
  const [yardstick] = yardsticks
  if (yardstick !== undefined && !fits) {
    const ratio = bar.close / yardstick
    const evidence = { close: bar.close, yardstick, ratio: Number(ratio.toPrecision(6)) }
    return isUnitJump(ratio, unitJumpWithin)
      ? { kind: 'unit_jump', reason: `close ${bar.close} looks like ${yardstick} in another unit`, evidence }
      : { kind: 'jump', reason: `${bar.low} to ${bar.high} is far from ${yardstick}`, evidence }
  }
  if (previous && repeats(bar, previous)) {
    const evidence = { previousTs: previous.ts, volume: bar.volume }
    return { kind: 'stale_repeat', reason: 'says the minute before again, price for price', evidence }
  }
  return null
}

/**
 * The bar before and the latest price, where they were seen about then. One that fits is enough: a market that has
 * really jumped is believed as soon as the gate for prices, which hears more of it, has believed it.
 */
function yardsticksOf(bar: Bar, held: LiveBarContext['held'], previous: Bar | null): number[] {
  const isNear = (ts: Micros) => bar.ts - ts <= COMPARABLE_US
  return [
    ...(previous && isNear(previous.ts) ? [previous.close] : []),
    ...(held && isNear(held.ts) && held.ts - bar.ts <= LATER_MAX_US ? [held.last] : []),
  ]
}

const isUnitJump = (ratio: number, within: number): boolean =>
  Math.abs(ratio / 100 - 1) <= within || Math.abs(ratio * 100 - 1) <= within

/** Two minutes may well close alike; that both moved, and alike in all five figures, is an old answer. */
const repeats = (bar: Bar, previous: Bar): boolean =>
  bar.ts !== previous.ts &&
  bar.high > bar.low &&
  (bar.volume ?? 0) > 0 &&
  (['open', 'high', 'low', 'close', 'volume'] as const).every((field) => bar[field] === previous[field])
