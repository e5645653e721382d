// The built dashboard: hashed assets for ever, the page itself never from a cache, and every address that is not a
// file is a page of the app.
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join, sep } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { contentSecurityPolicy } from './guard.ts'

const NOT_BUILT =
  'The dashboard is not built yet. Run `npm start`, or `npm run build` once, then reload this page.\n'
const INLINE_SCRIPT = /<script(?![^>]*\bsrc=)[^>]*>([\s\S]*?)<\/script>/gi

export async function serveDashboard(server: FastifyInstance, webDist: string): Promise<void> {
  const assets = join(webDist, 'assets') + sep
  await server.register(fastifyStatic, {
    root: webDist,
    index: false,
    cacheControl: false,
    setHeaders(reply, path) {
      const forEver = path.startsWith(assets)
      reply.header('cache-control', forEver ? 'public, max-age=31536000, immutable' : 'no-cache')
    },
  })
  const page = (_request: FastifyRequest, reply: FastifyReply) => sendPage(reply, webDist)
  server.get('/', page)
  server.get('/index.html', page)
  server.setNotFoundHandler((request, reply) =>
    isPage(request) ? sendPage(reply, webDist) : notFound(request, reply),
  )
}

/** An address of the app: asked for as a page, not under our other prefixes, and not named like a file. */
function isPage(request: FastifyRequest): boolean {
  const path = request.url.split('?')[0]!
  if (request.method !== 'GET' && request.method !== 'HEAD') return false
  if (/^\/(api|trpc|assets)(\/|$)/.test(path)) return false
  if (/\.(js|mjs|css|map|ico|png|svg|json|txt|webmanifest|woff2?)$/i.test(path)) return false
  return /text\/html|\*\/\*/.test(request.headers.accept ?? '*/*')
}

async function sendPage(reply: FastifyReply, webDist: string): Promise<FastifyReply> {
  const html = await readFile(join(webDist, 'index.html'), 'utf8').catch(() => null)
  if (html === null) return reply.code(503).type('text/plain; charset=utf-8').send(NOT_BUILT)
  return reply
    .type('text/html; charset=utf-8')
    .header('cache-control', 'no-cache')
    .header('content-security-policy', contentSecurityPolicy(inlineScriptHashes(html)))
    .send(html)
}

/** Our own inline scripts (the theme, before the first paint) are named by hash, so that no other may run. */
export const inlineScriptHashes = (html: string): string[] =>
  [...html.matchAll(INLINE_SCRIPT)].map(
    (m) => `sha256-${createHash('sha256').update(m[1]!).digest('base64')}`,
  )

const notFound = (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
  const path = request.url.split('?')[0]!.slice(0, 200)
  return reply.code(404).send({ error: { code: 'NOT_FOUND', message: `There is nothing at ${path}.` } })
}
