// Plays the faults that need no knowledge of the body; the others are left to the route.
import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Fault, VendorName } from './faults.ts'
import { type Refusals, type Simulation, sendJson } from './simulation.ts'

/** Counts the vendor's requests, dates its answers by the simulated clock and lets faults happen. */
export function spoilOnOrder(
  app: FastifyInstance,
  vendor: VendorName,
  simulation: Simulation,
  refusals: Refusals,
): void {
  const stopped = new AbortController()
  app.addHook('onClose', async () => stopped.abort())
  app.decorateRequest('rowFault', null)
  app.addHook('onRequest', async (request, reply) => {
    reply.header('date', new Date(Math.floor(simulation.clock.now() / 1000)).toUTCString())
    const path = request.url.slice(vendor.length + 1)
    const counter = `${vendor} ${request.routeOptions.url ?? 'unknown'}`
    simulation.requests.set(counter, (simulation.requests.get(counter) ?? 0) + 1)
    const fault = simulation.faults.take(vendor, path)
    if (fault) return play(fault, { request, reply, refusals, signal: stopped.signal })
  })
}

interface Scene {
  request: FastifyRequest
  reply: FastifyReply
  refusals: Refusals
  signal: AbortSignal
}

async function play(fault: Fault, { request, reply, refusals, signal }: Scene): Promise<unknown> {
  switch (fault.kind) {
    case 'rate_limited':
      if (fault.retryAfterS !== undefined) reply.header('retry-after', String(fault.retryAfterS))
      return refuse(reply, 429, refusals.rateLimited(request))
    case 'server_error':
      return refuse(reply, 500, refusals.serverError(request))
    case 'unauthorized':
      return refuse(reply, refusals.unauthorizedStatus, refusals.unauthorized(request))
    case 'timeout':
      // Never answered: the other side must give up by itself, or the server is closed.
      reply.hijack()
      return reply
    case 'cut':
      reply.hijack()
      request.raw.socket.destroy()
      return reply
    case 'slow':
      await sleep(fault.delayMs, undefined, { signal }).catch(() => {})
      return undefined
    case 'malformed_row':
    case 'empty':
      request.rowFault = fault.kind
      return undefined
  }
}

const refuse = (reply: FastifyReply, status: number, body: unknown): FastifyReply =>
  typeof body === 'string'
    ? reply.code(status).header('content-type', 'text/plain;charset=utf-8').send(body)
    : sendJson(reply, status, body)
