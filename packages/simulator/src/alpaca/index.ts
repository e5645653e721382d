// Alpaca Market Data: shares, coins and options over REST, shares and coins over WebSocket.
import type { SimulatedVendor } from '../vendor.ts'
import { socketUrl } from '../vendor.ts'
import { isFree, keyOf, requireKeys } from './account.ts'
import { actionRoutes } from './action-routes.ts'
import { alpacaRefusals, refuse } from './answers.ts'
import { optionRoutes } from './option-routes.ts'
import { priceRoutes } from './price-routes.ts'
import { connectStream, STREAM_PATH } from './stream.ts'

const MINUTE_MS = 60_000
const FREE_CALLS = 200
const PAID_CALLS = 10_000

export const alpaca: SimulatedVendor = {
  name: 'alpaca',
  routes(app, simulation) {
    requireKeys(app)
    app.setNotFoundHandler(async (_request, reply) => refuse(reply, 404, 'endpoint not found.'))
    priceRoutes(app, simulation)
    optionRoutes(app, simulation)
    actionRoutes(app, simulation)
  },
  refusals: alpacaRefusals,
  // Without a key, which coins allow, the address is counted.
  credentialOf: (request) => keyOf(request.headers) || 'ip',
  quotas: (key) => [
    { scope: 'rest', calls: isFree(key) || key === 'ip' ? FREE_CALLS : PAID_CALLS, windowMs: MINUTE_MS },
  ],
  quotaHeaders: ({ limit, remaining, resetAtMs }, { clock, wall }) => ({
    'x-ratelimit-limit': String(limit),
    'x-ratelimit-remaining': String(remaining),
    // Unix seconds by the same clock as the answer's Date.
    'x-ratelimit-reset': String(Math.ceil((clock.now() / 1000 + resetAtMs - wall.nowMs()) / 1000)),
  }),
  sockets: [{ path: STREAM_PATH, connect: connectStream }],
  endpoints: ({ http }) => ({ rest: `${http}/alpaca`, stream: `${socketUrl(http)}/alpaca/ws` }),
}
