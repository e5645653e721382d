import type { ProviderDefinition } from '../contract.ts'
import { capabilities } from './capabilities.ts'
import { BASE_URLS, createYahoo } from './provider.ts'
import { recordings } from './recordings.ts'

export const yahoo: ProviderDefinition = {
  name: 'yahoo',
  label: 'Yahoo Finance',
  capabilities,
  baseUrls: BASE_URLS,
  settings: [
    { env: 'YAHOO_BASE_URL', role: 'baseUrl', field: 'query', label: 'Address of the API' },
    { env: 'YAHOO_CONSENT_URL', role: 'baseUrl', field: 'cookie', label: 'Address of the cookie host' },
    { env: 'YAHOO_STREAM_URL', role: 'baseUrl', field: 'stream', label: 'Address of the stream' },
  ],
  create: createYahoo,
  recordings,
}
