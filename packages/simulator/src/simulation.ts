// What every vendor's routes and sockets are given: the market, the simulated clock, the faults and the counters.
import type { Clock } from '@onetape/market'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Fault, FaultScript, VendorName } from './faults.ts'
import { hexText } from './market/hash.ts'
import type { Market } from './market/market.ts'
import type { Pump } from './pump.ts'
import type { Quotas } from './quotas.ts'
import type { RequestLog } from './request-log.ts'
import type { WallTime } from './wall-time.ts'

/** Each vendor has its own: the same for all but the pump, and a key for what a vendor keeps. */
export interface Simulation {
  /** As it is. HTTP routes read prices through `request.market` instead, where value faults are played. */
  market: Market
  /** Simulated market time. */
  clock: Clock
  /** Real time: heartbeats, token expiry, quotas. */
  wall: WallTime & { forward(ms: number): void }
  faults: FaultScript
  quotas: Quotas
  log: RequestLog
  pump: Pump
  /** Own address without a slash at the end, known once it listens. */
  url(): string
  /** Requests served, by vendor and path. */
  requests: Map<string, number>
}

export type RowFault = 'malformed_row' | 'empty' | 'truncated_page'

declare module 'fastify' {
  interface FastifyRequest {
    /** The market as this request shall see it: with the value faults that were ordered. */
    market: Market
    /**
     * A fault that only the route can play: a malformed row, an empty page. For a truncated page the body is cut short
     * after the route, whatever it is; a route that ends its page without a mark instead sets this to null.
     */
    rowFault: RowFault | null
    /** What the request is counted under. */
    credential: string
  }
}

/** How a vendor says no: the body differs, the occasions do not. */
export interface Refusals {
  rateLimited(request: FastifyRequest): unknown
  /** 429 when absent. */
  rateLimitedStatus?: number
  serverError(request: FastifyRequest): unknown
  unauthorized(request: FastifyRequest): unknown
  unauthorizedStatus: number
  /** An access token that has run out; like `unauthorized` when absent. */
  tokenExpired?(request: FastifyRequest): unknown
  planError(request: FastifyRequest): unknown
  planErrorStatus: number
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
