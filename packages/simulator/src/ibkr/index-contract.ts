// Indices: contracts of kind IND at home where they are calculated. An index has a level in the hours of its stocks,
// and no quote, size or volume.
import { lastSession, type Micros, sessionAt } from '@onetape/market'
import { scaledMarket } from '../market/bent-market.ts'
import { sessionBefore } from '../market/calendar.ts'
import type { Print } from '../market/candle.ts'
import { INDEX_SYMBOLS, isIndex, pricedIndex } from '../market/index-listing.ts'
import type { Listing } from '../market/listing.ts'
import type { Market } from '../market/market.ts'
import { type Contract, numbered } from './contract.ts'

/** Where an index is calculated, and its name there where that is another one. */
const HOMES: Record<(typeof INDEX_SYMBOLS)[number], { exchange: string; symbol?: string }> = {
  SPX: { exchange: 'CBOE' },
  NDX: { exchange: 'NASDAQ' },
  DJI: { exchange: 'CME', symbol: 'INDU' },
  RUT: { exchange: 'RUSSELL' },
}

export function indexContracts(market: Market): Contract[] {
  return INDEX_SYMBOLS.flatMap((name) => {
    const index = pricedIndex(market, name)
    const { exchange, symbol = name } = HOMES[name]
    return index
      ? numbered(index.listing, {
          secType: 'IND',
          symbol,
          currency: 'USD',
          primaryExch: exchange,
          localSymbol: symbol,
          tradingClass: symbol,
        })
      : []
  })
}

/** The market in which this listing's prices are those of its contract: points for an index. */
export const marketOf = (market: Market, listing: Listing): Market =>
  isIndex(listing) ? scaledMarket(market, listing.factor) : market

/** What the pump follows: an index moves with the fund that holds it. */
export const followedOf = (listing: Listing): Listing => (isIndex(listing) ? listing.fund : listing)

export const isCalculated = (at: Micros): boolean => sessionAt('XNYS', at).state === 'open'

/** The last level; outside of hours it stands still. @param market of its listing. */
export function lastLevel(market: Market, listing: Listing, now: Micros): Print | null {
  const session = lastSession('XNYS', now)
  return (
    market.lastRegularTrade(listing, session, now) ??
    market.lastRegularTrade(listing, sessionBefore(session), now)
  )
}
