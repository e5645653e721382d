// Polygon.io, now Massive: stocks and crypto pairs over REST.
import type { FastifyInstance } from 'fastify'
import type { Simulation } from '../simulation.ts'
import { aggregateRoutes } from './aggregate-routes.ts'
import { notFound } from './answers.ts'
import { requireKey } from './key.ts'
import { referenceRoutes } from './reference-routes.ts'
import { snapshotRoutes } from './snapshot-routes.ts'
import { statusRoute } from './status-route.ts'

export function polygonRoutes(app: FastifyInstance, simulation: Simulation): void {
  requireKey(app)
  app.setNotFoundHandler(async (request, reply) => notFound(request, reply, '404 page not found'))
  aggregateRoutes(app, simulation)
  snapshotRoutes(app, simulation)
  referenceRoutes(app, simulation)
  statusRoute(app, simulation)
}
