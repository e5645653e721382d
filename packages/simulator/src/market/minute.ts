// One minute of a stretch and the trades in it, worked out from the minute's number alone.
import { MINUTE_US, type Micros } from '@onetape/market'
import { quantise } from './day-frame.ts'
import { mix } from './hash.ts'
import { FORCED_LOTS, isLandmark } from './spread-volume.ts'
import type { Stretch } from './stretch.ts'

/** OHLCV of one minute in steps and lots; a still open minute holds what was traded so far. */
export interface Minute {
  at: number
  start: Micros
  open: number
  high: number
  low: number
  close: number
  volume: number
  /** Prints in it, at most 30: what a busy minute's thousands of trades are thinned to. */
  trades: number
}

export interface Trade {
  ts: Micros
  price: number
  lots: number
  /** Unlike any other in this listing's life. */
  id: number
}

const TRADES_MAX = 30

/** A whole minute, or null when nothing traded in it. */
export function minuteOf(s: Stretch, at: number): Minute | null {
  const volume = s.cumulative[at + 1]! - s.cumulative[at]!
  if (volume === 0) return null
  const trades = tradeCount(s, at, volume)
  const open = s.edges[at]!
  const close = trades === 1 ? open : s.edges[at + 1]!
  return {
    at,
    start: s.start + at * MINUTE_US,
    open,
    high: highOf(s, at),
    low: lowOf(s, at),
    close,
    volume,
    trades,
  }
}

/** High of a minute in which something trades: its edges', with four trades or more somewhat beyond. */
export function highOf(s: Stretch, at: number): number {
  if (at === s.highAt) return s.high
  const trades = tradeCount(s, at, s.cumulative[at + 1]! - s.cumulative[at]!)
  const edge = trades === 1 ? s.edges[at]! : Math.max(s.edges[at]!, s.edges[at + 1]!)
  if (trades < 4) return edge
  // Other minutes come near the day's extremes, but seldom print them again.
  const draw = mix(s.key, 0x10000 + at) & 0xffff
  return onGrid(s, edge + Math.min((s.reach * 2 * draw) / 65_536, (s.high - edge) * 0.7))
}

export function lowOf(s: Stretch, at: number): number {
  if (at === s.lowAt) return s.low
  const trades = tradeCount(s, at, s.cumulative[at + 1]! - s.cumulative[at]!)
  const edge = trades === 1 ? s.edges[at]! : Math.min(s.edges[at]!, s.edges[at + 1]!)
  if (trades < 4) return edge
  const draw = mix(s.key, 0x10000 + at) >>> 16
  return onGrid(s, edge - Math.min((s.reach * 2 * draw) / 65_536, (edge - s.low) * 0.7))
}

function tradeCount(s: Stretch, at: number, volume: number): number {
  const least = isLandmark(s, at) ? FORCED_LOTS : 1
  return Math.max(least, Math.min(TRADES_MAX, volume, Math.ceil(volume / s.lotsPerTrade)))
}

/** The `i`-th trade of a whole minute: the first prints its open, the last its close, two between its extremes. */
export function tradeOf(s: Stretch, minute: Minute, i: number): Trade {
  return {
    ts: tradeTime(s, minute, i),
    price: tradePrice(s, minute, i),
    lots: lotsThrough(s, minute, i + 1) - lotsThrough(s, minute, i),
    id: (Math.floor(minute.start / MINUTE_US) % 100_000_000) * 32 + i,
  }
}

/** The minute as it stood at `t`: itself when it is over, null when it has no trade yet. */
export function tradesUntil(s: Stretch, minute: Minute, t: Micros): Minute | null {
  if (t >= minute.start + MINUTE_US) return minute
  let count = 0
  let high = 0
  let low = Number.POSITIVE_INFINITY
  let close = 0
  while (count < minute.trades && tradeTime(s, minute, count) <= t) {
    close = tradePrice(s, minute, count)
    if (close > high) high = close
    if (close < low) low = close
    count++
  }
  if (count === 0) return null
  return { ...minute, high, low, close, volume: lotsThrough(s, minute, count), trades: count }
}

/** Lots of the first `count` trades: one each, and uneven shares of the rest. */
function lotsThrough(s: Stretch, minute: Minute, count: number): number {
  const { volume, trades, at } = minute
  if (count === 0 || count === trades) return count === 0 ? 0 : volume
  const uneven = 0.8 * (mix(s.key, 0x40000 + (at << 5) + count) / 4_294_967_296 - 0.5)
  return count + Math.floor(((volume - trades) * (count + uneven)) / trades)
}

const tradeTime = (s: Stretch, minute: Minute, i: number): Micros =>
  minute.start +
  Math.floor(((i + mix(s.key, (minute.at << 5) | i) / 4_294_967_296) * MINUTE_US) / minute.trades)

function tradePrice(s: Stretch, minute: Minute, i: number): number {
  const { open, high, low, close, trades } = minute
  if (i === 0) return open
  if (i === trades - 1) return close
  if (trades < 4) return onGrid(s, (open + close) / 2)
  const draw = mix(s.key, 0x20000 + minute.at)
  const inner = trades - 2
  const first = 1 + ((draw & 0xff) % inner)
  const second = 1 + ((first - 1 + 1 + (((draw >>> 8) & 0xff) % (inner - 1))) % inner)
  const [highAt, lowAt] = draw & 0x10000 ? [first, second] : [second, first]
  if (i === highAt) return high
  if (i === lowAt) return low
  const points: [number, number][] = [
    [0, open],
    ...(highAt < lowAt
      ? ([
          [highAt, high],
          [lowAt, low],
        ] as [number, number][])
      : ([
          [lowAt, low],
          [highAt, high],
        ] as [number, number][])),
    [trades - 1, close],
  ]
  const right = points.findIndex(([at]) => at > i)
  const [ra, rp] = points[right]!
  const [la, lp] = points[right - 1]!
  const straight = lp + ((rp - lp) * (i - la)) / (ra - la)
  const jitter = (mix(draw, i) / 4_294_967_296 - 0.5) * (high - low) * 0.35
  return Math.min(high, Math.max(low, onGrid(s, straight + jitter)))
}

const onGrid = (s: Stretch, steps: number): number => quantise(steps, s.wholeCents)
