import type { ProviderDefinition } from '../contract.ts'
import { capabilities } from './capabilities.ts'
import { BASE_URLS, createAlpaca } from './provider.ts'
import { recordings } from './recordings.ts'

export const alpaca: ProviderDefinition = {
  name: 'alpaca',
  label: 'Alpaca',
  capabilities,
  baseUrls: BASE_URLS,
  settings: [
    { env: 'ALPACA_KEY_ID', role: 'credential', field: 'keyId', label: 'Key id' },
    { env: 'ALPACA_SECRET_KEY', role: 'credential', field: 'secretKey', label: 'Secret key', secret: true },
    { env: 'ALPACA_TIER', role: 'tier', field: 'tier', label: 'Plan: iex_free or sip_paid' },
    { env: 'ALPACA_BASE_URL', role: 'baseUrl', field: 'rest', label: 'Address of the market data API' },
    { env: 'ALPACA_STREAM_URL', role: 'baseUrl', field: 'stream', label: 'Address of the stream' },
  ],
  create: createAlpaca,
  probe: {
    fixes: {
      unauthorized:
        'Make a new pair under API Keys and paste both halves: the secret is shown once, and an old pair ends with it.',
    },
  },
  recordings,
}
