// Yahoo Finance: quotes behind cookie and crumb, charts for anyone with a browser's name.
import type { SimulatedVendor } from '../vendor.ts'
import { socketUrl } from '../vendor.ts'
import { yahooRoutes } from './routes.ts'
import { yahooStream } from './stream.ts'
import { yahooRefusals } from './ticket.ts'

const HOUR_MS = 3_600_000

export const yahoo: SimulatedVendor = {
  name: 'yahoo',
  routes: yahooRoutes,
  refusals: yahooRefusals,
  credentialOf: () => 'ip',
  // Nobody was told a number; about this many an hour are put up with.
  quotas: () => [{ scope: 'rest', calls: 2_000, windowMs: HOUR_MS }],
  sockets: [{ path: /^\/ws\/?$/, connect: yahooStream }],
  endpoints: ({ http }) => ({
    query: `${http}/yahoo`,
    cookie: `${http}/yahoo`,
    stream: `${socketUrl(http)}/yahoo/ws`,
  }),
}
