import type { ProviderDefinition } from '../contract.ts'
import { capabilities } from './capabilities.ts'
import { BASE_URLS, createIbkr } from './provider.ts'
import { recordings } from './recordings.ts'

export const ibkr: ProviderDefinition = {
  name: 'ibkr',
  label: 'Interactive Brokers',
  capabilities,
  baseUrls: BASE_URLS,
  settings: [
    {
      env: 'IBKR_TWS_URL',
      role: 'baseUrl',
      field: 'tws',
      label: 'Address of TWS or IB Gateway, e.g. tcp://127.0.0.1:4001',
      required: true,
    },
    { env: 'IBKR_CLIENT_ID', role: 'credential', field: 'clientId', label: 'Client id (default 1)' },
    {
      env: 'IBKR_SHARE_LOT',
      role: 'credential',
      field: 'shareLot',
      label: 'Shares in one unit of US stock sizes and volumes, 1 or 100 where TWS sends lots (default 1)',
    },
  ],
  create: createIbkr,
  probe: {
    // A line for each contract around the price.
    costly: ['options'],
    fixes: {
      unavailable:
        'Start TWS or IB Gateway, sign in there, switch its API on (Configure, API, Settings) and check the address.',
      not_entitled:
        'Subscribe to the market data in the Client Portal, or switch delayed data on, and test the source again.',
    },
  },
  recordings,
}
