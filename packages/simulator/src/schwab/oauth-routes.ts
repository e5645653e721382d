// /v1/oauth: an app exchanges a person's sign-in for access tokens; the person's page is a button that is always pressed.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { hexText } from '../market/hash.ts'
import { queryText, sendJson, type VendorRequest } from '../simulation.ts'
import { TOKEN_LIFE_S, type Tokens } from './tokens.ts'

export function oauthRoutes(app: FastifyInstance, tokens: Tokens): void {
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, body, done) => done(null, new URLSearchParams(String(body))),
  )
  app.post('/v1/oauth/token', async (request, reply) => {
    // A page that is cut short is meant for prices: a sign-in stays whole.
    request.rowFault = null
    return token(request, reply, tokens)
  })
  app.get('/v1/oauth/authorize', async (raw, reply) => {
    const request = raw as VendorRequest
    const clientId = queryText(request, 'client_id')
    const back = URL.parse(queryText(request, 'redirect_uri') ?? '')
    if (!clientId || clientId.startsWith('wrong') || !back) {
      return oauthError(reply, 400, ['invalid_request', 'client_id and redirect_uri are needed'])
    }
    back.searchParams.set('code', `C0.${hexText(clientId, 32)}@`)
    back.searchParams.set('session', hexText(`${clientId} session`, 16))
    const state = queryText(request, 'state')
    if (state !== undefined) back.searchParams.set('state', state)
    return reply.redirect(back.href)
  })
}

function token(request: FastifyRequest, reply: FastifyReply, tokens: Tokens): FastifyReply {
  const app = appCredentials(request)
  const form = request.body instanceof URLSearchParams ? request.body : new URLSearchParams()
  if (!app || app.id.startsWith('wrong') || app.secret.startsWith('wrong')) {
    return oauthError(reply, 401, ['invalid_client', 'Unauthorized'])
  }
  const grant = form.get('grant_type')
  if (grant === 'authorization_code') {
    const code = form.get('code') ?? ''
    if (!code.startsWith('C0.') || !form.get('redirect_uri')) {
      return oauthError(reply, 400, ['invalid_request', 'Invalid authorization code'])
    }
    return tokenAnswer(reply, tokens, { clientId: app.id, refreshToken: `R0.${hexText(code, 40)}@` })
  }
  if (grant !== 'refresh_token') {
    return oauthError(reply, 400, ['unsupported_grant_type', 'Unsupported grant type'])
  }
  const refreshToken = form.get('refresh_token') ?? ''
  if (refreshToken === '' || refreshToken.startsWith('expired')) {
    return oauthError(reply, 400, ['invalid_grant', 'Refresh token is invalid, expired or revoked'])
  }
  if (refreshToken.startsWith('wrong')) {
    const words = 'Failed refresh token authentication'
    const inner = JSON.stringify({ error_description: words, error: 'refresh_token_authentication_error' })
    return oauthError(reply, 400, ['unsupported_token_type', `400 Bad Request: "${inner}"`])
  }
  return tokenAnswer(reply, tokens, { clientId: app.id, refreshToken })
}

/** The refresh token that comes back is the one that was sent: it is not renewed by being used. */
const tokenAnswer = (
  reply: FastifyReply,
  tokens: Tokens,
  signIn: { clientId: string; refreshToken: string },
): FastifyReply =>
  sendJson(reply, 200, {
    expires_in: TOKEN_LIFE_S,
    token_type: 'Bearer',
    scope: 'api',
    refresh_token: signIn.refreshToken,
    access_token: tokens.issue(signIn),
    id_token: hexText(`${signIn.clientId} id`, 64),
  })

const oauthError = (
  reply: FastifyReply,
  status: number,
  [error, description]: [string, string],
): FastifyReply => sendJson(reply, status, { error, error_description: description })

/** The app's name and secret, from the Basic header. */
export function appCredentials({
  headers,
}: Pick<FastifyRequest, 'headers'>): { id: string; secret: string } | null {
  const text = /^Basic\s+(\S+)$/i.exec(headers.authorization ?? '')?.[1]
  const [id, ...secret] = Buffer.from(text ?? '', 'base64')
    .toString()
    .split(':')
  return id && secret.join(':') !== '' ? { id, secret: secret.join(':') } : null
}
