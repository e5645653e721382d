// Schwab's access token: lives 30 minutes, is fetched with a refresh token that lives 7 days and cannot be renewed by
// refreshing. A person signs in weekly; until then one token serves every call of this process.
import { DAY_US, type Micros, microsFromIso, SECOND_US } from '@onetape/market'
import { z } from 'zod'
import type { CallOptions, ProviderDeps } from '../contract.ts'
import { ProviderError } from '../errors.ts'
import { parseJson } from '../http/json.ts'
import { httpFor } from '../http/provider-http.ts'
import type { VendorFault } from '../http/request.ts'
import { urlOf } from '../http/url.ts'
import { NAME } from './payload.ts'

export interface AccessToken {
  text: string
  /** Calls that it took to have it: none while one is still good. */
  calls: number
}

export interface TokenStore {
  current(call?: CallOptions): Promise<AccessToken>
  /** The vendor would not take this token: the next `current` fetches another one. */
  refused(text: string): void
  authExpiresAt(): Micros | null
}

export const REFRESH_TOKEN_US = 7 * DAY_US
/** A token is renewed while it still has this long to live, so that no request leaves with a dying one. */
const EARLY_US = 60 * SECOND_US
const LIFETIME_S = 1800
const SIGN_IN_AGAIN =
  'the Schwab sign-in has run out (it lasts 7 days): a person must sign in again and set a new refresh token'

export const tokenSchema = z.looseObject({
  access_token: z.string().min(1),
  expires_in: z.number().positive().nullish(),
  refresh_token: z.string().min(1).nullish(),
})
const errorSchema = z.looseObject({ error: z.string(), error_description: z.string().nullish() })

/** @param secrets Grows by what the vendor hands out: it is the list of what must never be shown. */
export function createTokenStore(deps: ProviderDeps, baseUrl: string, secrets: string[]): TokenStore {
  const { clientId, clientSecret } = deps.credentials
  let { refreshToken } = deps.credentials
  const issuedAt = issuedAtOf(deps)
  const http = httpFor(deps, { provider: NAME, secrets, explain: explainOauth })
  let held: { text: string; goodUntil: Micros } | null = null
  let fetching: Promise<AccessToken> | null = null
  let ranOutAt: Micros | null = null

  async function fetchToken(call?: CallOptions): Promise<AccessToken> {
    if (!clientId || !clientSecret || !refreshToken) {
      throw refusal('Schwab needs an app and a sign-in (credentials clientId, clientSecret, refreshToken)')
    }
    const answer = await http({
      role: "Schwab's sign-in",
      url: urlOf(baseUrl, '/v1/oauth/token'),
      headers: { authorization: `Basic ${btoa(`${clientId}:${clientSecret}`)}` },
      form: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: refreshToken }),
      // One caller's change of mind must not take the token from the others: no signal, only the deadline.
      call: { priority: call?.priority, onCall: call?.onCall },
    }).catch((error: ProviderError) => {
      if (error.message.includes(SIGN_IN_AGAIN)) ranOutAt = deps.wallClock.now()
      throw error
    })
    const read = tokenSchema.safeParse(parseJson(answer.text, 'Schwab'))
    if (!read.success) {
      throw new ProviderError('malformed', 'Schwab answered without an access token', { provider: NAME })
    }
    const { access_token: text, expires_in, refresh_token } = read.data
    refreshToken = refresh_token ?? refreshToken
    keepSecret(secrets, [text, refreshToken])
    held = { text, goodUntil: deps.wallClock.now() + (expires_in ?? LIFETIME_S) * SECOND_US - EARLY_US }
    return { text, calls: answer.calls }
  }

  return {
    async current(call) {
      if (ranOutAt !== null) throw refusal(SIGN_IN_AGAIN)
      if (held && deps.wallClock.now() < held.goodUntil) return { text: held.text, calls: 0 }
      if (fetching) return { ...(await fetching), calls: 0 }
      fetching = fetchToken(call).finally(() => {
        fetching = null
      })
      return fetching
    },
    refused(text) {
      if (held?.text === text) held = null
    },
    authExpiresAt: () => ranOutAt ?? (issuedAt === null ? null : issuedAt + REFRESH_TOKEN_US),
  }
}

/** Null where nobody says when the sign-in was: the vendor does not. */
function issuedAtOf({ credentials }: ProviderDeps): Micros | null {
  const text = credentials.refreshTokenIssuedAt?.trim() ?? ''
  const issuedAt = microsFromIso(text)
  if (issuedAt !== null || text === '') return issuedAt
  throw new ProviderError(
    'invalid_request',
    'the time of the Schwab sign-in (refreshTokenIssuedAt, SCHWAB_REFRESH_TOKEN_ISSUED_AT) is an instant with its zone, for instance 2026-02-20T10:00:00Z',
    { provider: NAME },
  )
}

const refusal = (message: string) => new ProviderError('unauthorized', message, { provider: NAME })

/** A process that runs for months sees thousands of tokens; the newest few are the ones that can be echoed. */
const SECRETS_KEPT_MAX = 12
function keepSecret(secrets: string[], texts: readonly string[]): void {
  for (const text of texts) if (!secrets.includes(text)) secrets.push(text)
  while (secrets.length > SECRETS_KEPT_MAX) secrets.splice(3, 1)
}

/** Words with which the vendor says that the refresh token is no good any more. */
const RUN_OUT = ['invalid_grant', 'unsupported_token_type', 'refresh_token_authentication_error']

export function explainOauth(status: number, text: string): VendorFault | null {
  const read = errorSchema.safeParse(tryJson(text))
  if (!read.success) return null
  const { error, error_description } = read.data
  if (RUN_OUT.includes(error)) return { kind: 'unauthorized', message: SIGN_IN_AGAIN }
  if (error === 'invalid_client' || status === 401) {
    return { kind: 'unauthorized', message: 'the app is unknown (credentials clientId, clientSecret)' }
  }
  return { message: error_description || error }
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
