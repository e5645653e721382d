// Rows of `/v3/snapshot` as snapshots: indices and option contracts, which have no snapshot of their own market.
import {
  type Micros,
  type Ohlcv,
  ohlcvFault,
  type Snapshot,
  type SymbolRef,
  sessionDateOf,
  venueOf,
} from '@onetape/market'
import { DELAYED_MINUTES, feedOf } from './feed.ts'
import { instantOf, lotOf, positive } from './normalize.ts'
import type { MixedRow } from './payload-mixed.ts'
import { currencyOf, refFromTicker } from './symbols.ts'

export interface MixedContext {
  /** The answer or the plan says that it runs behind. */
  delayed: boolean
  fetchedAt: Micros
}

/** True for a row that says that the vendor has no such ticker: missing, not bad. */
export const saysNotFound = (raw: unknown): boolean => (raw as { error?: unknown })?.error === 'NOT_FOUND'

export function normalizeMixed(row: MixedRow, context: MixedContext): Snapshot | string {
  if (row.error) return row.message ? `${row.error}: ${row.message}` : row.error
  const ref = refFromTicker(row.ticker)
  if (!ref) return `ticker ${row.ticker} has no symbol here`
  const last = positive(row.last_trade?.price) ?? positive(row.value)
  const bid = positive(row.last_quote?.bid)
  const ask = positive(row.last_quote?.ask)
  if (last === null && bid === null && ask === null) return 'no price yet'
  const ts = instantIn(row)
  const delayed = context.delayed || saysDelayed(row)
  const day = dayOf(row, ref)
  const lot = lotOf(ref.assetClass, instantOf(row.last_quote?.last_updated))
  const size = (side: number | null, units: number | null | undefined) =>
    side === null || !units ? null : units * lot
  return {
    quote: {
      ...ref,
      ts: ts ?? context.fetchedAt,
      tsOrigin: ts === null ? 'response' : 'vendor',
      last,
      bid,
      ask,
      bidSize: size(bid, row.last_quote?.bid_size),
      askSize: size(ask, row.last_quote?.ask_size),
      volume: day?.volume ?? null,
      feed: feedOf(ref.assetClass, delayed),
      delayedMinutes: delayed ? DELAYED_MINUTES : 0,
      currency: currencyOf(ref),
    },
    minuteBar: null,
    day,
    sessionDate: sessionDateOf(venueOf(ref.assetClass), ts ?? context.fetchedAt),
    previousClose: hasSession(ref) ? positive(row.session?.previous_close) : null,
  }
}

/** Crypto and forex days are cut at midnight New York, which is no session of theirs. */
const hasSession = (ref: SymbolRef): boolean => ref.assetClass !== 'crypto' && ref.assetClass !== 'fx'

/** When the last price was made; without one, when the quote was. */
function instantIn(row: MixedRow): Micros | null {
  const traded = positive(row.last_trade?.price)
    ? (instantOf(row.last_trade?.sip_timestamp) ?? instantOf(row.last_trade?.last_updated))
    : null
  return traded ?? instantOf(row.last_updated) ?? instantOf(row.last_quote?.last_updated)
}

const saysDelayed = (row: MixedRow): boolean =>
  [row.timeframe, row.last_quote?.timeframe, row.last_trade?.timeframe].includes('DELAYED')

/** All zeros before the first trade: no day. An index has no volume. */
function dayOf({ session }: MixedRow, ref: SymbolRef): Ohlcv | null {
  if (!hasSession(ref) || !session?.open || !session.high || !session.low || !session.close) return null
  const volume = ref.assetClass === 'index' ? null : (session.volume ?? null)
  const day = { open: session.open, high: session.high, low: session.low, close: session.close, volume }
  return ohlcvFault(day) === null ? day : null
}
