// Coinbase's words for no.
import type { FastifyReply } from 'fastify'
import { type Refusals, sendJson } from '../simulation.ts'

const failure = (error: string, details: string) => ({ error, error_details: details, message: details })

export const coinbaseRefusals: Refusals = {
  rateLimited: () => failure('RESOURCE_EXHAUSTED', 'Too many requests'),
  serverError: () => failure('INTERNAL', 'Something went wrong'),
  unauthorized: () => failure('UNAUTHENTICATED', 'Unauthorized'),
  unauthorizedStatus: 401,
  planError: () => failure('PERMISSION_DENIED', 'Missing required scopes'),
  planErrorStatus: 403,
}

export const invalidArgument = (reply: FastifyReply, details: string): FastifyReply =>
  sendJson(reply, 400, failure('INVALID_ARGUMENT', details))

export const unknownProduct = (reply: FastifyReply): FastifyReply =>
  sendJson(reply, 404, failure('NOT_FOUND', 'valid product_id is required'))
