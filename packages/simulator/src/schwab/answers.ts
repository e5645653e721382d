// How Schwab says no: a list of errors from the API, `fault` from the gateway before it, OAuth's own words.
import type { FastifyReply, FastifyRequest } from 'fastify'
import { hexText } from '../market/hash.ts'
import { type Refusals, sendJson } from '../simulation.ts'
import { revokeTokenOf } from './tokens.ts'

const TITLES: Record<number, string> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  500: 'Internal Server Error',
}

/** The status is a number in some answers and text in others. */
export const errors = (request: FastifyRequest, status: number, detail: string) => ({
  errors: [
    {
      id: idOf(request.url),
      status: status === 401 ? status : String(status),
      title: TITLES[status],
      detail,
    },
  ],
})

const NOT_AUTHORIZED = 'Client not authorized'

export const schwabRefusals: Refusals = {
  rateLimited: () => ({
    fault: {
      faultstring: 'Rate limit quota violation. Quota limit exceeded.',
      detail: { errorcode: 'policies.ratelimit.QuotaViolation' },
    },
  }),
  serverError: (request) => errors(request, 500, 'The server encountered an unexpected condition'),
  unauthorized: (request) => errors(request, 401, NOT_AUTHORIZED),
  unauthorizedStatus: 401,
  tokenExpired: (request) => {
    revokeTokenOf(request)
    return errors(request, 401, NOT_AUTHORIZED)
  },
  planError: (request) => errors(request, 403, 'Customer is not entitled to this product'),
  planErrorStatus: 403,
}

export const refuse = (
  request: FastifyRequest,
  reply: FastifyReply,
  { status, detail }: { status: 400 | 401 | 404; detail: string },
): FastifyReply => sendJson(reply, status, errors(request, status, detail))

/** What the gateway says of an answer that is too large for it. */
export const tooBigBody = (reply: FastifyReply): FastifyReply =>
  sendJson(reply, 502, {
    fault: { faultstring: 'Body buffer overflow', detail: { errorcode: 'protocol.http.TooBigBody' } },
  })

export function idOf(text: string): string {
  const hex = hexText(text, 32)
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
