// Polygon.io, now Massive: stocks and pairs over REST.
import type { SimulatedVendor } from '../vendor.ts'
import { socketUrl } from '../vendor.ts'
import { polygonRefusals } from './answers.ts'
import { keyOf } from './key.ts'
import { polygonRoutes } from './routes.ts'

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
      : [{ scope: 'rest', calls: 100, windowMs: SECOND_MS }],
  endpoints: ({ http }) => ({ rest: `${http}/polygon`, stream: `${socketUrl(http)}/polygon/ws` }),
}
