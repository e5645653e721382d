// Coinbase Advanced Trade, the public part: products, trades, book and candles, no key needed.
import { type Micros, SECOND_US } from '@onetape/market'
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Listing } from '../market/listing.ts'
import { queryText, type Simulation, sendJson, type VendorRequest } from '../simulation.ts'
import { invalidArgument, unknownProduct } from './answers.ts'
import { book, ticker } from './book.ts'
import { CANDLES_MAX, candles, GRANULARITY_US } from './candles.ts'
import { product } from './product.ts'

const BASE = '/api/v3/brokerage/market'

type Answer = (listing: Listing, request: VendorRequest, reply: FastifyReply) => FastifyReply

export function coinbaseRoutes(app: FastifyInstance, simulation: Simulation): void {
  const { clock } = simulation
  app.setNotFoundHandler(async (_request, reply) => unknownProduct(reply))
  app.get(`${BASE}/products`, async (request, reply) => products(request as VendorRequest, reply, simulation))

  const withProduct = (path: string, answer: Answer) =>
    app.get(path, async (raw, reply) => {
      const request = raw as VendorRequest
      const { market } = request
      const listing = market.find(request.params.id ?? queryText(request, 'product_id') ?? '')
      const tradesNow = listing?.kind === 'crypto' && market.lastTrade(listing, clock.now()) !== null
      return listing && tradesNow ? answer(listing, request, reply) : unknownProduct(reply)
    })
  withProduct(`${BASE}/products/:id`, (listing, { market }, reply) =>
    sendJson(reply, 200, product(market, listing, clock.now())),
  )
  withProduct(`${BASE}/products/:id/ticker`, (listing, request, reply) => {
    const limit = limitOf(request, 100)
    if (limit === null) return invalidArgument(reply, 'limit is invalid')
    return sendJson(reply, 200, ticker(request.market, listing, limit, clock.now()))
  })
  withProduct(`${BASE}/product_book`, (listing, request, reply) => {
    const limit = limitOf(request, 50)
    if (limit === null) return invalidArgument(reply, 'limit is invalid')
    return sendJson(reply, 200, book(request.market, listing, limit, clock.now()))
  })
  withProduct(`${BASE}/products/:id/candles`, (listing, request, reply) =>
    candleList(listing, request, reply, simulation),
  )
}

/** All products, or the ones whose `product_ids` are repeated; unknown ids are left out. */
function products(request: VendorRequest, reply: FastifyReply, { clock }: Simulation): FastifyReply {
  const { market } = request
  const asked = request.query.product_ids
  const ids = asked === undefined ? null : new Set(Array.isArray(asked) ? asked : [asked])
  const now = clock.now()
  const listings = market.universe.crypto.filter((l) => ids === null || ids.has(l.symbol))
  const found: unknown[] =
    request.rowFault === 'empty' ? [] : listings.map((l) => product(market, l, now)).filter((p) => p !== null)
  if (request.rowFault === 'malformed_row' && found.length > 0) {
    found[Math.floor(found.length / 2)] = { product_id: 7, price: 'n/a', volume_24h: null }
  }
  return sendJson(reply, 200, { products: found, num_products: found.length })
}

function candleList(
  listing: Listing,
  request: VendorRequest,
  reply: FastifyReply,
  { clock }: Simulation,
): FastifyReply {
  const { market } = request
  const granularityUs = GRANULARITY_US[queryText(request, 'granularity') ?? '']
  if (granularityUs === undefined) return invalidArgument(reply, 'granularity argument is invalid')
  const from = seconds(queryText(request, 'start'))
  const to = seconds(queryText(request, 'end'))
  if (from === null || to === null || from > to)
    return invalidArgument(reply, 'start and end argument is invalid')
  if ((to - from) / granularityUs > CANDLES_MAX) {
    return invalidArgument(
      reply,
      `start and end argument is invalid - number of candles requested should be less than ${CANDLES_MAX} `,
    )
  }
  const rows: unknown[] =
    request.rowFault === 'empty' ? [] : candles(market, { listing, granularityUs, from, to }, clock.now())
  if (request.rowFault === 'malformed_row' && rows.length > 0)
    rows[Math.floor(rows.length / 2)] = { start: 'soon', open: null, close: 'n/a' }
  return sendJson(reply, 200, { candles: rows })
}

const seconds = (text: string | undefined): Micros | null =>
  text && /^\d{1,10}$/.test(text) ? Number(text) * SECOND_US : null

function limitOf(request: VendorRequest, standard: number): number | null {
  const limit = Number(queryText(request, 'limit') ?? standard)
  return Number.isInteger(limit) && limit >= 1 && limit <= 1000 ? limit : null
}
