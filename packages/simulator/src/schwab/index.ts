// Schwab's Trader API, market data part: OAuth, quotes, candles, chains, instruments, and the streamer.
import type { FastifyRequest } from 'fastify'
import type { Simulation } from '../simulation.ts'
import type { SimulatedVendor } from '../vendor.ts'
import { refuse, schwabRefusals } from './answers.ts'
import { instrumentRoutes } from './instrument-routes.ts'
import { dataRoutes, marketRoutes } from './market-routes.ts'
import { appCredentials, oauthRoutes } from './oauth-routes.ts'
import { referenceRoutes } from './reference-routes.ts'
import { connectStreamer } from './streamer.ts'
import { appOf, bearerOf, keepTokens, keysOf, Tokens } from './tokens.ts'

const CALLS_A_MINUTE = 120

const stores = new WeakMap<Simulation, Tokens>()
function tokensOf(simulation: Simulation): Tokens {
  const tokens = stores.get(simulation) ?? new Tokens(simulation.wall)
  stores.set(simulation, tokens)
  return tokens
}

/** Calls are counted by app, whatever the token. */
const credentialOf = (request: FastifyRequest): string =>
  appCredentials(request)?.id ?? (appOf(bearerOf(request)) || 'none')

export const schwab: SimulatedVendor = {
  name: 'schwab',
  routes(app, simulation) {
    const tokens = tokensOf(simulation)
    keepTokens(app, tokens)
    app.setNotFoundHandler(async (request, reply) =>
      refuse(request, reply, { status: 404, detail: 'Resource not found' }),
    )
    oauthRoutes(app, simulation, tokens)
    const get = dataRoutes(app, simulation, tokens)
    marketRoutes(get)
    instrumentRoutes(get)
    referenceRoutes(get, simulation)
  },
  refusals: schwabRefusals,
  credentialOf,
  keysOf: (request) => keysOf(request),
  quotas: () => [
    { scope: 'rest', calls: CALLS_A_MINUTE, windowMs: 60_000, match: /^\/(marketdata|trader)\// },
  ],
  sockets: [
    {
      path: /^\/ws$/,
      connect: (socket, context) => connectStreamer(socket, context, tokensOf(context.simulation)),
    },
  ],
  endpoints: ({ http }) => ({ rest: `${http}/schwab` }),
}
