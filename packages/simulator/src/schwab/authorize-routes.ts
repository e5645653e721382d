// /v1/oauth/authorize: a browser is shown a page with two buttons; a program, or `auto=1`, is let through at once.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { queryText, sendJson, type VendorRequest } from '../simulation.ts'
import { type ConsentAsk, consentPage, refusedPage } from './consent-page.ts'
import type { SignIns } from './sign-ins.ts'

const PATH = '/v1/oauth/authorize'

export function authorizeRoutes(app: FastifyInstance, signIns: SignIns): void {
  app.get(PATH, async (raw, reply) => {
    const request = raw as VendorRequest
    const asked = askOf((name) => queryText(request, name))
    if (!asked) return refused(request, reply)
    const answer = queryText(request, 'answer')
    if (answer === 'allow' || answer === 'deny' || !wantsPage(request)) {
      const delayed = queryText(request, 'delayed') === '1'
      return sendBack(reply, asked, answer === 'deny' ? null : { signIns, delayed })
    }
    return sendPage(reply, 200, consentPage(`/schwab${PATH}`, asked))
  })
  app.post(PATH, async (request, reply) => {
    const form = request.body instanceof URLSearchParams ? request.body : new URLSearchParams()
    const asked = askOf((name) => form.get(name) || undefined)
    if (!asked) return refused(request, reply)
    const allowed = form.get('answer') === 'allow'
    return sendBack(reply, asked, allowed ? { signIns, delayed: form.get('delayed') === '1' } : null)
  })
}

/** Null where the vendor would not even say to whom access is asked for. */
function askOf(given: (name: string) => string | undefined): ConsentAsk | null {
  const clientId = given('client_id')
  const redirectUri = given('redirect_uri')
  const back = URL.parse(redirectUri ?? '')
  if (!clientId || clientId.startsWith('wrong') || !redirectUri || !back) return null
  return /^https?:$/.test(back.protocol) ? { clientId, redirectUri, state: given('state') } : null
}

const wantsPage = (request: VendorRequest): boolean =>
  acceptsHtml(request) && queryText(request, 'auto') !== '1'
const acceptsHtml = ({ headers }: Pick<FastifyRequest, 'headers'>): boolean =>
  (headers.accept ?? '').includes('text/html')

/** @param consent null where the person denied it. */
function sendBack(
  reply: FastifyReply,
  { clientId, redirectUri, state }: ConsentAsk,
  consent: { signIns: SignIns; delayed: boolean } | null,
): FastifyReply {
  const back = new URL(redirectUri)
  if (consent) {
    const { signIns, delayed } = consent
    const code = signIns.codeFor({ clientId, redirectUri, delayed })
    back.searchParams.set('code', code)
    back.searchParams.set('session', code.slice(3, 19))
  } else {
    back.searchParams.set('error', 'access_denied')
    back.searchParams.set('error_description', 'The user denied the request')
  }
  if (state !== undefined) back.searchParams.set('state', state)
  return reply.redirect(back.href, 302)
}

function refused(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const words = 'client_id and redirect_uri are needed'
  if (acceptsHtml(request)) {
    const plain =
      'The app is not known here, or says no address to go back to. Check the app key and the callback address.'
    return sendPage(reply, 400, refusedPage(plain))
  }
  return sendJson(reply, 400, { error: 'invalid_request', error_description: words })
}

const sendPage = (reply: FastifyReply, status: number, html: string): FastifyReply =>
  reply
    .code(status)
    .header('content-type', 'text/html;charset=utf-8')
    .header('cache-control', 'no-store')
    .send(html)
