// What every vendor's routes are given: the market, the simulated clock, the faults and the counters.
import type { Clock } from '@onetape/market'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Fault, FaultScript, VendorName } from './faults.ts'
import { hexText } from './market/hash.ts'
import type { Market } from './market/market.ts'

export interface Simulation {
  market: Market
  clock: Clock
  faults: FaultScript
  /** Own address without a slash at the end, known once it listens. */
  url(): string
  /** Requests served, by vendor and path. */
  requests: Map<string, number>
}

declare module 'fastify' {
  interface FastifyRequest {
    /** A fault that only the route can play: a malformed row, an empty page. */
    rowFault: 'malformed_row' | 'empty' | null
  }
}

/** How a vendor says no: the body differs, the occasions do not. */
export interface Refusals {
  rateLimited(request: FastifyRequest): unknown
  serverError(request: FastifyRequest): unknown
  unauthorized(request: FastifyRequest): unknown
  unauthorizedStatus: number
}

export type VendorRequest = FastifyRequest<{
  Params: Record<string, string>
  Querystring: Record<string, string | string[] | undefined>
}>

/** A query parameter's last value; undefined when absent or empty. */
export function queryText(request: VendorRequest, name: string): string | undefined {
  const value = request.query[name]
  const text = Array.isArray(value) ? value.at(-1) : value
  return text === '' ? undefined : text
}

/** An id that looks random and is the same for the same request. */
export const requestId = (request: FastifyRequest, length = 32): string => hexText(request.url, length)

export const sendJson = (reply: FastifyReply, status: number, body: unknown): FastifyReply =>
  reply
    .code(status)
    .header('content-type', 'application/json;charset=utf-8')
    .send(typeof body === 'string' ? body : JSON.stringify(body))

export type { Fault, VendorName }
