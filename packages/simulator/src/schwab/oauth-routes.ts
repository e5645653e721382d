// /v1/oauth: an app exchanges a person's consent for a refresh token, and that for access tokens.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { hexText } from '../market/hash.ts'
import { type Simulation, sendJson } from '../simulation.ts'
import { authorizeRoutes } from './authorize-routes.ts'
import { SignIns } from './sign-ins.ts'
import { TOKEN_LIFE_S, type Tokens } from './tokens.ts'

export function oauthRoutes(app: FastifyInstance, { wall }: Pick<Simulation, 'wall'>, tokens: Tokens): void {
  const signIns = new SignIns(wall)
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, body, done) => done(null, new URLSearchParams(String(body))),
  )
  app.post('/v1/oauth/token', async (request, reply) => {
    // A page that is cut short is meant for prices: a sign-in stays whole.
    request.rowFault = null
    return token(request, reply, { tokens, signIns })
  })
  authorizeRoutes(app, signIns)
}

function token(
  request: FastifyRequest,
  reply: FastifyReply,
  { tokens, signIns }: { tokens: Tokens; signIns: SignIns },
): FastifyReply {
  const app = appCredentials(request)
  const form = request.body instanceof URLSearchParams ? request.body : new URLSearchParams()
  if (!app || app.id.startsWith('wrong') || app.secret.startsWith('wrong')) {
    return oauthError(reply, 401, ['invalid_client', 'Unauthorized'])
  }
  const grant = form.get('grant_type')
  if (grant === 'authorization_code') {
    const of = { clientId: app.id, redirectUri: form.get('redirect_uri') ?? '' }
    const refreshToken = signIns.redeem(form.get('code') ?? '', of)
    if (refreshToken === null) {
      return oauthError(reply, 400, ['invalid_grant', 'Authorization code is invalid, expired or used'])
    }
    return tokenAnswer(reply, tokens, { clientId: app.id, refreshToken })
  }
  if (grant !== 'refresh_token') {
    return oauthError(reply, 400, ['unsupported_grant_type', 'Unsupported grant type'])
  }
  const refreshToken = form.get('refresh_token') ?? ''
  if (refreshToken === '' || refreshToken.startsWith('expired') || signIns.hasRunOut(refreshToken)) {
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
