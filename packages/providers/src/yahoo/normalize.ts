// Yahoo's quote rows as snapshots. Pure.
import {
  dateInZone,
  type Micros,
  microsFromSeconds,
  type Ohlcv,
  ohlcvFault,
  type Snapshot,
  sessionDateOf,
  venueOf,
} from '@onetape/market'
import { NEW_YORK } from '../bar-time.ts'
import type { QuoteRow } from './payload.ts'
import { refFromYahoo } from './symbols.ts'

/** The vendor's row for what it no longer has: to be counted as missing, not as a bad row. */
export const isGone = (row: unknown): boolean =>
  typeof row === 'object' && row !== null && (row as { quoteType?: unknown }).quoteType === 'NONE'

interface Observed {
  price: number
  ts: Micros
  part: 'pre' | 'regular' | 'post'
}

export function normalizeQuote(row: QuoteRow): Snapshot | string {
  const ref = refFromYahoo(row.symbol, row.quoteType)
  if (!ref) return `quoteType ${row.quoteType} has no asset class here`
  const last = newest(row)
  if (!last) return 'no price'
  if (!row.currency) return 'no currency'
  const regularClose = positive(row.regularMarketPrice)
  const isShare = ref.assetClass === 'equity'
  // Forex days are cut at midnight London there: no session of that market.
  const hasDays = ref.assetClass !== 'fx'
  // In the pre-market the regular fields are still those of the session before.
  const before = last.part === 'pre'
  const day = before || !hasDays ? null : regularDay(row, isShare)
  const previousClose = before ? regularClose : positive(row.regularMarketPreviousClose)
  return {
    quote: {
      ...ref,
      ts: last.ts,
      tsOrigin: 'vendor',
      last: last.price,
      bid: positive(row.bid),
      ask: positive(row.ask),
      // Lots on some exchanges, shares on others, zero on the rest, and nowhere said which: not a size.
      bidSize: null,
      askSize: null,
      volume: day?.volume ?? null,
      feed: row.exchangeDataDelayedBy ? 'delayed' : 'yahoo',
      delayedMinutes: row.exchangeDataDelayedBy ?? 0,
      currency: row.currency,
    },
    minuteBar: null,
    day,
    sessionDate: dateOf(ref.assetClass, last.ts, row.exchangeTimezoneName),
    previousClose: hasDays ? previousClose : null,
  }
}

/** Of the regular, pre- and post-market price, the one with the latest event time. */
function newest(row: QuoteRow): Observed | null {
  const candidates: Observed[] = []
  for (const part of ['regular', 'pre', 'post'] as const) {
    const price = row[`${part}MarketPrice`]
    const seconds = row[`${part}MarketTime`]
    if (price && price > 0 && seconds && seconds > 0)
      candidates.push({ price, ts: microsFromSeconds(seconds), part })
  }
  return candidates.reduce<Observed | null>((best, c) => (best === null || c.ts > best.ts ? c : best), null)
}

const positive = (value: number | null | undefined): number | null => (value && value > 0 ? value : null)

function regularDay(row: QuoteRow, isShare: boolean): Ohlcv | null {
  const { regularMarketOpen: open, regularMarketDayHigh: high, regularMarketDayLow: low } = row
  const close = row.regularMarketPrice
  if (!open || !high || !low || !close) return null
  // Crypto "volume" is 24 hours of dollars; forex and indices have none. Only shares are counted in units.
  const volume = isShare ? (row.regularMarketVolume ?? null) : null
  const day = { open, high, low, close, volume }
  return ohlcvFault(day) === null ? day : null
}

/** Trading date: our calendar where it is the exchange's own, the exchange's calendar date elsewhere. */
function dateOf(
  assetClass: Parameters<typeof venueOf>[0],
  ts: Micros,
  zone: string | null | undefined,
): string {
  const venue = venueOf(assetClass)
  if (venue !== 'XNYS' || !zone || zone === NEW_YORK) return sessionDateOf(venue, ts)
  return dateInZone(ts, zone)
}
