// OANDA v20: prices, candles, instruments and the price stream, for a token and an account.
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Refusals, Simulation, VendorRequest } from '../simulation.ts'
import { accountRoutes } from './account-routes.ts'
import { errorBody, forbidden, refused, UNAUTHORIZED } from './answers.ts'
import { candleRoutes } from './candle-routes.ts'
import { priceStream } from './price-stream.ts'
import { pricingRoutes } from './pricing-routes.ts'

export const oandaRefusals: Refusals = {
  rateLimited: () => errorBody('Rate limit violation. Please reduce the number of requests per second.'),
  serverError: () => errorBody('An unexpected error occurred.', 'INTERNAL_SERVER_ERROR'),
  unauthorized: () => errorBody(UNAUTHORIZED),
  unauthorizedStatus: 401,
  planError: () => errorBody('The provided request was forbidden.'),
  planErrorStatus: 403,
}

export const tokenOf = (request: FastifyRequest): string =>
  /^Bearer\s+(\S+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? ''

export function oandaRoutes(app: FastifyInstance, simulation: Simulation): void {
  app.setNotFoundHandler(async (_request, reply) =>
    refused(reply, { status: 404, message: 'The requested resource was not found.' }),
  )
  app.addHook('preHandler', async (request, reply) => {
    const token = tokenOf(request)
    if (token === '' || token.startsWith('wrong'))
      return refused(reply, { status: 401, message: UNAUTHORIZED })
    if ((request as VendorRequest).params.account?.startsWith('wrong')) return forbidden(reply)
    return undefined
  })
  accountRoutes(app, simulation)
  pricingRoutes(app, simulation)
  candleRoutes(app, simulation)
  priceStream(app, simulation)
}
