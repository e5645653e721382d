import type { ProviderDefinition } from '../contract.ts'
import { BASE_URLS } from './base-urls.ts'
import { capabilities } from './capabilities.ts'
import { createSchwab } from './provider.ts'
import { recordings } from './recordings.ts'
import { signIn } from './sign-in.ts'

export const schwab: ProviderDefinition = {
  name: 'schwab',
  label: 'Charles Schwab',
  capabilities,
  baseUrls: BASE_URLS,
  settings: [
    { env: 'SCHWAB_CLIENT_ID', role: 'credential', field: 'clientId', label: 'App key', secret: true },
    {
      env: 'SCHWAB_CLIENT_SECRET',
      role: 'credential',
      field: 'clientSecret',
      label: 'App secret',
      secret: true,
    },
    {
      env: 'SCHWAB_REFRESH_TOKEN',
      role: 'credential',
      field: 'refreshToken',
      label: 'Refresh token',
      secret: true,
    },
    {
      env: 'SCHWAB_REFRESH_TOKEN_ISSUED_AT',
      role: 'credential',
      field: 'refreshTokenIssuedAt',
      label:
        'Time of the sign-in that gave the refresh token, such as 2026-02-20T10:00:00Z; set both together',
    },
    { env: 'SCHWAB_BASE_URL', role: 'baseUrl', field: 'rest', label: 'Address of the API' },
  ],
  create: createSchwab,
  signIn,
  probe: {
    fixes: {
      unauthorized:
        'Copy the app key and the secret from the page of the app at developer.schwab.com; its status must be Ready For Use.',
    },
  },
  recordings,
  recordingsAlso: ['tdameritrade-legacy'],
}
