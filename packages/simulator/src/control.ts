// The simulator's own routes, no vendor's: health, faults, quotas and the request log by HTTP, for tests and curious
// people.
import type { FastifyInstance, FastifyReply } from 'fastify'
import { type ZodError, z } from 'zod'
import { faultSchema } from './faults.ts'
import { quotaOverrideSchema } from './quotas.ts'
import { type Simulation, sendJson } from './simulation.ts'

/** At most a year: a token that lives longer than that does not exist here. */
const forwardSchema = z.object({
  forwardMs: z
    .number()
    .nonnegative()
    .max(366 * 86_400_000),
})

export function controlRoutes(app: FastifyInstance, simulation: Simulation): void {
  const { faults, quotas, log } = simulation
  app.get('/_simulator/health', async (_request, reply) =>
    sendJson(reply, 200, {
      status: 'ok',
      time: new Date(Math.floor(simulation.clock.now() / 1000)).toISOString(),
      symbols: simulation.market.universe.bySymbol.size,
    }),
  )

  app.get('/_simulator/faults', async (_request, reply) =>
    sendJson(reply, 200, { faults: faults.list(), requests: Object.fromEntries(simulation.requests) }),
  )
  app.post('/_simulator/faults', async (request, reply) => {
    const order = faultSchema.safeParse(request.body)
    if (!order.success) return notUnderstood(reply, order.error)
    return sendJson(reply, 201, { id: faults.add(order.data) })
  })
  app.delete('/_simulator/faults', async (_request, reply) => {
    faults.clear()
    return sendJson(reply, 200, { faults: [] })
  })

  app.post('/_simulator/wall', async (request, reply) => {
    const order = forwardSchema.safeParse(request.body)
    if (!order.success) return notUnderstood(reply, order.error)
    simulation.wall.forward(order.data.forwardMs)
    return sendJson(reply, 200, { nowMs: simulation.wall.nowMs() })
  })

  app.get('/_simulator/quotas', async (_request, reply) => sendJson(reply, 200, { quotas: quotas.list() }))
  app.post('/_simulator/quotas', async (request, reply) => {
    const order = quotaOverrideSchema.safeParse(request.body)
    if (!order.success) return notUnderstood(reply, order.error)
    quotas.override(order.data)
    return sendJson(reply, 201, order.data)
  })
  app.delete('/_simulator/quotas', async (_request, reply) => {
    quotas.clear()
    return sendJson(reply, 200, { quotas: [] })
  })

  app.get<{ Querystring: { after?: string } }>('/_simulator/requests', async (request, reply) => {
    const after = Number(request.query.after ?? 0)
    if (!Number.isInteger(after)) return sendJson(reply, 400, { error: 'after: must be the id of a request' })
    return sendJson(reply, 200, { requests: log.after(after) })
  })
}

function notUnderstood(reply: FastifyReply, error: ZodError): FastifyReply {
  const issue = error.issues[0]!
  return sendJson(reply, 400, { error: `${issue.path.join('.') || 'body'}: ${issue.message}` })
}
