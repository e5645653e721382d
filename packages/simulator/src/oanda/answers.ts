// How OANDA says no: an errorMessage, and an errorCode for some.
import type { FastifyReply, FastifyRequest } from 'fastify'
import { requestId, sendJson } from '../simulation.ts'

export const refused = (
  reply: FastifyReply,
  { status, message, code }: { status: number; message: string; code?: string },
): FastifyReply => sendJson(reply, status, errorBody(message, code))

export const invalidValue = (reply: FastifyReply, name: string, why = ''): FastifyReply =>
  refused(reply, { status: 400, message: `Invalid value specified for '${name}'${why}` })

/** Another's account, or none at all: the vendor does not tell which. */
export const forbidden = (reply: FastifyReply): FastifyReply =>
  refused(reply, { status: 403, message: 'The provided request was forbidden.' })

export const answered = (request: FastifyRequest, reply: FastifyReply, body: unknown): FastifyReply =>
  sendJson(reply.header('requestid', BigInt(`0x${requestId(request, 14)}`).toString()), 200, body)

export const UNAUTHORIZED = 'Insufficient authorization to perform request.'

export const errorBody = (errorMessage: string, errorCode?: string): Record<string, string> => ({
  ...(errorCode && { errorCode }),
  errorMessage,
})
