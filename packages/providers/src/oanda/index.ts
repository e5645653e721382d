import type { ProviderDefinition } from '../contract.ts'
import { capabilities } from './capabilities.ts'
import { BASE_URLS, createOanda } from './provider.ts'
import { recordings } from './recordings.ts'

export const oanda: ProviderDefinition = {
  name: 'oanda',
  label: 'OANDA',
  capabilities,
  baseUrls: BASE_URLS,
  settings: [
    { env: 'OANDA_TOKEN', role: 'credential', field: 'token', label: 'Personal access token', secret: true },
    { env: 'OANDA_ACCOUNT_ID', role: 'credential', field: 'accountId', label: 'Account id' },
    { env: 'OANDA_BASE_URL', role: 'baseUrl', field: 'rest', label: 'Address of the API (practice or live)' },
    { env: 'OANDA_STREAM_URL', role: 'baseUrl', field: 'stream', label: 'Address of the stream' },
  ],
  create: createOanda,
  probe: {
    fixes: {
      not_entitled:
        'Check the account id: it must belong to the owner of the token, and a practice token opens practice accounts only.',
      unauthorized:
        'Make a new token under Manage API Access; practice and live accounts have tokens and addresses of their own.',
    },
  },
  recordings,
}
