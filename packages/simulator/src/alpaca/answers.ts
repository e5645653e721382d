// How Alpaca says no: one sentence. 403 stands for a bad key as well as for a missing plan.
import type { FastifyReply } from 'fastify'
import { type Refusals, sendJson } from '../simulation.ts'

export const alpacaRefusals: Refusals = {
  rateLimited: () => ({ message: 'too many requests.' }),
  serverError: () => ({ message: 'internal server error' }),
  unauthorized: () => ({ message: 'forbidden.' }),
  unauthorizedStatus: 403,
  planError: () => ({ message: NO_RECENT_SIP }),
  planErrorStatus: 403,
}

export const NO_RECENT_SIP = 'subscription does not permit querying recent SIP data'
export const NO_OPRA = 'OPRA agreement is not signed'

export const refuse = (reply: FastifyReply, status: 400 | 403 | 404 | 422, message: string): FastifyReply =>
  sendJson(reply, status, { message })

/** Thrown where a parameter is no good, answered by the routes. */
export class BadParameter extends Error {
  readonly status: 400 | 403 | 422

  constructor(message: string, status: 400 | 403 | 422 = 422) {
    super(message)
    this.status = status
  }
}
