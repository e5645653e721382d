// Interactive Brokers: the TWS / IB Gateway socket, on a port of its own. There is nothing on HTTP.
import type { SimulatedVendor } from '../vendor.ts'
import { HISTORY_CREDENTIAL, HISTORY_SCOPE, MESSAGE_SCOPE } from './gateway.ts'
import { listenTws } from './server.ts'

const error = (text: string) => ({ error: text })

export const ibkr: SimulatedVendor = {
  name: 'ibkr',
  refusals: {
    rateLimited: () => error('Too many requests'),
    serverError: () => error('Internal Server Error'),
    unauthorized: () => error('Unauthorized'),
    unauthorizedStatus: 401,
    planError: () => error('Forbidden'),
    planErrorStatus: 403,
  },
  credentialOf: () => 'none',
  // Each client may send so many messages; history is paced for all of them together.
  quotas: (credential) =>
    credential === HISTORY_CREDENTIAL
      ? [{ scope: HISTORY_SCOPE, calls: 60, windowMs: 600_000 }]
      : [{ scope: MESSAGE_SCOPE, calls: 50, windowMs: 1_000 }],
  listen: listenTws,
  endpoints: ({ tcpPort }) => ({ tws: `tcp://127.0.0.1:${tcpPort}` }),
}
