// The best bid and ask, set around the last trade.
import type { Micros, Session } from '@onetape/market'
import { sessionBefore } from './calendar.ts'
import type { Print } from './candle.ts'
import { halfSpreadSteps } from './fx-spread.ts'
import { mix } from './hash.ts'
import type { Listing } from './listing.ts'

/** Equity sizes are counted in round lots here; which vendors send lots and which shares is theirs to know. */
export const LOT_SHARES = 100

export interface BidAsk {
  ts: Micros
  bid: number
  ask: number
  bidSize: number
  askSize: number
}

/** Dealers name their price for so many units at a time. */
const FX_UNITS = 1_000_000

export function bidAskAround(
  listing: Listing,
  last: Print,
  { session, now }: { session: Session; now: Micros },
): BidAsk {
  if (listing.kind === 'fx') return dealt(listing, last, session)
  // Quotes are renewed every 250 ms while the venue takes orders, and stand still afterwards.
  const until = Math.min(now, session.postClose - 1)
  const ts = Math.max(last.ts, until - (until % 250_000))
  const steps = listing.stepsPerDollar ?? (last.price < 1 ? 10_000 : 100)
  const draw = mix(listing.key, Math.floor(ts / 250_000))
  const width = spreadSteps(listing, last.price * steps, now < session.open || now >= session.close)
  const below = (draw & 0xff) % (width + 1)
  const at = Math.round(last.price * steps)
  const bid = Math.max(1, at - below)
  const round =
    listing.kind === 'crypto' ? Math.max(1, Math.round((listing.volume / 50_000) * 1000)) / 1000 : 1
  return {
    ts,
    bid: bid / steps,
    ask: (bid + width) / steps,
    bidSize: round * (1 + (((draw >>> 8) & 0xff) % 24)),
    askSize: round * (1 + (((draw >>> 16) & 0xff) % 24)),
  }
}

/** A dealer's quote is what moves: it is as old as the mid, and lies evenly around it. */
function dealt(listing: Listing, mid: Print, running: Session): BidAsk {
  const session = mid.ts < running.open ? sessionBefore(running) : running
  const steps = listing.stepsPerDollar!
  const half = halfSpreadSteps(listing, session, mid.ts)
  const at = Math.round(mid.price * steps)
  const draw = mix(listing.key, mid.id)
  return {
    ts: mid.ts,
    bid: Math.max(1, at - half) / steps,
    ask: (at + half) / steps,
    bidSize: FX_UNITS * (1 + ((draw >>> 8) % 10)),
    askSize: FX_UNITS * (1 + ((draw >>> 20) % 10)),
  }
}

/** Width of the spread in steps: a cent where millions trade, a percent where hardly anything does. */
function spreadSteps(listing: Listing, priceSteps: number, extended: boolean): number {
  const turnover = listing.volume * listing.price
  const share =
    listing.kind === 'crypto' ? 0.00002 + 2_000 / (turnover + 1e6) : 0.00003 + 1_500 / (turnover + 120_000)
  return Math.max(1, Math.round(priceSteps * Math.min(0.02, share) * (extended ? 3 : 1)))
}
