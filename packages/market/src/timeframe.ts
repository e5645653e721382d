import { z } from 'zod'
import { DAY_US, HOUR_US, MINUTE_US, type Micros } from './instant.ts'

export const TIMEFRAMES = ['1m', '5m', '15m', '30m', '1h', '4h', '1d', '1w', '1mo'] as const
export const timeframeSchema = /* @__PURE__ */ z.enum(TIMEFRAMES)
export type Timeframe = z.infer<typeof timeframeSchema>

/** Timeframes shorter than a session; longer ones are counted in session dates, not in microseconds. */
export const INTRADAY_TIMEFRAMES = ['1m', '5m', '15m', '30m', '1h', '4h'] as const
export type IntradayTimeframe = (typeof INTRADAY_TIMEFRAMES)[number]

const LENGTH_US: Record<IntradayTimeframe, number> = {
  '1m': MINUTE_US,
  '5m': 5 * MINUTE_US,
  '15m': 15 * MINUTE_US,
  '30m': 30 * MINUTE_US,
  '1h': HOUR_US,
  '4h': 4 * HOUR_US,
}

export const isIntraday = (tf: Timeframe): tf is IntradayTimeframe => tf in LENGTH_US

/** Length of an intraday bar in microseconds. */
export const timeframeMicros = (tf: IntradayTimeframe): number => LENGTH_US[tf]

/** Start of the bar that holds `ts`, aligned to UTC midnight. */
export const barStart = (ts: Micros, tf: IntradayTimeframe): Micros =>
  ts - ((((ts % DAY_US) + DAY_US) % DAY_US) % LENGTH_US[tf])
