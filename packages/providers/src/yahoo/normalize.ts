// Yahoo's quote rows as snapshots. Pure.
import {
  type AssetClass,
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
import { feedOf, OPTIONS_DELAYED_MINUTES } from './feed.ts'
import { inCurrency, type PriceUnit, unitOf } from './minor-units.ts'
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
  const unit = unitOf(row.currency)
  const priced = (value: number | null | undefined) => {
    const price = positive(value)
    return price === null ? null : inCurrency(price, unit)
  }
  const regularClose = priced(row.regularMarketPrice)
  const isShare = ref.assetClass === 'equity'
  // Forex days are cut at midnight London there: no session of that market.
  const hasDays = ref.assetClass !== 'fx'
  const delayedMinutes = delayOf(row, ref.assetClass)
  // In the pre-market the regular fields are still those of the session before.
  const before = last.part === 'pre'
  const day = before || !hasDays ? null : regularDay(row, { isShare, unit })
  const previousClose = before ? regularClose : priced(row.regularMarketPreviousClose)
  return {
    quote: {
      ...ref,
      ts: last.ts,
      tsOrigin: 'vendor',
      last: inCurrency(last.price, unit),
      bid: priced(row.bid),
      ask: priced(row.ask),
      // Lots on some exchanges, shares on others, zero on the rest, and nowhere said which: not a size.
      bidSize: null,
      askSize: null,
      volume: day?.volume ?? null,
      feed: feedOf(delayedMinutes),
      delayedMinutes,
      currency: unit.currency,
    },
    minuteBar: null,
    day,
    sessionDate: dateOf(ref.assetClass, last.ts, row.exchangeTimezoneName),
    previousClose: hasDays ? previousClose : null,
  }
}

/** The quote says it per symbol; of option contracts nothing does. */
const delayOf = (row: QuoteRow, assetClass: AssetClass): number =>
  Math.max(row.exchangeDataDelayedBy ?? 0, assetClass === 'option' ? OPTIONS_DELAYED_MINUTES : 0)

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

function regularDay(row: QuoteRow, o: { isShare: boolean; unit: PriceUnit }): Ohlcv | null {
  const wire = [
    row.regularMarketOpen,
    row.regularMarketDayHigh,
    row.regularMarketDayLow,
    row.regularMarketPrice,
  ]
  const prices = wire.map((price) => (price ? inCurrency(price, o.unit) : 0))
  const [open, high, low, close] = prices as [number, number, number, number]
  if (!open || !high || !low || !close) return null
  // Crypto "volume" is 24 hours of dollars; forex and indices have none. Only shares are counted in units.
  const volume = o.isShare ? (row.regularMarketVolume ?? null) : null
  const day = { open, high, low, close, volume }
  return ohlcvFault(day) === null ? day : null
}

/** Trading date: our calendar where it is the exchange's own, the exchange's calendar date elsewhere. */
function dateOf(assetClass: AssetClass, ts: Micros, zone: string | null | undefined): string {
  const venue = venueOf(assetClass)
  if (venue !== 'XNYS' || !zone || zone === NEW_YORK) return sessionDateOf(venue, ts)
  return dateInZone(ts, zone)
}
