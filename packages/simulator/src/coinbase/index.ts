// Coinbase Advanced Trade, the public part: no key needed, so addresses are counted.
import type { SimulatedVendor } from '../vendor.ts'
import { socketUrl } from '../vendor.ts'
import { coinbaseRefusals } from './answers.ts'
import { coinbaseRoutes } from './routes.ts'
import { coinbaseStream } from './stream.ts'

export const coinbase: SimulatedVendor = {
  name: 'coinbase',
  routes: coinbaseRoutes,
  refusals: coinbaseRefusals,
  credentialOf: () => 'ip',
  quotas: () => [
    { scope: 'rest', calls: 10, windowMs: 1_000, match: /^\// },
    { scope: 'messages', calls: 8, windowMs: 1_000, match: /^WS / },
  ],
  sockets: [{ path: /^\/ws\/?$/, connect: coinbaseStream }],
  endpoints: ({ http }) => ({ rest: `${http}/coinbase`, stream: `${socketUrl(http)}/coinbase/ws` }),
}
