// Tickers of Coinbase's WebSocket as quotes. Pure.
import { type Micros, microsFromIso, type Quote } from '@onetape/market'
import { FEED, positive } from './normalize.ts'
import type { StreamTicker } from './payload-stream.ts'

/** @param timestamp The message's own time. @param receivedAt Stands in where that is none. */
export function normalizeStreamTicker(
  row: StreamTicker,
  { timestamp, receivedAt }: { timestamp: string; receivedAt: Micros },
): Quote | string {
  const last = positive(row.price)
  if (last === null) return 'no price'
  const sent = microsFromIso(timestamp)
  const ts = sent !== null && sent > 0 ? sent : null
  const bid = positive(row.best_bid)
  const ask = positive(row.best_ask)
  return {
    assetClass: 'crypto',
    symbol: row.product_id,
    ts: ts ?? receivedAt,
    tsOrigin: ts === null ? 'response' : 'vendor',
    last,
    bid,
    ask,
    bidSize: bid === null ? null : positive(row.best_bid_quantity),
    askSize: ask === null ? null : positive(row.best_ask_quantity),
    // `volume_24_h` slides: it is no session's.
    volume: null,
    feed: FEED,
    delayedMinutes: 0,
    currency: row.product_id.split('-')[1] ?? row.product_id,
  }
}
