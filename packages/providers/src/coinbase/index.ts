import type { ProviderDefinition } from '../contract.ts'
import { capabilities } from './capabilities.ts'
import { BASE_URLS, createCoinbase } from './provider.ts'
import { recordings } from './recordings.ts'

export const coinbase: ProviderDefinition = {
  name: 'coinbase',
  label: 'Coinbase',
  capabilities,
  baseUrls: BASE_URLS,
  create: createCoinbase,
  recordings,
}
