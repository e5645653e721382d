// The simulator's own routes, no vendor's: health, and the fault script by HTTP for tests and curious people.
import type { FastifyInstance } from 'fastify'
import { faultSchema } from './faults.ts'
import { type Simulation, sendJson } from './simulation.ts'

export function controlRoutes(app: FastifyInstance, simulation: Simulation): void {
  app.get('/_simulator/health', async (_request, reply) =>
    sendJson(reply, 200, {
      status: 'ok',
      time: new Date(Math.floor(simulation.clock.now() / 1000)).toISOString(),
      symbols: simulation.market.universe.bySymbol.size,
    }),
  )

  app.get('/_simulator/faults', async (_request, reply) =>
    sendJson(reply, 200, {
      faults: simulation.faults.list(),
      requests: Object.fromEntries(simulation.requests),
    }),
  )

  app.post('/_simulator/faults', async (request, reply) => {
    const order = faultSchema.safeParse(request.body)
    if (!order.success) {
      const issue = order.error.issues[0]!
      return sendJson(reply, 400, { error: `${issue.path.join('.') || 'body'}: ${issue.message}` })
    }
    return sendJson(reply, 201, { id: simulation.faults.add(order.data) })
  })

  app.delete('/_simulator/faults', async (_request, reply) => {
    simulation.faults.clear()
    return sendJson(reply, 200, { faults: [] })
  })
}
