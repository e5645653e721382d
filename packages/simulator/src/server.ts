// One HTTP server for all vendors, each under its prefix.
import Fastify, { type FastifyInstance } from 'fastify'
import { coinbaseRoutes } from './coinbase/routes.ts'
import { controlRoutes } from './control.ts'
import { polygonRoutes } from './polygon/routes.ts'
import type { Simulation } from './simulation.ts'
import { yahooRoutes } from './yahoo/routes.ts'

export function buildServer(simulation: Simulation): FastifyInstance {
  const app = Fastify({
    // Hung requests must not hold up closing.
    forceCloseConnections: true,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 300 },
    bodyLimit: 64 * 1024,
  })
  app.register(async (vendor) => polygonRoutes(vendor, simulation), { prefix: '/polygon' })
  app.register(async (vendor) => yahooRoutes(vendor, simulation), { prefix: '/yahoo' })
  app.register(async (vendor) => coinbaseRoutes(vendor, simulation), { prefix: '/coinbase' })
  controlRoutes(app, simulation)
  return app
}
