import type { ProviderDefinition } from '../contract.ts'
import { capabilities } from './capabilities.ts'
import { BASE_URLS, createCoinbase } from './provider.ts'
import { recordings } from './recordings.ts'

export const coinbase: ProviderDefinition = {
  name: 'coinbase',
  label: 'Coinbase',
  capabilities,
  baseUrls: BASE_URLS,
  settings: [
    { env: 'COINBASE_BASE_URL', role: 'baseUrl', field: 'rest', label: 'Address of Advanced Trade' },
    { env: 'COINBASE_STREAM_URL', role: 'baseUrl', field: 'stream', label: 'Address of the stream' },
  ],
  create: createCoinbase,
  recordings,
}
