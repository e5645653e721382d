// What every answer carries and every request must pass, before any route.
import type { FastifyInstance, FastifyRequest } from 'fastify'

const LOOPBACK_HOSTS = new Set(['localhost', '127.0.0.1', '[::1]'])
const LOOPBACK_BINDS = new Set(['localhost', '127.0.0.1', '::1'])

/**
 * On loopback a request must name a loopback host: a foreign name that resolves to this machine is a page of
 * someone else reading our tape through the browser (DNS rebinding).
 */
export function guardHost(server: FastifyInstance, bindHost: string): void {
  if (!LOOPBACK_BINDS.has(bindHost)) return
  server.addHook('onRequest', async (request, reply) => {
    if (isLoopbackName(request)) return
    const message = 'This address answers under localhost and 127.0.0.1 only.'
    return reply.code(403).send({ error: { code: 'FORBIDDEN', message } })
  })
}

function isLoopbackName(request: FastifyRequest): boolean {
  const named = /^(\[[^\]]*\]|[^:]*)(?::\d+)?$/.exec(request.headers.host ?? '')
  return named !== null && LOOPBACK_HOSTS.has(named[1]!.toLowerCase())
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

export function sendSecurityHeaders(server: FastifyInstance): void {
  const headers = {
    'content-security-policy': contentSecurityPolicy([]),
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  }
  server.addHook('onRequest', async (_request, reply) => {
    reply.headers(headers)
  })
}
