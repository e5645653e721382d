import type { ProviderDefinition } from '../contract.ts'
import { capabilities } from './capabilities.ts'
import { BASE_URLS, createYahoo } from './provider.ts'
import { recordings } from './recordings.ts'

export const yahoo: ProviderDefinition = {
  name: 'yahoo',
  label: 'Yahoo Finance',
  capabilities,
  baseUrls: BASE_URLS,
  create: createYahoo,
  recordings,
}
