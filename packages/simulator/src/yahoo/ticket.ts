// Cookie and crumb: without a browser's name Yahoo answers 429, without a cookie there is no crumb, and a crumb only
// goes with the cookie it was made for.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { hashText } from '../market/hash.ts'
import { type Refusals, sendJson } from '../simulation.ts'

const TOO_MANY = 'Too Many Requests\r\n'
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789./'

const unauthorized = (description: string) => ({
  finance: { result: null, error: { code: 'Unauthorized', description } },
})

export const yahooRefusals: Refusals = {
  rateLimited: () => TOO_MANY,
  serverError: () => ({
    finance: { result: null, error: { code: 'Internal Server Error', description: 'Internal Server Error' } },
  }),
  unauthorized: () => unauthorized('Invalid Crumb'),
  unauthorizedStatus: 401,
  planError: () => unauthorized('User is not authorized to access this feature'),
  planErrorStatus: 403,
}

export const invalidCrumb = (reply: FastifyReply): FastifyReply =>
  sendJson(reply, 401, unauthorized('Invalid Crumb'))

export function requireBrowser(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    if (/mozilla/i.test(request.headers['user-agent'] ?? '')) return
    return reply.code(429).header('content-type', 'text/plain;charset=utf-8').send(TOO_MANY)
  })
}

/** Pages that set the cookie: the host that knows nothing else (404, with the cookie), and a quote's page. */
export function ticketRoutes(app: FastifyInstance): void {
  const cookie = (request: FastifyRequest) =>
    `A3=${tokenOf(request)}; Max-Age=31557600; Path=/; SameSite=None; HttpOnly`
  for (const path of ['/', '/cookie-host', '/consent']) {
    app.get(path, async (request, reply) =>
      reply
        .code(404)
        .header('set-cookie', cookie(request))
        .header('content-type', 'text/html')
        .send('<html><body>Not Found</body></html>'),
    )
  }
  app.get('/quote/:symbol', async (request, reply) =>
    reply
      .header('set-cookie', cookie(request))
      .header('content-type', 'text/html; charset=utf-8')
      .send('<!DOCTYPE html><html><body>Quote</body></html>'),
  )
  app.get('/v1/test/getcrumb', async (request, reply) => {
    const held = cookieOf(request)
    if (!held) return sendJson(reply, 401, unauthorized('Invalid Cookie'))
    return reply.header('content-type', 'text/plain;charset=utf-8').send(crumbOf(held))
  })
}

/** Whether the query's crumb belongs to the request's cookie. */
export function crumbFits(request: FastifyRequest, crumb: string | undefined): boolean {
  const held = cookieOf(request)
  return held !== null && crumb === crumbOf(held)
}

const tokenOf = (request: FastifyRequest): string =>
  `d=AQAB${hashText(request.headers['user-agent'] ?? '').toString(36)}&S=AQAAA${hashText(request.headers['user-agent'] ?? '', 1).toString(36)}`

const cookieOf = (request: FastifyRequest): string | null =>
  /(?:^|;\s*)A[13]=([^;]+)/.exec(request.headers.cookie ?? '')?.[1] ?? null

const crumbOf = (cookie: string): string =>
  Array.from({ length: 11 }, (_, i) => LETTERS[hashText(cookie, i + 2) % LETTERS.length]).join('')
