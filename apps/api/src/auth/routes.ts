// The account routes over HTTP, and no other of the sign-in library's: POST /api/auth/sign-up/email, /sign-in/email,
// /sign-out, /change-password. They answer `{user}`, or `{code, message}` with one clear line.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { codeOf, type ErrorLog, problemOf } from '../errors.ts'
import type { Origins } from '../http/origins.ts'
import { AuthProblem } from './auth-problem.ts'
import type { Door, Entered, Visit } from './door.ts'

export const AUTH_PREFIX = '/api/auth'
const BODY_MAX_BYTES = 8 * 1024

export async function serveAuth(
  server: FastifyInstance,
  { door, origins, logError }: { door: Door; origins: Origins; logError: ErrorLog },
): Promise<void> {
  await server.register(
    async (scope) => {
      scope.setErrorHandler((error, _request, reply) => answerProblem(error, reply, logError))
      scope.addHook('onSend', async (_request, reply) => void reply.header('cache-control', 'no-store'))
      const enter = (path: string, by: (request: FastifyRequest) => Promise<Entered>): void => {
        scope.post(path, { bodyLimit: BODY_MAX_BYTES }, async (request, reply) => {
          if (!origins.keepsCookies(request)) throw needsHttps()
          return sendEntered(request, reply, await by(request))
        })
      }
      enter('/sign-up/email', (request) => door.signUp(request.body, visitOf(request)))
      enter('/sign-in/email', (request) => door.signIn(request.body, visitOf(request)))
      enter('/change-password', (request) => door.changePassword(request.body, visitOf(request)))
      scope.post('/sign-out', { bodyLimit: BODY_MAX_BYTES }, async (request, reply) => {
        const { cookies } = await door.signOut(visitOf(request))
        return reply.header('set-cookie', cookies).send({ user: null })
      })
    },
    { prefix: AUTH_PREFIX },
  )
}

function sendEntered(request: FastifyRequest, reply: FastifyReply, { user, cookies, token }: Entered) {
  reply.header('set-cookie', cookies)
  // A page has no use for it, and a script that got into one would.
  const isBrowser = request.headers['sec-fetch-site'] !== undefined
  if (token && !isBrowser) reply.header('set-auth-token', token)
  return reply.send({ user })
}

function answerProblem(error: unknown, reply: FastifyReply, logError: ErrorLog): FastifyReply {
  const status = (error as { statusCode?: unknown }).statusCode
  const isFastifys = typeof (error as { code?: unknown }).code === 'string' && typeof status === 'number'
  if (isFastifys && status >= 400 && status < 500 && !(error instanceof AuthProblem))
    return reply.code(status).send({ code: 'INVALID_REQUEST', message: lineOf(status) })
  const problem = problemOf(error, logError)
  const { trpc, http } = codeOf(problem.kind)
  if (!(problem instanceof AuthProblem))
    return reply.code(http).send({ code: trpc, message: problem.message })
  if (problem.retryAfterS !== null) reply.header('retry-after', problem.retryAfterS)
  return reply.code(http).send({ code: problem.code, message: problem.message })
}

const lineOf = (status: number): string => {
  if (status === 413) return 'That is too much text for a name, an e-mail and a password.'
  return 'The request is not understood: send the fields as JSON.'
}

const visitOf = ({ ip, headers }: FastifyRequest): Visit => ({
  ip,
  userAgent: headers['user-agent'],
  cookie: headers.cookie,
  authorization: headers.authorization,
})

const needsHttps = (): AuthProblem =>
  new AuthProblem({
    kind: 'invalid_request',
    code: 'NEEDS_HTTPS',
    message:
      'Signing in over the network needs https: put a proxy with a certificate in front, and set ONETAPE_PUBLIC_URL to its address.',
  })
