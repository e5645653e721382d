// Reading what a request asks for, as Alpaca reads it.
import { dateInZone, instantInZone, type Micros } from '@onetape/market'
import type { Listing } from '../market/listing.ts'
import type { Market } from '../market/market.ts'
import { queryText, type VendorRequest } from '../simulation.ts'
import { isFree } from './account.ts'
import { adjustmentOf } from './adjustment.ts'
import { BadParameter, NO_RECENT_SIP } from './answers.ts'
import { type BarsQuery, instantOf } from './bars.ts'
import { SIP_DELAY_US, STOCK_FEEDS, type StockFeed } from './tape.ts'
import { barLength, zoneOf } from './timeframe.ts'

type Kind = 'equity' | 'crypto'

/** The listings asked for by the symbol that the answer names them by; unknown ones are left out. @throws BadParameter */
export function listingsAsked(request: VendorRequest, market: Market, kind: Kind): Map<string, Listing> {
  const text = queryText(request, 'symbols')
  if (text === undefined) throw new BadParameter('symbols is required')
  const found = new Map<string, Listing>()
  for (const symbol of text.split(',')) {
    const listing = listingOf(market, kind, symbol.trim())
    if (listing?.kind === kind) found.set(symbolOf(listing), listing)
  }
  return found
}

/** @throws BadParameter */
export function listingOf(market: Market, kind: Kind, symbol: string): Listing | null {
  const wellFormed = kind === 'crypto' ? /^[A-Z0-9]{2,10}\/[A-Z]{3,5}$/ : /^[A-Z0-9][A-Z0-9.]{0,15}$/
  if (!wellFormed.test(symbol)) throw new BadParameter(`invalid symbol: ${symbol}`, 400)
  return market.find(symbol.replace('/', '-'))
}

export const symbolOf = (listing: Listing): string =>
  listing.kind === 'crypto' ? listing.symbol.replace('-', '/') : listing.symbol

/** The feed asked for, or the best that the plan has. @throws BadParameter */
export function feedAsked(request: VendorRequest): StockFeed {
  const text = queryText(request, 'feed') ?? (isFree(request.credential) ? 'iex' : 'sip')
  const feed = STOCK_FEEDS.find((f) => f === text)
  if (!feed) throw new BadParameter(`invalid feed: ${text}`)
  return feed
}

/** The feed for prices of now. @throws BadParameter where the plan does not hold it. */
export function liveFeedAsked(request: VendorRequest): StockFeed {
  const feed = feedAsked(request)
  if (feed === 'sip' && isFree(request.credential)) throw new BadParameter(NO_RECENT_SIP, 403)
  return feed
}

/** @throws BadParameter */
export function barsAsked(
  request: VendorRequest,
  o: { market: Market; kind: Kind; now: Micros; latest: Micros },
): BarsQuery {
  const listings = listingsAsked(request, o.market, o.kind)
  const zone = zoneOf({ kind: o.kind })
  const start = queryText(request, 'start')
  const end = queryText(request, 'end')
  return {
    listings,
    length: barLength(queryText(request, 'timeframe')),
    start:
      start === undefined ? instantInZone(dateInZone(o.now, zone), 0, zone) : instantOf('start', start, zone),
    end: end === undefined ? o.latest : instantOf('end', end, zone),
    limit: limitAsked(request, { standard: 1000, max: 10_000 }),
    newestFirst: sortAsked(request) === 'desc',
    adjustment: adjustmentOf(queryText(request, 'adjustment')),
    pageToken: queryText(request, 'page_token'),
  }
}

/** SIP data of the last 15 minutes is what a free plan lacks; without an end it is given what is older. */
export function refuseRecentSip(
  request: VendorRequest,
  query: { start: Micros; end: Micros },
  now: Micros,
): void {
  const free = isFree(request.credential) && feedAsked(request) === 'sip'
  if (free && Math.max(query.start, query.end) > now - SIP_DELAY_US)
    throw new BadParameter(NO_RECENT_SIP, 403)
}

/** @throws BadParameter */
export function limitAsked(
  request: VendorRequest,
  { standard, max }: { standard: number; max: number },
): number {
  const text = queryText(request, 'limit')
  const limit = text === undefined ? standard : Number(text)
  if (!Number.isInteger(limit) || limit < 1 || limit > max) {
    throw new BadParameter(`invalid limit: ${text}, must be between 1 and ${max}`)
  }
  return limit
}

/** @throws BadParameter */
export function sortAsked(request: VendorRequest): 'asc' | 'desc' {
  const text = queryText(request, 'sort') ?? 'asc'
  if (text !== 'asc' && text !== 'desc') throw new BadParameter(`invalid sort: ${text}`)
  return text
}
