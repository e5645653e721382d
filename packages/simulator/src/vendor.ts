// What a simulated vendor is to the server: one object in one folder, listed in vendors.ts.
import type { IncomingHttpHeaders } from 'node:http'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { VendorName } from './faults.ts'
import type { Quota, QuotaState } from './quotas.ts'
import type { SimSocket } from './sim-socket.ts'
import type { Refusals, Simulation } from './simulation.ts'

export interface SocketContext {
  url: URL
  headers: IncomingHttpHeaders
  simulation: Simulation
}

export interface SimulatedSocket {
  /** Matched against the path below the vendor's prefix, without the query. */
  path: RegExp
  connect(socket: SimSocket, context: SocketContext): void
}

export interface SimulatedVendor {
  name: VendorName
  /** HTTP routes below `/<name>`; in that scope log, quotas, faults and the simulated Date work by themselves. */
  routes?(app: FastifyInstance, simulation: Simulation): void
  refusals: Refusals
  /** Which credential a request is counted under; 'ip' where the vendor counts addresses. */
  credentialOf(request: FastifyRequest): string
  /** Everything that a fault on one credential may name it by; what it is counted under when absent. */
  keysOf?(request: FastifyRequest): readonly string[]
  /** Limits for a credential, the vendor's real numbers. */
  quotas(credential: string): readonly Quota[]
  /** Headers that tell about a limit, on every answer that falls under it. */
  quotaHeaders?(state: QuotaState, simulation: Simulation): Record<string, string>
  /** WebSocket endpoints below the prefix. */
  sockets?: readonly SimulatedSocket[]
  /** A listener on a TCP port of its own, loopback only; 0 or absent takes a free one. */
  listen?(simulation: Simulation, port?: number): Promise<{ port: number; close(): Promise<void> }>
  /** Addresses by the adapter's endpoint name. `http` has no slash at the end; `tcpPort` is that of `listen`. */
  endpoints(o: { http: string; tcpPort: number | null }): Record<string, string>
}

/** `ws://..` of an `http://..` address. */
export const socketUrl = (http: string): string => http.replace(/^http/, 'ws')
