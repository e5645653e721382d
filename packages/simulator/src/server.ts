// One HTTP server for all vendors, each under its prefix; WebSockets on the same port.
import Fastify, { type FastifyInstance } from 'fastify'
import { controlRoutes } from './control.ts'
import type { Simulation } from './simulation.ts'
import { decorateRequests, spoilOnOrder } from './spoil.ts'
import { acceptUpgrades } from './upgrades.ts'
import type { SimulatedVendor } from './vendor.ts'

export function buildServer(
  simulation: Simulation,
  vendors: readonly SimulatedVendor[],
  simulationOf: (vendor: SimulatedVendor) => Simulation,
): FastifyInstance {
  const app = Fastify({
    // Hung requests must not hold up closing.
    forceCloseConnections: true,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 300 },
    bodyLimit: 64 * 1024,
  })
  decorateRequests(app)
  for (const vendor of vendors) {
    app.register(
      async (scope) => {
        spoilOnOrder(scope, vendor, simulationOf(vendor))
        vendor.routes?.(scope, simulationOf(vendor))
      },
      { prefix: `/${vendor.name}` },
    )
  }
  acceptUpgrades(app, vendors, simulationOf)
  controlRoutes(app, simulation)
  return app
}
