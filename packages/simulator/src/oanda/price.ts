// A price as it stands: the ladders around the best bid and ask, and whether one may deal at it.
import { type Micros, sessionAt } from '@onetape/market'
import type { Listing } from '../market/listing.ts'
import type { Market } from '../market/market.ts'
import { type DateTimeFormat, dateTimeText } from './date-time.ts'
import { instrumentOf, priceText } from './instrument.ts'

/** A best bid and ask and their time, from a request or a stream. */
export interface Quoted {
  listing: Listing
  ts: Micros
  bid: number
  ask: number
}

export const HOME_CURRENCY = 'USD'
/** Units that may be dealt at once, from the best price outwards, one step further each. */
const LADDER = [1_000_000, 2_000_000, 5_000_000, 10_000_000]

export const tradeable = (now: Micros): boolean => sessionAt('FX', now).state === 'open'

export function priceRow(
  { listing, ts, bid, ask }: Quoted,
  { now, format }: { now: Micros; format: DateTimeFormat },
): Record<string, unknown> {
  const step = 1 / listing.stepsPerDollar!
  const ladder = (best: number, away: number) =>
    LADDER.map((liquidity, i) => ({ price: priceText(listing, best + away * i * step), liquidity }))
  const bids = ladder(bid, -1)
  const asks = ladder(ask, 1)
  const open = tradeable(now)
  return {
    type: 'PRICE',
    time: dateTimeText(ts, format),
    bids,
    asks,
    closeoutBid: bids.at(-1)!.price,
    closeoutAsk: asks.at(-1)!.price,
    status: open ? 'tradeable' : 'non-tradeable',
    tradeable: open,
    instrument: instrumentOf(listing),
  }
}

/** What one unit of a currency is worth at home. */
export function homeRate(market: Market, currency: string, now: Micros): number | null {
  if (currency === HOME_CURRENCY) return 1
  const straight = market.find(`${currency}-${HOME_CURRENCY}`)
  const inverse = straight ? null : market.find(`${HOME_CURRENCY}-${currency}`)
  const price = market.lastTrade((straight ?? inverse)!, now)?.price
  return price === undefined ? null : inverse ? 1 / price : price
}
