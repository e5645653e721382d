// What happens to every HTTP request before its route: it is logged, counted against the vendor's limits, and spoiled
// when a fault says so. Faults that need knowledge of the body are left to the route.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type Fault, REQUEST_FAULTS, VALUE_FAULTS } from './faults.ts'
import { bentMarket } from './market/bent-market.ts'
import type { LoggedRequest } from './request-log.ts'
import { type Simulation, sendJson } from './simulation.ts'
import type { SimulatedVendor } from './vendor.ts'

/** Installed once, for all vendors' scopes. */
export function decorateRequests(app: FastifyInstance): void {
  app.decorateRequest('rowFault', null)
  app.decorateRequest('credential', '')
  app.decorateRequest('market', null as never)
}

const entries = new WeakMap<FastifyRequest, LoggedRequest>()

export function spoilOnOrder(app: FastifyInstance, vendor: SimulatedVendor, simulation: Simulation): void {
  const { name } = vendor
  app.addHook('onRequest', async (request, reply) => {
    reply.header('date', new Date(Math.floor(simulation.clock.now() / 1000)).toUTCString())
    const path = request.url.slice(name.length + 1)
    const counter = `${name} ${request.routeOptions.url ?? 'unknown'}`
    simulation.requests.set(counter, (simulation.requests.get(counter) ?? 0) + 1)
    request.credential = vendor.credentialOf(request)
    const entry = simulation.log.note({ vendor: name, path, credential: request.credential })
    entries.set(request, entry)

    const quota = simulation.quotas.take({ vendor: name, credential: request.credential, path })
    for (const state of quota.states) reply.headers(vendor.quotaHeaders?.(state, simulation) ?? {})
    if (quota.refusedBy) {
      const { rateLimitedStatus = 429, rateLimited } = vendor.refusals
      return refuse(reply, rateLimitedStatus, rateLimited(request))
    }
    const keys = vendor.keysOf?.(request) ?? [request.credential]
    const place = { vendor: name, path, on: 'request' as const, keys }
    const values = simulation.faults.standing({ ...place, kinds: VALUE_FAULTS })
    request.market =
      values.length === 0
        ? simulation.market
        : bentMarket(simulation.market, values, (kind) => {
            entry.fault = kind
          })
    const fault = simulation.faults.take({ ...place, kinds: REQUEST_FAULTS })
    entry.fault = fault?.kind ?? null
    if (fault) return play(fault, { request, reply, vendor, simulation })
  })
  app.addHook('onSend', async (request, reply, payload) => {
    const entry = entries.get(request)
    if (entry) entry.status = reply.statusCode
    if (request.rowFault !== 'truncated_page' || typeof payload !== 'string' || reply.statusCode !== 200)
      return payload
    const cut = payload.slice(0, Math.floor(payload.length / 2))
    reply.header('content-length', Buffer.byteLength(cut))
    return cut
  })
}

interface Scene {
  request: FastifyRequest
  reply: FastifyReply
  vendor: SimulatedVendor
  simulation: Simulation
}

async function play(fault: Fault, { request, reply, vendor, simulation }: Scene): Promise<unknown> {
  const { refusals } = vendor
  switch (fault.kind) {
    case 'rate_limited':
      if (fault.retryAfterS !== undefined) reply.header('retry-after', String(fault.retryAfterS))
      return refuse(reply, refusals.rateLimitedStatus ?? 429, refusals.rateLimited(request))
    case 'server_error':
      return refuse(reply, 500, refusals.serverError(request))
    case 'unauthorized':
      return refuse(reply, refusals.unauthorizedStatus, refusals.unauthorized(request))
    case 'token_expired': {
      const body = (refusals.tokenExpired ?? refusals.unauthorized)(request)
      return refuse(reply, refusals.unauthorizedStatus, body)
    }
    case 'plan_error':
      return refuse(reply, refusals.planErrorStatus, refusals.planError(request))
    case 'timeout':
      // Never answered: the other side must give up by itself, or the server is closed.
      reply.hijack()
      return reply
    case 'cut':
      reply.hijack()
      request.raw.socket.destroy()
      return reply
    case 'slow':
      await delay(fault.delayMs, simulation)
      return undefined
    case 'malformed_row':
    case 'empty':
    case 'truncated_page':
      request.rowFault = fault.kind
      return undefined
    default:
      return undefined
  }
}

const delay = (ms: number, { wall }: Simulation): Promise<void> =>
  new Promise((resolve) => {
    wall.after(ms, resolve)
    wall.closed.addEventListener('abort', () => resolve(), { once: true })
  })

const refuse = (reply: FastifyReply, status: number, body: unknown): FastifyReply =>
  typeof body === 'string'
    ? reply.code(status).header('content-type', 'text/plain;charset=utf-8').send(body)
    : sendJson(reply, status, body)
