// What the channels say: tickers with 24 hours and a year around them, and trades.
import { DAY_US, isoFromMicros, type Micros, sessionOn } from '@onetape/market'
import { yearRange } from '../market/fundamentals.ts'
import { mix } from '../market/hash.ts'
import type { Listing } from '../market/listing.ts'
import type { Market } from '../market/market.ts'
import type { StreamTick } from '../pump.ts'
import type { Simulation } from '../simulation.ts'
import { dateOf } from './day.ts'
import { decimal, decimalsOf } from './decimal.ts'
import { volume24h } from './product.ts'

export type ChannelName = 'ticker' | 'ticker_batch' | 'market_trades'

export interface Channel {
  name: ChannelName
  /** Events of the image that a subscription begins with. */
  snapshot(simulation: Simulation, listings: readonly Listing[]): object[]
  update(simulation: Simulation, tick: StreamTick): object
}

const SNAPSHOT_TRADES = 10

export const CHANNELS: Record<ChannelName, Channel> = {
  ticker: tickerChannel('ticker', true),
  // Batches carry neither bid nor ask.
  ticker_batch: tickerChannel('ticker_batch', false),
  market_trades: {
    name: 'market_trades',
    snapshot: ({ market, clock }, listings) =>
      listings.map((listing) => ({
        type: 'snapshot',
        trades: market.trades(listing, clock.now(), SNAPSHOT_TRADES).map((t) => tradeRow(listing, t)),
      })),
    update: (_simulation, tick) => ({
      type: 'update',
      trades: [tradeRow(tick.listing, tick)],
    }),
  },
}

function tickerChannel(name: 'ticker' | 'ticker_batch', withQuote: boolean): Channel {
  return {
    name,
    snapshot: (simulation, listings) => [
      {
        type: 'snapshot',
        tickers: listings
          .map((l) => simulation.pump.last(l, '/ws'))
          .filter((tick) => tick !== null)
          .map((tick) => tickerRow(simulation.market, tick, withQuote)),
      },
    ],
    update: ({ market }, tick) => ({ type: 'update', tickers: [tickerRow(market, tick, withQuote)] }),
  }
}

function tickerRow(market: Market, tick: StreamTick, withQuote: boolean): object {
  const { listing, ts } = tick
  const price = (value: number) => decimal(value, decimalsOf(listing.stepsPerDollar!))
  const size = (value: number) => decimal(value, decimalsOf(listing.lotsPerUnit))
  const before = market.lastTrade(listing, ts - DAY_US)
  const range = dayRange(market, listing, ts)
  const year = yearRange(market, listing, ts)
  return {
    type: 'ticker',
    product_id: listing.symbol,
    price: price(tick.price),
    volume_24_h: size(volume24h(market, listing, ts)),
    low_24_h: price(range.low),
    high_24_h: price(range.high),
    low_52_w: price(year.low52),
    high_52_w: price(year.high52),
    price_percent_chg_24_h: decimal(before ? (tick.price / before.price - 1) * 100 : 0, 14),
    ...(withQuote
      ? {
          best_bid: price(tick.bid),
          best_bid_quantity: size(tick.bidSize),
          best_ask: price(tick.ask),
          best_ask_quantity: size(tick.askSize),
        }
      : {}),
  }
}

/** Of this UTC day and the one before. */
function dayRange(market: Market, listing: Listing, ts: Micros): { high: number; low: number } {
  const days = [ts, ts - DAY_US].map((at) => market.day(listing, sessionOn('CRYPTO', dateOf(at))!, ts))
  const known = days.filter((d) => d !== null)
  return { high: Math.max(...known.map((d) => d.high)), low: Math.min(...known.map((d) => d.low)) }
}

const tradeRow = (listing: Listing, t: { id: number; ts: Micros; price: number; size: number }): object => ({
  trade_id: String(t.id),
  product_id: listing.symbol,
  price: decimal(t.price, decimalsOf(listing.stepsPerDollar!)),
  size: decimal(t.size, decimalsOf(listing.lotsPerUnit)),
  side: mix(listing.key, t.id) % 2 === 0 ? 'BUY' : 'SELL',
  time: isoFromMicros(t.ts),
})
