// The simulator as a library: the vendors' wire protocols on a loopback port, from one deterministic market.
import type { Clock } from '@onetape/market'
import type { FastifyInstance } from 'fastify'
import { type FaultOrder, FaultScript, type VendorName } from './faults.ts'
import { Market } from './market/market.ts'
import { createPump } from './pump.ts'
import { type QuotaCount, type QuotaOverride, Quotas } from './quotas.ts'
import { type LoggedRequest, RequestLog } from './request-log.ts'
import { buildServer } from './server.ts'
import type { Simulation } from './simulation.ts'
import type { SimulatedVendor } from './vendor.ts'
import { vendors as allVendors } from './vendors.ts'
import { Timers } from './wall-time.ts'
import { warmMarket } from './warm.ts'

export { FAULT_KINDS, type Fault, type FaultOrder, VENDORS, type VendorName } from './faults.ts'
export type { QuotaCount, QuotaOverride } from './quotas.ts'
export type { LoggedRequest } from './request-log.ts'

export interface SimulatorOptions {
  /** 0 or absent: any free port. */
  port?: number
  /** Port of the socket vendor's own listener; 0, absent or taken: any free port. */
  tcpPort?: number
  /** Real time; the simulated time is this plus the shift. */
  clock?: Clock
  /** Microseconds that the simulated time runs ahead. */
  shiftUs?: number
  /** Milliseconds of real time for quotas, lasting faults and the request log, where a test makes its own; must not go back. */
  wallNowMs?: () => number
  /** Another seed, another market. */
  seed?: number
  faults?: readonly FaultOrder[]
  /** False: the vendors' own limits do not hold, only those of `quotas.override`. */
  quotas?: boolean
  /** Works the running session out beforehand, a little at a time, so that the first whole-market answer is quick. */
  warm?: boolean
}

/** Addresses by vendor and by the adapter's endpoint name. */
export type Endpoints = Record<string, Record<string, string>>

export interface Simulator {
  /** `http://127.0.0.1:PORT`; each vendor lives under its name. */
  url: string
  port: number
  endpoints: Endpoints
  setShift(shiftUs: number): void
  /** Sets the vendors' real time ahead: tokens, quotas and lasting faults grow old. It cannot go back. */
  forwardWall(ms: number): void
  faults: { add(order: FaultOrder): number; clear(): void; list(): ReturnType<FaultScript['list']> }
  quotas: { override(order: QuotaOverride): void; clear(): void; list(): QuotaCount[] }
  /** Requests served so far, by vendor and route. */
  requests(): Record<string, number>
  /** The newest 20,000 requests, socket messages included, with an id beyond `id`, oldest first. */
  requestsAfter(id: number): LoggedRequest[]
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
  const timers = new Timers(options.wallNowMs)
  const stage = buildStage({
    timers,
    seed,
    limited: options.quotas ?? true,
    now: () => clock.now() + shiftUs,
    url: () => url,
  })
  const { simulation, simulationOf } = stage
  for (const order of options.faults ?? []) simulation.faults.add(order)
  const app = buildServer(simulation, allVendors, simulationOf)
  let warming = new AbortController()
  const warm = () => {
    warming.abort()
    warming = new AbortController()
    if (options.warm) void warmMarket(simulation, warming.signal)
  }
  const listeners = await listenTcp(simulationOf, options.tcpPort ?? 0)
  app.addHook('preClose', async () => {
    warming.abort()
    timers.close()
    await Promise.all([...listeners.values()].map((listener) => listener.close()))
  })
  try {
    url = await app.listen({ host: '127.0.0.1', port: options.port ?? 0 })
  } catch (error) {
    await app.close()
    throw error
  }
  warm()
  const { faults, quotas, log } = simulation
  return {
    url,
    port: Number(new URL(url).port),
    endpoints: Object.fromEntries(
      allVendors.map((v) => [
        v.name,
        v.endpoints({ http: url, tcpPort: listeners.get(v.name)?.port ?? null }),
      ]),
    ),
    setShift: (us) => {
      shiftUs = us
      warm()
    },
    forwardWall: (ms) => timers.forward(ms),
    faults: { add: (order) => faults.add(order), clear: () => faults.clear(), list: () => faults.list() },
    quotas: {
      override: (order) => quotas.override(order),
      clear: () => quotas.clear(),
      list: () => quotas.list(),
    },
    requests: () => Object.fromEntries(simulation.requests),
    requestsAfter: (id) => log.after(id),
    inject: app.inject.bind(app) as FastifyInstance['inject'],
    close: () => app.close(),
  }
}

interface StageDeps {
  timers: Timers
  seed: number
  limited: boolean
  now: () => number
  url: () => string
}

function buildStage({ timers, seed, limited, now, url }: StageDeps): {
  simulation: Simulation
  simulationOf(vendor: SimulatedVendor): Simulation
} {
  const market = new Market(seed)
  const faults = new FaultScript(timers.nowMs)
  const byName = new Map(allVendors.map((vendor) => [vendor.name, vendor]))
  const limitsOf = (vendor: VendorName, credential: string) =>
    (limited && byName.get(vendor)?.quotas(credential)) || []
  const pumpDeps = { market, now, faults, wall: timers }
  const simulation: Simulation = {
    market,
    clock: { now },
    wall: timers,
    faults,
    quotas: new Quotas(timers.nowMs, limitsOf),
    log: new RequestLog(timers.nowMs),
    pump: createPump(pumpDeps, 'polygon'),
    url,
    requests: new Map(),
  }
  const own = new Map(allVendors.map((v) => [v.name, { ...simulation, pump: createPump(pumpDeps, v.name) }]))
  return { simulation, simulationOf: (vendor) => own.get(vendor.name)! }
}

type Listeners = Map<VendorName, { port: number; close(): Promise<void> }>

async function listenTcp(
  simulationOf: (vendor: SimulatedVendor) => Simulation,
  port: number,
): Promise<Listeners> {
  const listeners: Listeners = new Map()
  for (const vendor of allVendors) {
    if (!vendor.listen) continue
    const simulation = simulationOf(vendor)
    const listener = await vendor.listen(simulation, port).catch(() => vendor.listen!(simulation, 0))
    listeners.set(vendor.name, listener)
  }
  return listeners
}
