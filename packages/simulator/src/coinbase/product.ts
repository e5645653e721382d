// A product: what trades, its increments, its price and the last 24 hours. There is no bid or ask in it.
import { DAY_US, type Micros, sessionOn } from '@onetape/market'
import type { Listing } from '../market/listing.ts'
import type { Market } from '../market/market.ts'
import { dateOf } from './day.ts'
import { decimal, decimalsOf } from './decimal.ts'

export function product(market: Market, listing: Listing, now: Micros): Record<string, unknown> | null {
  const last = market.lastTrade(listing, now)
  if (!last) return null
  const before = market.lastTrade(listing, now - DAY_US)
  const volume = volume24h(market, listing, now)
  const volumeBefore = volume24h(market, listing, now - DAY_US)
  const change = before ? (last.price / before.price - 1) * 100 : 0
  const volumeChange = volumeBefore > 0 ? (volume / volumeBefore - 1) * 100 : 0
  const base = listing.symbol.split('-')[0]!
  const priceDecimals = decimalsOf(listing.stepsPerDollar!)
  const sizeDecimals = decimalsOf(listing.lotsPerUnit)
  return {
    product_id: listing.symbol,
    price: decimal(last.price, priceDecimals),
    price_percentage_change_24h: decimal(change, 14),
    volume_24h: decimal(volume, sizeDecimals),
    volume_percentage_change_24h: decimal(volumeChange, 14),
    base_increment: decimal(1 / listing.lotsPerUnit, sizeDecimals),
    quote_increment: decimal(1 / listing.stepsPerDollar!, priceDecimals),
    quote_min_size: '1',
    quote_max_size: '150000000',
    base_min_size: decimal(1 / listing.lotsPerUnit, sizeDecimals),
    base_max_size: decimal(Math.ceil(listing.volume / 3), 0),
    base_name: listing.name,
    quote_name: 'US Dollar',
    watched: false,
    is_disabled: false,
    new: false,
    status: 'online',
    cancel_only: false,
    limit_only: false,
    post_only: false,
    trading_disabled: false,
    auction_mode: false,
    product_type: 'SPOT',
    quote_currency_id: 'USD',
    base_currency_id: base,
    fcm_trading_session_details: null,
    mid_market_price: '',
    alias: '',
    alias_to: [`${base}-USDC`],
    base_display_symbol: base,
    quote_display_symbol: 'USD',
    view_only: false,
    price_increment: decimal(1 / listing.stepsPerDollar!, priceDecimals),
    display_name: listing.symbol,
    product_venue: 'CBE',
    approximate_quote_24h_volume: decimal(volume * last.price, 2),
    new_at: '2023-01-01T00:00:00Z',
    best_bid_price: '',
    best_ask_price: '',
  }
}

/** Today's volume, and what yesterday traded after the same time of day. */
export function volume24h(market: Market, listing: Listing, now: Micros): number {
  const today = sessionOn('CRYPTO', dateOf(now))!
  const yesterday = sessionOn('CRYPTO', dateOf(now - DAY_US))!
  const whole = market.volume(listing, yesterday, yesterday.close)
  return market.volume(listing, today, now) + whole - market.volume(listing, yesterday, now - DAY_US)
}
