// Bodies that all of Polygon's endpoints share.
import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Refusals, requestId, sendJson } from '../simulation.ts'

const PLAN = 'You are not entitled to this data. Please upgrade your plan at https://polygon.io/pricing'
const TIMEFRAME =
  "Your plan doesn't include this data timeframe. Please upgrade your plan at https://polygon.io/pricing"
const RATE =
  "You've exceeded the maximum requests per minute, please wait or upgrade your subscription to continue. https://polygon.io/pricing"

const failure = (request: FastifyRequest, error: string) => ({
  status: 'ERROR',
  request_id: requestId(request),
  error,
})

export const polygonRefusals: Refusals = {
  rateLimited: (request) => failure(request, RATE),
  serverError: (request) => failure(request, 'Internal Server Error'),
  unauthorized: (request) => failure(request, 'Unknown API Key'),
  unauthorizedStatus: 401,
  planError: (request) => planError(request),
  planErrorStatus: 403,
}

export const badRequest = (request: FastifyRequest, reply: FastifyReply, error: string): FastifyReply =>
  sendJson(reply, 400, failure(request, error))

export const notFound = (request: FastifyRequest, reply: FastifyReply, message: string): FastifyReply =>
  sendJson(reply, 404, { status: 'NotFound', request_id: requestId(request), message })

const planError = (request: FastifyRequest) => ({
  status: 'NOT_AUTHORIZED',
  request_id: requestId(request),
  message: PLAN,
})

export const notEntitled = (request: FastifyRequest, reply: FastifyReply): FastifyReply =>
  sendJson(reply, 403, planError(request))

/** The data is in the plan, this part of time is not. */
export const outOfTimeframe = (request: FastifyRequest, reply: FastifyReply): FastifyReply =>
  sendJson(reply, 403, { ...planError(request), message: TIMEFRAME })

export const noKey = (request: FastifyRequest, reply: FastifyReply): FastifyReply =>
  sendJson(reply, 401, failure(request, 'API Key was not provided'))

export const wrongKey = (request: FastifyRequest, reply: FastifyReply): FastifyReply =>
  sendJson(reply, 401, failure(request, 'Unknown API Key'))
