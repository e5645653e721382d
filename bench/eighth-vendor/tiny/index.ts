import type { ProviderDefinition } from '../contract.ts'
import { recordingOf } from '../recording.ts'
import { readRows } from '../wire-rows.ts'
import { normalizePrice } from './normalize.ts'
import { parsePrices, priceSchema } from './payload.ts'
import { BASE_URLS, capabilities, createTiny } from './provider.ts'

export const tiny: ProviderDefinition = {
  name: 'tiny',
  label: 'Tiny',
  capabilities,
  baseUrls: BASE_URLS,
  settings: [
    { env: 'TINY_API_KEY', role: 'credential', field: 'apiKey', label: 'API key', secret: true },
    { env: 'TINY_BASE_URL', role: 'baseUrl', field: 'rest', label: 'Address of the API' },
  ],
  create: createTiny,
  recordings: [
    recordingOf({
      endpoint: 'prices',
      explain: () => null,
      read: (body) => readRows(parsePrices(body), { schema: priceSchema, normalize: normalizePrice }),
    }),
  ],
}
