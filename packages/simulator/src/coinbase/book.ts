// The last trades with the best bid and ask, and the order book around them.
import { isoFromMicros, type Micros } from '@onetape/market'
import type { BidAsk } from '../market/bid-ask.ts'
import { mix } from '../market/hash.ts'
import type { Listing } from '../market/listing.ts'
import type { Market } from '../market/market.ts'
import { decimal, decimalsOf } from './decimal.ts'

export function ticker(market: Market, listing: Listing, limit: number, now: Micros): object {
  const { price, size } = writers(listing)
  const quote = market.bidAsk(listing, now)!
  const trades = market.trades(listing, now, limit).map((t) => ({
    trade_id: String(t.id),
    product_id: listing.symbol,
    price: price(t.price),
    size: size(t.size),
    time: isoFromMicros(t.ts),
    side: mix(listing.key, t.id) % 2 === 0 ? 'BUY' : 'SELL',
    bid: '',
    ask: '',
    exchange: 'coinbase',
  }))
  return { trades, best_bid: price(quote.bid), best_ask: price(quote.ask) }
}

export function book(market: Market, listing: Listing, limit: number, now: Micros): object {
  const { price, size } = writers(listing)
  const quote = market.bidAsk(listing, now)!
  const levels = (side: 'bid' | 'ask') =>
    Array.from({ length: limit }, (_, i) => level(listing, quote, side, i)).map((l) => ({
      price: price(l.price),
      size: size(l.size),
    }))
  const middle = (quote.bid + quote.ask) / 2
  return {
    pricebook: {
      product_id: listing.symbol,
      bids: levels('bid'),
      asks: levels('ask'),
      time: isoFromMicros(quote.ts),
    },
    last: price(market.lastTrade(listing, now)!.price),
    mid_market: decimal(middle, decimalsOf(listing.stepsPerDollar!) + 1),
    spread_bps: decimal(((quote.ask - quote.bid) / middle) * 10_000, 12),
    spread_absolute: decimal(quote.ask - quote.bid, decimalsOf(listing.stepsPerDollar!)),
  }
}

/** The first level is the best price; the others lie behind it, further and further apart. */
function level(
  listing: Listing,
  quote: BidAsk,
  side: 'bid' | 'ask',
  i: number,
): { price: number; size: number } {
  const best = side === 'bid' ? quote.bid : quote.ask
  if (i === 0) return { price: best, size: side === 'bid' ? quote.bidSize : quote.askSize }
  const step = 1 / listing.stepsPerDollar!
  const away = step * Math.max(i, Math.round(best * listing.stepsPerDollar! * 0.00002 * i * i))
  const draw = mix(mix(listing.key, Math.floor(quote.ts / 1_000_000)), i * 2 + (side === 'bid' ? 0 : 1))
  return {
    price: Math.max(step, side === 'bid' ? best - away : best + away),
    size: quote.bidSize * (0.2 + (draw % 1000) / 250),
  }
}

function writers(listing: Listing) {
  return {
    price: (value: number) => decimal(value, decimalsOf(listing.stepsPerDollar!)),
    size: (value: number) => decimal(value, decimalsOf(listing.lotsPerUnit)),
  }
}
