// Coinbase Advanced Trade, the public part: no key needed, so addresses are counted.
import type { SimulatedVendor } from '../vendor.ts'
import { socketUrl } from '../vendor.ts'
import { coinbaseRefusals } from './answers.ts'
import { coinbaseRoutes } from './routes.ts'

export const coinbase: SimulatedVendor = {
  name: 'coinbase',
  routes: coinbaseRoutes,
  refusals: coinbaseRefusals,
  credentialOf: () => 'ip',
  quotas: () => [{ scope: 'rest', calls: 10, windowMs: 1_000 }],
  endpoints: ({ http }) => ({ rest: `${http}/coinbase`, stream: `${socketUrl(http)}/coinbase/ws` }),
}
