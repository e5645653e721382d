// Candles of one symbol, adjusted for splits: minutes of the last weeks stamped at their start; days, weeks and months
// stamped at midnight in Chicago.
import { addDays, instantInZone, MINUTE_US, type Micros } from '@onetape/market'
import { splitFactor } from '../market/actions.ts'
import { dayNumber, sessionsOf } from '../market/calendar.ts'
import type { Candle } from '../market/candle.ts'
import type { Market } from '../market/market.ts'
import { dateInNewYork, midnightInNewYork } from '../new-york.ts'
import { type Asset, priced } from './assets.ts'

/** About so far back minutes go, and days. */
const MINUTE_DAYS = 48
const DAY_YEARS = 20
const CHICAGO = 'America/Chicago'

export interface HistoryQuery {
  frequencyType: 'minute' | 'daily' | 'weekly' | 'monthly'
  frequency: number
  /** Both included. */
  start: Micros
  end: Micros
  extendedHours: boolean
}

export interface CandleRow {
  open: number
  high: number
  low: number
  close: number
  volume: number
  /** Milliseconds. */
  datetime: number
}

export function candles(market: Market, asset: Asset, o: { query: HistoryQuery; now: Micros }): CandleRow[] {
  const { query, now } = o
  const base = query.frequencyType === 'minute' ? minutes : days
  const today = dateInNewYork(now)
  const rows: CandleRow[] = []
  for (const { candle, stamp } of base(market, asset, o)) {
    const factor = splitFactor(asset.listing, candle.session.date, today)
    const p = (price: number) => priced(asset, price / factor)
    const volume = asset.kind === 'INDEX' ? 0 : Math.round(candle.volume * factor)
    const datetime = stamp / 1000
    const row = rows.at(-1)
    if (row?.datetime === datetime) {
      row.high = Math.max(row.high, p(candle.high))
      row.low = Math.min(row.low, p(candle.low))
      row.close = p(candle.close)
      row.volume += volume
    } else {
      const [open, high, low, close] = [candle.open, candle.high, candle.low, candle.close].map(p)
      rows.push({ open: open!, high: high!, low: low!, close: close!, volume, datetime })
    }
  }
  return rows.filter(({ datetime }) => datetime * 1000 >= query.start && datetime * 1000 <= query.end)
}

type Base = Generator<{ candle: Candle; stamp: Micros }>

function* minutes(
  market: Market,
  { listing }: Asset,
  { query, now }: { query: HistoryQuery; now: Micros },
): Base {
  const length = query.frequency * MINUTE_US
  const oldest = midnightInNewYork(addDays(dateInNewYork(now), -MINUTE_DAYS))
  const from = Math.max(query.start - (query.start % length), oldest)
  for (const candle of market.minutes(listing, from, Math.min(query.end, now) + length, now)) {
    const { open, close } = candle.session
    if (!query.extendedHours && (candle.start < open || candle.start >= close)) continue
    yield { candle, stamp: candle.start - (candle.start % length) }
  }
}

/** Whole weeks and months, also where the range begins or ends within one. */
function* days(
  market: Market,
  { listing }: Asset,
  { query, now }: { query: HistoryQuery; now: Micros },
): Base {
  const today = dateInNewYork(now)
  const oldest = addDays(today, -365 * DAY_YEARS)
  const asked = addDays(dateInNewYork(query.start), -31)
  const last = addDays(dateInNewYork(Math.min(query.end, now)), 31)
  for (const session of sessionsOf(listing, [asked, oldest].sort()[1]!, [last, today].sort()[0]!)) {
    const candle = market.day(listing, session, now)
    if (candle) yield { candle, stamp: instantInZone(periodStart(query, session.date), 0, CHICAGO) }
  }
}

function periodStart({ frequencyType }: HistoryQuery, date: string): string {
  if (frequencyType === 'monthly') return `${date.slice(0, 8)}01`
  // 1970-01-01 was a Thursday, so day -3 was a Monday.
  return frequencyType === 'weekly' ? addDays(date, -((((dayNumber(date) + 3) % 7) + 7) % 7)) : date
}
