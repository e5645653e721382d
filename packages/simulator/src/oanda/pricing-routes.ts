// The current prices of many instruments in one call.
import type { Micros } from '@onetape/market'
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Listing } from '../market/listing.ts'
import type { Market } from '../market/market.ts'
import { queryText, type Simulation, type VendorRequest } from '../simulation.ts'
import { answered, invalidValue } from './answers.ts'
import { dateTimeOf, dateTimeText, formatOf } from './date-time.ts'
import { listingOf } from './instrument.ts'
import { homeRate, priceRow } from './price.ts'

export function pricingRoutes(app: FastifyInstance, { clock, market }: Simulation): void {
  app.get('/v3/accounts/:account/pricing', async (request, reply) =>
    pricing(request as VendorRequest, reply, { now: clock.now(), market }),
  )
}

/** The instruments that a request names, or null when one of them is none. */
export function listingsAsked(request: VendorRequest, market: Market): Listing[] | null {
  const names = (queryText(request, 'instruments') ?? '').split(',')
  const listings = names.map((name) => listingOf(market, name))
  return listings.every((listing) => listing !== null) ? listings : null
}

function pricing(
  request: VendorRequest,
  reply: FastifyReply,
  { now, market }: { now: Micros; market: Market },
): FastifyReply {
  const listings = listingsAsked(request, request.market)
  if (!listings) return invalidValue(reply, 'instruments')
  const sinceText = queryText(request, 'since')
  const since = sinceText === undefined ? Number.NEGATIVE_INFINITY : dateTimeOf(sinceText)
  if (since === null) return invalidValue(reply, 'since')
  const format = formatOf(request)
  const rows: unknown[] = []
  for (const listing of listings) {
    const quote = request.market.bidAsk(listing, now)
    if (quote && quote.ts > since) {
      rows.push({ ...priceRow({ listing, ...quote }, { now, format }), ...homeFactors(market, listing, now) })
    }
  }
  const prices = request.rowFault === 'empty' ? [] : rows
  if (request.rowFault === 'malformed_row' && prices.length > 0) {
    prices[Math.floor(prices.length / 2)] = { type: 'PRICE', time: 'soon', bids: 'n/a', instrument: 7 }
  }
  return answered(request, reply, {
    time: dateTimeText(now, format),
    prices,
    ...(queryText(request, 'includeHomeConversions')?.toLowerCase() === 'true' && {
      homeConversions: homeConversions(market, listings, now),
    }),
  })
}

const HAIRCUT = 0.005

function homeFactors(market: Market, listing: Listing, now: Micros): Record<string, unknown> {
  const rate = homeRate(market, listing.symbol.split('-')[1]!, now)
  if (rate === null) return {}
  return {
    quoteHomeConversionFactors: { positiveUnits: rate.toFixed(8), negativeUnits: rate.toFixed(8) },
  }
}

function homeConversions(market: Market, listings: readonly Listing[], now: Micros): unknown[] {
  const currencies = new Set(listings.flatMap((l) => l.symbol.split('-')))
  return [...currencies].flatMap((currency) => {
    const rate = homeRate(market, currency, now)
    if (rate === null) return []
    const atHome = rate === 1 ? 0 : HAIRCUT
    return {
      currency,
      accountGain: (rate * (1 - atHome)).toFixed(8),
      accountLoss: (rate * (1 + atHome)).toFixed(8),
      positionValue: rate.toFixed(8),
    }
  })
}
