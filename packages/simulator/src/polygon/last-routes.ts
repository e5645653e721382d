// The newest quote or trade of one thing: GET /v2/last/.. (stocks, single letters, nanoseconds) and /v1/last.. (pairs).

import type { FastifyInstance } from 'fastify'
import { LOT_SHARES } from '../market/bid-ask.ts'
import { requestId, type Simulation, sendJson, type VendorRequest } from '../simulation.ts'
import { notFound } from './answers.ts'
import { planOf, seenAt, statusWord } from './plan.ts'
import { nanosText } from './snapshot-row.ts'
import { listingOf, pairOf } from './tickers.ts'

export function lastRoutes(app: FastifyInstance, { clock }: Simulation): void {
  for (const what of ['nbbo', 'trade'] as const) {
    app.get(`/v2/last/${what}/:ticker`, async (raw, reply) => {
      const request = raw as VendorRequest
      const listing = listingOf(request.market, request.params.ticker!)
      const plan = planOf(request)
      const now = listing ? seenAt(plan, listing, clock.now()) : 0
      const last = listing?.kind === 'equity' ? request.market.lastTrade(listing, now) : null
      const quote = last && request.market.bidAsk(listing!, now)
      if (!last || !quote) return notFound(request, reply, 'Ticker not found.')
      const ns = what === 'trade' ? nanosText(last.ts, last.id) : nanosText(quote.ts, last.id + 7)
      const head = `"T":"${listing!.symbol}","q":${last.id},"t":${ns},"y":${ns},"z":3`
      const rest =
        what === 'trade'
          ? `"i":"${last.id}","p":${last.price},"s":${last.size},"x":4`
          : `"P":${quote.ask},"S":${quote.askSize * LOT_SHARES},"X":4,"p":${quote.bid},"s":${quote.bidSize * LOT_SHARES},"x":11`
      const status = statusWord(plan, 'equity')
      const id = requestId(request)
      return sendJson(reply, 200, `{"request_id":"${id}","results":{${head},${rest}},"status":"${status}"}`)
    })
  }

  app.get('/v1/last_quote/currencies/:from/:to', async (raw, reply) => {
    const request = raw as VendorRequest
    const symbol = `${request.params.from}-${request.params.to}`
    const listing = pairOf(request.market, symbol, 'fx')
    const quote = listing && request.market.bidAsk(listing, clock.now())
    if (!quote) return notFound(request, reply, 'Ticker not found.')
    return sendJson(reply, 200, {
      last: { ask: quote.ask, bid: quote.bid, exchange: 48, timestamp: Math.floor(quote.ts / 1000) },
      request_id: requestId(request),
      status: 'success',
      symbol: symbol.replace('-', '/'),
    })
  })

  app.get('/v1/last/crypto/:from/:to', async (raw, reply) => {
    const request = raw as VendorRequest
    const symbol = `${request.params.from}-${request.params.to}`
    const listing = pairOf(request.market, symbol, 'crypto')
    const last = listing && request.market.lastTrade(listing, clock.now())
    if (!last) return notFound(request, reply, 'Ticker not found.')
    return sendJson(reply, 200, {
      last: {
        conditions: [2],
        exchange: 1,
        price: last.price,
        size: last.size,
        timestamp: Math.floor(last.ts / 1000),
      },
      request_id: requestId(request),
      status: 'success',
      symbol,
    })
  })
}
