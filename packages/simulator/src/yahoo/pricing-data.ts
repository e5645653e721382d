// The stream's PricingData message. Field numbers as in yfinance's pricing.proto:
// https://github.com/ranaroussi/yfinance/blob/main/yfinance/pricing.proto
import { type Micros, sessionAt } from '@onetape/market'
import { venueOfListing } from '../market/calendar.ts'
import type { Market } from '../market/market.ts'
import type { StreamTick } from '../pump.ts'
import { yahooFacts } from './facts.ts'
import {
  currencyOf,
  exchangeOf,
  longNameOf,
  priceHintOf,
  type QuoteType,
  quoteTypeOf,
  volumeOf,
  yahooSymbol,
} from './names.ts'
import { encodeMessage, type Field } from './protobuf.ts'

const QUOTE_TYPES: Record<QuoteType, number> = {
  EQUITY: 8,
  INDEX: 9,
  CURRENCY: 14,
  ETF: 20,
  CRYPTOCURRENCY: 41,
}

/** PRE_MARKET is 0, which is not written at all. */
const MARKET_HOURS = { pre: 0, open: 1, post: 2, closed: 3 } as const

export function pricingData(market: Market, tick: StreamTick): Buffer {
  const { listing, ts, price } = tick
  const facts = yahooFacts(market, listing, ts)
  const previous = facts?.previousClose ?? price
  const change = price - previous
  const { day } = facts ?? {}
  const type = quoteTypeOf(listing)
  const shares = type === 'EQUITY' || type === 'ETF'
  const quoted = type !== 'CRYPTOCURRENCY' && type !== 'INDEX'
  return encodeMessage([
    text(1, yahooSymbol(listing)),
    float(2, price),
    // Milliseconds.
    whole(3, Math.floor(ts / 1000)),
    text(4, currencyOf(listing)),
    text(5, exchangeOf(listing).code),
    { number: 6, type: 'int32', value: QUOTE_TYPES[type] },
    { number: 7, type: 'int32', value: hoursAt(listing, ts) },
    float(8, (change / previous) * 100),
    whole(9, volumeOf(listing, tick.volume, price)),
    float(10, day?.high ?? 0),
    float(11, day?.low ?? 0),
    float(12, change),
    text(13, longNameOf(listing)),
    float(15, day?.open ?? 0),
    float(16, previous),
    whole(22, shares ? tick.size : 0),
    float(23, quoted ? tick.bid : 0),
    whole(24, shares ? tick.bidSize : 0),
    float(25, quoted ? tick.ask : 0),
    whole(26, shares ? tick.askSize : 0),
    whole(27, priceHintOf(listing)),
    whole(28, listing.kind === 'crypto' ? volumeOf(listing, tick.volume, price) : 0),
    text(30, listing.kind === 'crypto' ? listing.symbol.split('-')[0]! : ''),
  ])
}

const hoursAt = (listing: StreamTick['listing'], ts: Micros): number =>
  MARKET_HOURS[sessionAt(venueOfListing(listing), ts).state]

const text = (number: number, value: string): Field => ({ number, type: 'string', value })
const float = (number: number, value: number): Field => ({ number, type: 'float', value })
const whole = (number: number, value: number): Field => ({ number, type: 'sint64', value })
