// What the rows of one CSV have in common: which bars they are. Told by the file's name, else by their spacing.
import { DAY_US, INTRADAY_TIMEFRAMES, type Timeframe, timeframeMicros } from '@onetape/market'
import type { Moment } from './csv-cell.ts'

/**
 * @param moments of the first rows, in the file's order.
 * @throws Error with one clear line when the spacing fits no timeframe.
 */
export function timeframeOf(moments: readonly Moment[]): Timeframe {
  // A date alone, midnight everywhere (`2022-01-03 00:00:00-05:00`), or one row: days, or something longer.
  const daily = moments.every((m) => m.msOfDay === null || m.msOfDay === 0)
  const times = [...new Set(moments.map((m) => m.ts))].sort((a, b) => a - b)
  const spacings = times.slice(1).map((t, i) => t - times[i]!)
  const least = spacings.length > 0 ? Math.min(...spacings) : null
  if (daily && (least === null || least >= DAY_US - 2 * timeframeMicros('1h'))) return longer(spacings)
  const fit = INTRADAY_TIMEFRAMES.find((tf) => timeframeMicros(tf) === least)
  if (fit) return fit
  // A daily row stamped with the session's open, as charting tools export it.
  if (least !== null && least >= DAY_US - 2 * timeframeMicros('1h')) return longer(spacings)
  throw new Error(
    'the spacing of its rows is no timeframe (1m, 5m, 15m, 30m, 1h, 4h, 1d): put it into the name, e.g. AAPL-1m.csv',
  )
}

/** Weeks and months show in every spacing; days with holes do not. */
function longer(spacings: readonly number[]): Timeframe {
  if (spacings.length < 3) return '1d'
  const least = Math.min(...spacings)
  const most = Math.max(...spacings)
  if (least >= 28 * DAY_US - DAY_US / 12 && most <= 32 * DAY_US) return '1mo'
  return least >= 6 * DAY_US && most <= 8 * DAY_US ? '1w' : '1d'
}
