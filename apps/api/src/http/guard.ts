// What every answer carries and every request must pass, before any route. Nothing of it waits, so no hook is a promise.
import { getTRPCErrorShape, TRPCError } from '@trpc/server'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { appRouter } from '../router.ts'
import type { Origins } from './origins.ts'

export function guardHost(server: FastifyInstance, origins: Origins): void {
  server.addHook('onRequest', (request, reply, next) => {
    if (origins.takesHost(request.headers.host)) return next()
    const message = 'This address answers under localhost and 127.0.0.1 only.'
    reply.code(403).send({ error: { code: 'FORBIDDEN', message } })
  })
}

const READS = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * What changes something must come from a page of ours, or from a program that shows its token: a browser sends our
 * cookie along with what a foreign page asks. It must be JSON, which no form can send.
 */
export function guardMutations(server: FastifyInstance, origins: Origins): void {
  server.addHook('onRequest', (request, reply, next) => {
    if (READS.has(request.method)) return next()
    if (!isFromUs(request, origins))
      return refuse(request, reply, {
        status: 403,
        message:
          'This was not sent from a page of this OneTape. Open the dashboard at its own address (behind a proxy: ONETAPE_PUBLIC_URL); a program sends that address as Origin.',
      })
    if (!isJson(request))
      return refuse(request, reply, { status: 415, message: 'Send this as application/json.' })
    next()
  })
}

function isFromUs({ headers }: FastifyRequest, origins: Origins): boolean {
  const { origin, host, authorization, cookie } = headers
  if (origin !== undefined) return origins.isOurs(origin, host)
  const site = headers['sec-fetch-site']
  if (site !== undefined) return site === 'same-origin' || site === 'none'
  return authorization !== undefined && cookie === undefined
}

const isJson = ({ headers }: FastifyRequest): boolean =>
  /^application\/json\s*(;|$)/i.test(headers['content-type'] ?? '')

/** In the shape that the one who asks there can read. */
function refuse(
  request: FastifyRequest,
  reply: FastifyReply,
  { status, message }: { status: 403 | 415; message: string },
): void {
  const code = status === 403 ? 'FORBIDDEN' : 'UNSUPPORTED_MEDIA_TYPE'
  const path = request.url.split('?')[0]!
  if (path.startsWith('/api/auth/')) return void reply.code(status).send({ code, message })
  if (!path.startsWith('/trpc/')) return void reply.code(status).send({ error: { code, message } })
  const error = getTRPCErrorShape({
    config: appRouter._def._config,
    error: new TRPCError({ code, message }),
    type: 'unknown',
    path: undefined,
    input: undefined,
    ctx: undefined,
  })
  reply.code(status).send({ error })
}

/**
 * The dashboard needs itself alone: its scripts, styles and streams come from this address. Inline styles are
 * allowed because the virtual table and the chart place things with them; inline scripts only by their hash.
 */
export const contentSecurityPolicy = (scriptHashes: readonly string[]): string =>
  [
    "default-src 'self'",
    `script-src ${["'self'", ...scriptHashes.map((hash) => `'${hash}'`)].join(' ')}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ')

/** On every answer. */
export const SECURITY_HEADERS = {
  'content-security-policy': contentSecurityPolicy([]),
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
}

export function sendSecurityHeaders(server: FastifyInstance): void {
  server.addHook('onRequest', (_request, reply, next) => {
    reply.headers(SECURITY_HEADERS)
    next()
  })
}
