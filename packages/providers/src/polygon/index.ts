import type { ProviderDefinition } from '../contract.ts'
import { capabilities } from './capabilities.ts'
import { BASE_URLS, createPolygon } from './provider.ts'
import { recordings } from './recordings.ts'

export const polygon: ProviderDefinition = {
  name: 'polygon',
  label: 'Polygon.io / Massive',
  capabilities,
  baseUrls: BASE_URLS,
  create: createPolygon,
  recordings,
}
