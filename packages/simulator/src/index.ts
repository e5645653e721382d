// The simulator as a library: the vendors' wire protocols on a loopback port, from one deterministic market.
import type { Clock } from '@onetape/market'
import type { FastifyInstance } from 'fastify'
import { type FaultOrder, FaultScript } from './faults.ts'
import { Market } from './market/market.ts'
import { buildServer } from './server.ts'
import type { Simulation } from './simulation.ts'
import { warmMarket } from './warm.ts'

export { FAULT_KINDS, type Fault, type FaultOrder, VENDORS, type VendorName } from './faults.ts'

export interface SimulatorOptions {
  /** 0 or absent: any free port. */
  port?: number
  /** Real time; the simulated time is this plus the shift. */
  clock?: Clock
  /** Microseconds that the simulated time runs ahead. */
  shiftUs?: number
  /** Another seed, another market. */
  seed?: number
  faults?: readonly FaultOrder[]
  /** Works the running session out beforehand, a little at a time, so that the first whole-market answer is quick. */
  warm?: boolean
}

export interface Simulator {
  /** `http://127.0.0.1:PORT`; vendors live under `/polygon`, `/yahoo` and `/coinbase`. */
  url: string
  port: number
  setShift(shiftUs: number): void
  faults: { add(order: FaultOrder): number; clear(): void; list(): ReturnType<FaultScript['list']> }
  /** Requests served so far, by vendor and route. */
  requests(): Record<string, number>
  /** For tests that need no socket. */
  inject: FastifyInstance['inject']
  close(): Promise<void>
}

export const SEED = 1

const systemClock: Clock = { now: () => Date.now() * 1000 }

export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const { clock = systemClock, seed = SEED } = options
  let shiftUs = options.shiftUs ?? 0
  let url = ''
  const faults = new FaultScript(() => performance.now())
  for (const order of options.faults ?? []) faults.add(order)
  const simulation: Simulation = {
    market: new Market(seed),
    clock: { now: () => clock.now() + shiftUs },
    faults,
    url: () => url,
    requests: new Map(),
  }
  const app = buildServer(simulation)
  let warming = new AbortController()
  app.addHook('onClose', async () => warming.abort())
  const warm = () => {
    warming.abort()
    warming = new AbortController()
    if (options.warm) void warmMarket(simulation, warming.signal)
  }
  url = await app.listen({ host: '127.0.0.1', port: options.port ?? 0 })
  warm()
  return {
    url,
    port: Number(new URL(url).port),
    setShift: (us) => {
      shiftUs = us
      warm()
    },
    faults: { add: (order) => faults.add(order), clear: () => faults.clear(), list: () => faults.list() },
    requests: () => Object.fromEntries(simulation.requests),
    inject: app.inject.bind(app) as FastifyInstance['inject'],
    close: () => app.close(),
  }
}
