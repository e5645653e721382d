// The quality gate for history: which bars never become facts. Pure; the caller turns a fault into a finding.
import {
  type AssetClass,
  isIntraday,
  type Micros,
  type Ohlcv,
  ohlcvFault,
  type Timeframe,
  timeframeMicros,
} from '@onetape/market'

export interface BarFault {
  /** Kind of the quality finding. */
  kind: 'bar_shape' | 'bar_time' | 'bar_magnitude' | 'bar_range' | 'bar_lone_print'
  reason: string
}

export interface BarContext {
  assetClass: AssetClass
  timeframe: Timeframe
  /** Start of the bar; midnight UTC of the session date for `1d` and longer. */
  ts: Micros
  marketNow: Micros
  /** Close of the accepted bar before this one in the same series, or null. */
  previousClose: number | null
}

/**
 * Largest believable high/low of one bar.
 *
 * Equities, a minute: the limit-up/limit-down bands stop a stock of 3 dollars or more at 20 %, 40 % near the
 * open and the close, within five minutes; 1.8 leaves room above that and still catches a bar that mixes the
 * prices before and after a 2:1 split. An hour may hold a halt and its reopening; a day of 4.3 is on record
 * (GameStop, 28 January 2021). Crypto has no bands, and its worst honest minutes stay below 3.
 */
const RANGE_MAX = {
  crypto: { minutes: 3, hours: 5, day: 10 },
  other: { minutes: 1.8, hours: 3, day: 10 },
} as const

/** No share, coin or rate costs more; no bar traded more units. Beyond lies a column mix-up or garbage. */
const PRICE_MAX = 1e8
const VOLUME_MAX = 1e17
/** The tape begins with the twentieth century. */
const OLDEST_TS = Date.UTC(1900, 0, 1) * 1000

/** An equity's open, high or low this far from both the close before and its own close, which agree, is a bad print. */
const LONE_PRINT_FACTOR = 1.75
const CLOSES_AGREE_FACTOR = 1.25

const HOUR_MINUTES = 60

function rangeMax(assetClass: AssetClass, timeframe: Timeframe): number {
  const limits = assetClass === 'crypto' ? RANGE_MAX.crypto : RANGE_MAX.other
  if (!isIntraday(timeframe)) return limits.day
  return timeframeMicros(timeframe) < HOUR_MINUTES * timeframeMicros('1m') ? limits.minutes : limits.hours
}

const apart = (a: number, b: number): number => Math.max(a / b, b / a)
const times = (factor: number): string => `${factor < 100 ? factor.toFixed(2) : Math.round(factor)}x`

function lonePrint(bar: Ohlcv, previousClose: number): string | null {
  if (apart(bar.close, previousClose) > CLOSES_AGREE_FACTOR) return null
  for (const name of ['open', 'high', 'low'] as const) {
    const factor = Math.min(apart(bar[name], bar.close), apart(bar[name], previousClose))
    if (factor > LONE_PRINT_FACTOR) {
      return `${name} ${bar[name]} stands alone: ${times(factor)} away from the closes ${previousClose} and ${bar.close}`
    }
  }
  return null
}

/** Why this bar must not be stored, or null. */
export function barFault(bar: Ohlcv, context: BarContext): BarFault | null {
  const shape = ohlcvFault(bar)
  if (shape) return { kind: 'bar_shape', reason: shape }
  if (!(context.ts >= OLDEST_TS)) return { kind: 'bar_time', reason: 'the bar is older than any price' }
  if (context.ts > context.marketNow) return { kind: 'bar_time', reason: 'the bar starts in the future' }
  if (bar.high > PRICE_MAX) return { kind: 'bar_magnitude', reason: `${bar.high} is no believable price` }
  if ((bar.volume ?? 0) > VOLUME_MAX) {
    return { kind: 'bar_magnitude', reason: `${bar.volume} is no believable volume` }
  }
  const range = bar.high / bar.low
  const max = rangeMax(context.assetClass, context.timeframe)
  if (range > max) {
    const what = `high ${bar.high} is ${times(range)} low ${bar.low}`
    return { kind: 'bar_range', reason: `absurd range: ${what}, a ${context.timeframe} bar may span ${max}x` }
  }
  if (context.assetClass === 'equity' && context.previousClose !== null) {
    const lone = lonePrint(bar, context.previousClose)
    if (lone) return { kind: 'bar_lone_print', reason: lone }
  }
  return null
}
