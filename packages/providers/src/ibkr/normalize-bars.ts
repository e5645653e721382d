// TWS' historical bars as bars. Intraday ones are stamped with epoch seconds, longer ones with the exchange's date.
import {
  type Bar,
  type Basis,
  barStart,
  isIntraday,
  MINUTE_US,
  type Micros,
  ohlcvFault,
  SECOND_US,
  type SymbolRef,
  sessionAt,
  sessionDateOf,
  type Timeframe,
  venueOf,
} from '@onetape/market'
import { barEnd, midnightOf, periodStart } from '../bar-time.ts'
import { DELAYED_MINUTES } from './capabilities.ts'
import { counted, feedOf } from './normalize.ts'
import type { BarRow } from './payload.ts'
import { isoDate } from './symbols.ts'

export interface BarContext {
  ref: SymbolRef
  timeframe: Timeframe
  delayed: boolean
  /** Shares in one unit of a US stock's volume. */
  shareLot: number
  fetchedAt: Micros
}

/** TRADES are adjusted for splits, not for dividends; pairs and indices have nothing to adjust. */
export const basisOf = (ref: SymbolRef): Basis => (ref.assetClass === 'equity' ? 'split' : 'raw')

export function normalizeBar(row: BarRow, c: BarContext): Bar | string {
  const { ref, timeframe } = c
  const hasVolume = row.volume != null && row.volume >= 0 && ref.assetClass === 'equity'
  const volume = hasVolume ? counted(row.volume!, c) : null
  const prices = { open: row.open, high: row.high, low: row.low, close: row.close, volume }
  const fault = ohlcvFault(prices)
  if (fault) return fault
  const start = startOf(row.time, ref, timeframe)
  if (typeof start === 'string') return start
  const end = barEnd({ assetClass: ref.assetClass, timeframe, ...start })
  const delayUs = c.delayed ? DELAYED_MINUTES * MINUTE_US : 0
  return {
    ...ref,
    ...prices,
    timeframe,
    ...start,
    basis: basisOf(ref),
    feed: feedOf(ref.assetClass, c.delayed),
    final: end + delayUs <= c.fetchedAt,
  }
}

function startOf(
  time: string,
  ref: SymbolRef,
  timeframe: Timeframe,
): { ts: Micros; sessionDate: string } | string {
  const isDate = time.length === 8
  if (isIntraday(timeframe)) {
    if (isDate) return `is dated, not timed, for a ${timeframe} bar`
    const begun = Number(time) * SECOND_US
    const ts = barStart(begun, timeframe)
    const venue = venueOf(ref.assetClass)
    // The first hour of a session begins with it: 9:30 stands for what the window from 9:00 holds.
    if (begun !== ts && sessionAt(venue, begun).session?.open !== begun) {
      return `starts off the ${timeframe} grid`
    }
    return { ts, sessionDate: sessionDateOf(venue, begun) }
  }
  const day = isDate ? isoDate(time) : sessionDateOf(venueOf(ref.assetClass), Number(time) * SECOND_US)
  if (Number.isNaN(Date.parse(`${day}T00:00:00Z`))) return `${time} is no date`
  // A week and a month are dated by their last trading day or their first, as the vendor likes: ours by their first.
  const sessionDate = periodStart(day, timeframe)
  return { ts: midnightOf(sessionDate), sessionDate }
}
