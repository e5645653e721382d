// Polygon.io, now Massive: REST and the WebSocket clusters.
import type { SimulatedVendor } from '../vendor.ts'
import { socketUrl } from '../vendor.ts'
import { polygonRefusals } from './answers.ts'
import { keyOf } from './key.ts'
import { polygonRoutes } from './routes.ts'
import { polygonStream } from './stream.ts'

const MINUTE_MS = 60_000
const SECOND_MS = 1_000

export const polygon: SimulatedVendor = {
  name: 'polygon',
  routes: polygonRoutes,
  refusals: polygonRefusals,
  credentialOf: (request) => keyOf(request) ?? '',
  quotas: (key) =>
    key.startsWith('free')
      ? [{ scope: 'rest', calls: 5, windowMs: MINUTE_MS }]
      : // Unlimited by the contract; above this the vendor slows callers down.
        [{ scope: 'rest', calls: 100, windowMs: SECOND_MS }],
  sockets: [{ path: /^\/ws\/(stocks|crypto|forex)$/, connect: polygonStream }],
  endpoints: ({ http }) => ({ rest: `${http}/polygon`, stream: `${socketUrl(http)}/polygon/ws` }),
}
