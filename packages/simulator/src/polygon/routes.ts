// Polygon.io, now Massive, over REST: stocks, options, coins and currencies.
import type { FastifyInstance } from 'fastify'
import type { Simulation } from '../simulation.ts'
import { aggregateRoutes } from './aggregate-routes.ts'
import { notFound } from './answers.ts'
import { companyRoutes } from './company-routes.ts'
import { requireKey } from './key.ts'
import { lastRoutes } from './last-routes.ts'
import { optionRoutes } from './option-routes.ts'
import { referenceRoutes } from './reference-routes.ts'
import { snapshotRoutes } from './snapshot-routes.ts'
import { statusRoute } from './status-route.ts'

export function polygonRoutes(app: FastifyInstance, simulation: Simulation): void {
  requireKey(app)
  app.setNotFoundHandler(async (request, reply) => notFound(request, reply, '404 page not found'))
  aggregateRoutes(app, simulation)
  snapshotRoutes(app, simulation)
  referenceRoutes(app, simulation)
  optionRoutes(app, simulation)
  companyRoutes(app, simulation)
  lastRoutes(app, simulation)
  statusRoute(app, simulation)
}
