// Where a vendor sends a person back to after they signed in there. What the address holds is used once and left at
// once: the browser is sent on to the Sources page, with the name of the source or with one line that says what to do.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type ErrorLog, problemOf } from '../errors.ts'
import type { Mine, SignInEnd } from '../mine/mine.ts'
import { CALLBACK_PATH } from '../mine/sign-ins.ts'

export interface CallbackDeps {
  mine: Pick<Mine, 'signInEnd'>
  visitorOf(request: FastifyRequest, reply: FastifyReply): Promise<{ user: { id: string } | null }>
  originOf(request: FastifyRequest): string | null
  logError: ErrorLog
}

/** Longer than any code that a vendor hands out. */
const PARAM_MAX = 4_096
const SIGN_IN_FIRST = 'Your session has ended while you were at the vendor. Sign in here, then connect again.'
const NOT_WHOLE = 'The vendor sent you back without what is needed. Begin again.'
const REFUSED = 'The vendor did not let you sign in, or you went back. Nothing was stored.'

export function serveOAuthCallback(server: FastifyInstance, deps: CallbackDeps): void {
  server.get(CALLBACK_PATH, async (request, reply) => {
    const end = await endOf(deps, request, reply)
    const [name, value] = 'connected' in end ? ['connected', end.connected] : ['problem', end.problem]
    return reply
      .header('cache-control', 'no-store')
      .header('referrer-policy', 'no-referrer')
      .redirect(`/sources?${new URLSearchParams({ [name]: value })}`, 302)
  })
}

async function endOf(deps: CallbackDeps, request: FastifyRequest, reply: FastifyReply): Promise<SignInEnd> {
  const query = request.query as Record<string, unknown>
  const { user } = await deps.visitorOf(request, reply)
  if (!user) return { problem: SIGN_IN_FIRST }
  const origin = deps.originOf(request)
  const code = textOf(query.code)
  const state = textOf(query.state)
  if (code === null || state === null || origin === null)
    return { problem: query.error === undefined ? NOT_WHOLE : REFUSED }
  try {
    return await deps.mine.signInEnd(user.id, { code, state }, origin)
  } catch (error) {
    return { problem: problemOf(error, deps.logError).message }
  }
}

/** A parameter that stands there twice is none. */
const textOf = (value: unknown): string | null =>
  typeof value === 'string' && value.length > 0 && value.length <= PARAM_MAX && !value.includes('\0')
    ? value
    : null
