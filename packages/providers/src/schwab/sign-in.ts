// A person's sign-in at Schwab: where their browser goes, and the code that it brings back exchanged for a refresh token.
import { isoFromMicros } from '@onetape/market'
import type { OAuthSignIn } from '../contract.ts'
import { ProviderError } from '../errors.ts'
import { parseJson } from '../http/json.ts'
import { httpFor } from '../http/provider-http.ts'
import type { VendorFault } from '../http/request.ts'
import { urlOf } from '../http/url.ts'
import { BASE_URLS } from './base-urls.ts'
import { NAME } from './payload.ts'
import { explainOauth, REFRESH_TOKEN_US, tokenSchema } from './token.ts'

export const signIn: OAuthSignIn = {
  appFields: ['clientId', 'clientSecret'],

  authorizeUrl({ baseUrls, credentials, redirectUri, state }) {
    const { clientId } = appOf(credentials)
    return urlOf(baseUrls?.rest ?? BASE_URLS.rest, '/v1/oauth/authorize', {
      response_type: 'code',
      client_id: clientId,
      redirect_uri: redirectUri,
      state,
    }).href
  },

  async exchange(deps, { code, redirectUri }) {
    const { clientId, clientSecret } = appOf(deps.credentials)
    const http = httpFor(deps, { provider: NAME, secrets: [clientSecret, code], explain: explainCode })
    // The seven days are counted from before the call: rather a minute too early than too late.
    const issuedAt = deps.wallClock.now()
    const { text } = await http({
      role: "Schwab's sign-in",
      url: urlOf(deps.baseUrls?.rest ?? BASE_URLS.rest, '/v1/oauth/token'),
      headers: { authorization: `Basic ${btoa(`${clientId}:${clientSecret}`)}` },
      form: new URLSearchParams({ grant_type: 'authorization_code', code, redirect_uri: redirectUri }),
      call: { priority: 'user' },
    })
    const read = tokenSchema.safeParse(parseJson(text, 'Schwab'))
    const refreshToken = read.data?.refresh_token
    if (!refreshToken) {
      throw new ProviderError('malformed', 'Schwab answered without a refresh token', { provider: NAME })
    }
    const refreshTokenIssuedAt = isoFromMicros(issuedAt)
    return {
      credentials: { clientId, clientSecret, refreshToken, refreshTokenIssuedAt },
      expiresAt: issuedAt + REFRESH_TOKEN_US,
    }
  },
}

function appOf({ clientId, clientSecret }: Readonly<Record<string, string>>) {
  if (clientId && clientSecret) return { clientId, clientSecret }
  throw new ProviderError(
    'unauthorized',
    'Schwab needs an app before anybody can sign in (credentials clientId, clientSecret)',
    { provider: NAME },
  )
}

const USED_UP = 'the code of this sign-in is used up, too old or of another address: sign in again'

/** Schwab says in several ways that a code is no good; a code is tried once, and there is one thing to do. */
function explainCode(status: number, text: string): VendorFault | null {
  const fault = explainOauth(status, text)
  const ofApp = status === 401 || fault?.message?.startsWith('the app is unknown')
  return status >= 400 && status < 500 && status !== 429 && !ofApp
    ? { kind: 'unauthorized', message: USED_UP }
    : fault
}
