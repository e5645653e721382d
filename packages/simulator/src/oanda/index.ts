// OANDA v20: a token, and with most calls an account.
import type { SimulatedVendor } from '../vendor.ts'
import { oandaRefusals, oandaRoutes, tokenOf } from './routes.ts'

export const oanda: SimulatedVendor = {
  name: 'oanda',
  routes: oandaRoutes,
  refusals: oandaRefusals,
  credentialOf: (request) => tokenOf(request) || 'none',
  quotas: () => [{ scope: 'rest', calls: 120, windowMs: 1_000 }],
  // Prices and streams are two hosts at the vendor's and one here.
  endpoints: ({ http }) => ({ rest: `${http}/oanda`, stream: `${http}/oanda` }),
}
