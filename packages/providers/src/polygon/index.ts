import type { ProviderDefinition } from '../contract.ts'
import { capabilities } from './capabilities.ts'
import { BASE_URLS, createPolygon } from './provider.ts'
import { recordings } from './recordings.ts'

export const polygon: ProviderDefinition = {
  name: 'polygon',
  label: 'Polygon.io / Massive',
  capabilities,
  baseUrls: BASE_URLS,
  settings: [
    { env: 'POLYGON_API_KEY', role: 'credential', field: 'apiKey', label: 'API key', secret: true },
    { env: 'POLYGON_TIER', role: 'tier', field: 'tier', label: 'Plan' },
    { env: 'POLYGON_BASE_URL', role: 'baseUrl', field: 'rest', label: 'Address of the API' },
    { env: 'POLYGON_STREAM_URL', role: 'baseUrl', field: 'stream', label: 'Address of the stream' },
  ],
  create: createPolygon,
  // Four statements and ratios, one call each.
  probe: { costly: ['fundamentals'] },
  recordings,
}
