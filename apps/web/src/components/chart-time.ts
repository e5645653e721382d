// The chart library knows UTC alone. Intraday bars of equities are therefore placed at New York's wall clock as if
// that were UTC, so that the axis breaks its days where the venue does. Daily and longer bars are dates already.
import { HOUR_US, isIntraday, type Micros, type Timeframe } from '@onetape/market'
import { formatClock, formatDate, type MarketZone, NEW_YORK, UTC } from './time-format.ts'

const offsets = new Map<number, number>()

/** Seconds that New York's clock runs ahead of UTC; it changes on a full hour, so one answer serves an hour. */
function newYorkOffsetS(us: Micros): number {
  const hour = Math.floor(us / HOUR_US)
  let offset = offsets.get(hour)
  if (offset === undefined) {
    const start = hour * HOUR_US
    const wall = Date.parse(`${formatDate(start, NEW_YORK)} ${formatClock(start, NEW_YORK)} UTC`)
    offset = wall / 1_000 - start / 1_000_000
    offsets.set(hour, offset)
  }
  return offset
}

/** A bar's place on the axis, in seconds. */
export function axisTime(us: Micros, timeframe: Timeframe, zone: MarketZone): number {
  const seconds = Math.floor(us / 1_000_000)
  return isIntraday(timeframe) && zone.id !== UTC.id ? seconds + newYorkOffsetS(us) : seconds
}

/** What the crosshair says about a place on the axis. */
export function axisLabel(seconds: number, timeframe: Timeframe, zone: MarketZone): string {
  const us = seconds * 1_000_000
  if (!isIntraday(timeframe)) return formatDate(us, UTC)
  return `${formatDate(us, UTC)} ${formatClock(us, UTC).slice(0, 5)} ${zone.label}`
}
