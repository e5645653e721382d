// Snapshots and the latest trade, quote or bar: one map of symbols to what the feed last saw of them.
import { addDays, dateInZone } from '@onetape/market'
import type { Listing } from '../market/listing.ts'
import { chicagoDay } from './base-candles.ts'
import { barRow, dayRow, minuteRow, quoteRow, tradeRow } from './rows.ts'
import { daysInView, type Tape } from './tape.ts'
import { zoneOf } from './timeframe.ts'

type Row = Record<string, unknown> | null

/** Null for a listing that has not traded yet. */
export function snapshotRow(tape: Tape, listing: Listing, iex: boolean): Row {
  const trade = tape.lastTrade(listing)
  if (!trade) return null
  const quote = tape.quote(listing)
  const minute = tape.lastMinute(listing)
  return {
    latestTrade: tradeRow(listing, trade, iex),
    ...(quote ? { latestQuote: quoteRow(listing, quote, iex) } : {}),
    ...(minute ? { minuteBar: minuteRow(minute) } : {}),
    ...dayBars(tape, listing),
  }
}

function dayBars(tape: Tape, listing: Listing): Record<string, unknown> {
  if (listing.kind === 'crypto') {
    const today = dateInZone(tape.now, zoneOf(listing))
    const day = chicagoDay(tape, listing, today)
    const previous = chicagoDay(tape, listing, addDays(today, -1))
    return {
      ...(day ? { dailyBar: barRow(day.start, day) } : {}),
      ...(previous ? { prevDailyBar: barRow(previous.start, previous) } : {}),
    }
  }
  const { day, previous } = daysInView(tape, listing)
  return {
    ...(day ? { dailyBar: dayRow(day) } : {}),
    ...(previous ? { prevDailyBar: dayRow(previous) } : {}),
  }
}

export const LATEST = ['trades', 'quotes', 'bars'] as const
export type Latest = (typeof LATEST)[number]

export function latestRow(tape: Tape, listing: Listing, { what, iex }: { what: Latest; iex: boolean }): Row {
  if (what === 'trades') {
    const trade = tape.lastTrade(listing)
    return trade && tradeRow(listing, trade, iex)
  }
  if (what === 'quotes') {
    const quote = tape.quote(listing)
    return quote && quoteRow(listing, quote, iex)
  }
  const minute = tape.lastMinute(listing)
  return minute && (minuteRow(minute) as unknown as Row)
}
